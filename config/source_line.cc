#include "config/source_line.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "base/utf8.h"
#include "config/yaml_places.h"

namespace headgate::config {
namespace {

constexpr size_t kColumnsMax = 120;
// Of a line longer than that, only what stands this near to the caret is
// looked at; more than a secret may take (config/scalar_types.cc).
constexpr size_t kNearbyCharacters = 64 * 1024;

// One character each, so that columns count characters.
using Cells = std::vector<std::string>;

std::string_view FindLine(std::string_view text, int line) {
  for (; line > 1; --line) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

Cells ToCells(std::string_view line) {
  Cells cells;
  while (!line.empty()) {
    const size_t bytes = CharacterBytes(line);
    const std::string_view character =
        line.substr(0, std::max<size_t>(bytes, 1));
    cells.emplace_back(IsPrintableCharacter(character) ? character : "?");
    line.remove_prefix(character.size());
  }
  return cells;
}

bool IsSecretKey(std::string_view key) {
  const std::string lower = AsciiLower(key);
  for (const char* word : {"secret", "password", "certificate", "api_"}) {
    if (lower.find(word) != std::string::npos) return true;
  }
  return false;
}

// Where the word ends that `line` has before `colon`, quotes left out.
std::string_view KeyBefore(std::string_view line, size_t colon) {
  size_t end = colon;
  while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '"' ||
                     line[end - 1] == '\'')) {
    --end;
  }
  const size_t before = line.find_last_of(" \t{[,\"'", end == 0 ? 0 : end - 1);
  const size_t begin = before == std::string_view::npos ? 0 : before + 1;
  return begin < end ? line.substr(begin, end - begin) : std::string_view();
}

// {env: NAME} and {file: PATH} hold no secret.
bool NamesSource(std::string_view value) {
  if (!value.starts_with('{')) return false;
  value = TrimOws(value.substr(1));
  return value.starts_with("env") || value.starts_with("file");
}

// Where the value that begins at `begin` ends, as YAML's rules have it, or
// later. `flow`: inside of braces.
size_t ValueEnd(std::string_view line, size_t begin, bool flow) {
  const std::string_view value = line.substr(begin);
  if (value[0] == '{' || value[0] == '[') return line.size();
  size_t bytes = flow ? value.find_first_of(",}") : value.find(" #");
  if (value[0] == '"' || value[0] == '\'') bytes = QuotedBytes(value);
  return begin + std::min(bytes, value.size());
}

// Where the value of the key before `colon` begins; npos if this colon is none
// of a key. JSON's way needs no space: {"api_key":"..."}.
size_t ValueBegin(std::string_view line, size_t colon) {
  const size_t begin = line.find_first_not_of(" \t", colon + 1);
  const bool after_quote =
      colon > 0 && (line[colon - 1] == '"' || line[colon - 1] == '\'');
  const bool is_key = begin != colon + 1 || after_quote;
  return is_key ? begin : std::string_view::npos;
}

// Stars out what stands behind keys that hold secrets. Works on the line and
// not on the tree: a file with a YAML mistake has none.
void HideSecrets(Cells* cells) {
  std::string line;  // one byte a cell
  for (const std::string& cell : *cells) {
    line += cell.size() == 1 ? cell[0] : 'x';
  }
  for (size_t colon = line.find(':'); colon != std::string::npos;
       colon = line.find(':', colon + 1)) {
    const std::string_view key = KeyBefore(line, colon);
    const size_t begin = ValueBegin(line, colon);
    if (begin == std::string_view::npos || !IsSecretKey(key)) continue;
    const bool flow = line.find('{') < colon;
    const size_t end = ValueEnd(line, begin, flow);
    const std::string_view value =
        std::string_view(line).substr(begin, end - begin);
    // The certificate of `tls` is a file's name.
    const bool is_path = AsciiLower(key) == "certificate" &&
                         value.find_first_of("./") != std::string_view::npos;
    if (is_path || NamesSource(value)) continue;
    std::fill(cells->begin() + begin, cells->begin() + end, "*");
  }
}

// The characters of the line around the caret, which moves along.
Cells NearbyCells(std::string_view line, size_t* caret) {
  size_t skip = *caret > kNearbyCharacters ? *caret - kNearbyCharacters : 0;
  *caret -= skip;
  for (; skip > 0 && !line.empty(); --skip) {
    line.remove_prefix(std::max<size_t>(CharacterBytes(line), 1));
  }
  // A character has up to four bytes.
  Cells cells = ToCells(line.substr(0, (*caret + 2 * kColumnsMax) * 4));
  *caret = std::min(*caret, cells.size());
  return cells;
}

bool IsSpace(const std::string& cell) { return cell == " " || cell == "\t"; }

// The part of the line that is shown.
struct Window {
  size_t begin, end;
};

Window ChooseWindow(const Cells& cells, size_t caret) {
  Window window = {.begin = 0, .end = cells.size()};
  while (window.begin < caret && IsSpace(cells[window.begin])) ++window.begin;
  if (window.end - window.begin > kColumnsMax) {
    const size_t before = std::min(caret, kColumnsMax / 2);
    window.begin = std::max(window.begin, caret - before);
    window.end = std::min(window.end, window.begin + kColumnsMax);
  }
  return window;
}

}  // namespace

SourceLine QuoteLine(const Location& at) {
  if (at.file == nullptr || at.line <= 0) return {};
  std::string_view text = at.file->text;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  size_t caret = static_cast<size_t>(std::max(at.column, 1)) - 1;
  Cells cells = NearbyCells(FindLine(text, at.line), &caret);
  if (cells.empty()) return {};
  HideSecrets(&cells);
  if (at.secret) std::fill(cells.begin() + caret, cells.end(), "*");

  const auto [begin, end] = ChooseWindow(cells, caret);
  SourceLine quoted;
  if (begin > 0 && !IsSpace(cells[begin - 1])) {
    quoted.text = "...";
    quoted.carets = "   ";
  }
  for (size_t i = begin; i < end; ++i) quoted.text += cells[i];
  if (end < cells.size()) quoted.text += "...";
  // A tab stays a tab, so that the caret stands where it does in the line.
  for (size_t i = begin; i < caret; ++i) {
    quoted.carets += cells[i] == "\t" ? '\t' : ' ';
  }
  const size_t length = std::min<size_t>(std::max(at.length, 1),
                                         std::max<size_t>(end - caret, 1));
  quoted.carets += '^' + std::string(length - 1, '~');
  return quoted;
}

}  // namespace headgate::config
