#include "config/yaml_places.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace headgate::config {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

size_t ScalarBytes(std::string_view text, std::string_view value) {
  if (text.starts_with('"') || text.starts_with('\'')) return QuotedBytes(text);
  return text.starts_with(value) ? value.size() : 1;
}

}  // namespace

YamlPlaces::YamlPlaces(std::shared_ptr<const SourceFile> file)
    : file_(std::move(file)) {
  size_t begin = text().starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  line_begins_.push_back(begin);
  while ((begin = text().find('\n', begin)) != std::string_view::npos) {
    line_begins_.push_back(++begin);
  }
}

Location YamlPlaces::At(YamlMark mark) const {
  if (mark.line < 0) return {.file = file_};
  return {.file = file_,
          .line = mark.line + 1,
          .column = static_cast<int>(CharactersBefore(mark)) + 1};
}

bool YamlPlaces::OfScalar(YamlMark mark, std::string_view value,
                          Location* at) const {
  const size_t properties = OffsetOf(mark);
  const size_t begin = SkipProperties(properties);
  mark.column += static_cast<int>(begin - properties);
  *at = At(mark);
  const std::string_view rest = text().substr(begin);
  const size_t bytes = ScalarBytes(rest, value);
  if (bytes == std::string_view::npos) return false;
  const std::string_view shown = rest.substr(0, bytes);
  const size_t length = CharacterCount(shown.substr(0, shown.find('\n')));
  at->length = static_cast<int>(std::max<size_t>(length, 1));
  return true;
}

Location YamlPlaces::OfByte(size_t offset) const {
  const auto next =
      std::upper_bound(line_begins_.begin(), line_begins_.end(), offset);
  const size_t line = std::max<size_t>(next - line_begins_.begin(), 1) - 1;
  // Line 0 begins behind a byte order mark.
  const size_t column = offset - std::min(offset, line_begins_[line]);
  return At({static_cast<int>(line), static_cast<int>(column)});
}

std::optional<Location> YamlPlaces::OfIndentingTab(YamlMark mark) const {
  const auto line = static_cast<size_t>(mark.line);
  if (mark.line < 0 || line >= line_begins_.size()) return std::nullopt;
  const std::string_view rest = text().substr(line_begins_[line]);
  const std::string_view indentation =
      rest.substr(0, rest.find_first_not_of(" \t"));
  const size_t tab = indentation.find('\t');
  if (tab == std::string_view::npos) return std::nullopt;
  return OfByte(line_begins_[line] + tab);
}

size_t YamlPlaces::OffsetOf(YamlMark mark) const {
  const size_t line = static_cast<size_t>(std::max(mark.line, 0));
  if (line >= line_begins_.size()) return text().size();
  return std::min(line_begins_[line] + std::max(mark.column, 0), text().size());
}

// Behind "&anchor" and "!tag" in the same line.
size_t YamlPlaces::SkipProperties(size_t begin) const {
  while (begin < text().size() &&
         (text()[begin] == '&' || text()[begin] == '!')) {
    const size_t space = text().find_first_of(" \r\n", begin);
    const size_t next = text().find_first_not_of(' ', space);
    if (next == std::string_view::npos) break;
    begin = next;
  }
  return begin;
}

// Counts on from the last place of the same line.
size_t YamlPlaces::CharactersBefore(YamlMark mark) const {
  mark.column = std::max(mark.column, 0);
  if (mark.line != counted_.mark.line || mark.column < counted_.mark.column) {
    counted_ = {.mark = {mark.line, 0}, .characters = 0};
  }
  const size_t begin = OffsetOf(counted_.mark);
  counted_.characters +=
      CharacterCount(text().substr(begin, OffsetOf(mark) - begin));
  counted_.mark = mark;
  return counted_.characters;
}

size_t QuotedBytes(std::string_view text) {
  const char quote = text[0];
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (text[i] == quote) {
      // '' inside of single quotes is one.
      const bool doubled =
          quote == '\'' && text.substr(i + 1).starts_with(quote);
      if (!doubled) return i + 1;
      ++i;
    }
  }
  return std::string_view::npos;
}

}  // namespace headgate::config
