#include "config/diagnostic.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/strings.h"
#include "base/utf8.h"
#include "config/source_line.h"

namespace headgate::config {
namespace {

constexpr size_t kPrintableCharactersMax = 60;

// ANSI sequences, or nothing.
struct Palette {
  std::string_view bold, red, green, plain;
};
constexpr Palette kColors = {"\033[1m", "\033[1;31m", "\033[1;32m", "\033[0m"};
constexpr Palette kNoColors = {};

std::tuple<std::string_view, int, int> SortKey(const Diagnostic& diagnostic) {
  const Location& at = diagnostic.at;
  return {at.file ? std::string_view(at.file->name) : std::string_view(),
          at.line, at.column};
}

}  // namespace

std::string Location::ToString() const {
  if (file == nullptr) return "(default)";
  if (line <= 0) return file->name;
  return StrCat(file->name, ":", line, ":", column);
}

std::string Diagnostic::ToString(bool color) const {
  const Palette& with = color ? kColors : kNoColors;
  std::string text =
      StrCat(with.bold, at.ToString(), ": ", with.plain, with.red,
             "error: ", with.plain, with.bold, message, with.plain);
  const SourceLine line = QuoteLine(at);
  if (!line.text.empty()) {
    StrAppend(&text, "\n  ", line.text, "\n  ", with.green, line.carets,
              with.plain);
  }
  if (!hint.empty()) StrAppend(&text, "\n", hint);
  return text;
}

void Diagnostics::Add(const Location& at, std::string message,
                      std::string hint) {
  if (full()) {
    ++left_out_;
    return;
  }
  list_.push_back({at, std::move(message), std::move(hint)});
}

bool Diagnostics::HasAt(const Location& at) const {
  return std::any_of(list_.begin(), list_.end(), [&at](const Diagnostic& one) {
    return one.at.file == at.file && one.at.line == at.line &&
           one.at.column == at.column;
  });
}

std::vector<Diagnostic> Diagnostics::Sorted() const {
  std::vector<Diagnostic> sorted = list_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Diagnostic& a, const Diagnostic& b) {
                     return SortKey(a) < SortKey(b);
                   });
  return sorted;
}

std::string Diagnostics::ToString(bool color) const {
  if (empty()) return "";
  std::string text;
  for (const Diagnostic& diagnostic : Sorted()) {
    StrAppend(&text, diagnostic.ToString(color), "\n\n");
  }
  const size_t count = list_.size() + left_out_;
  StrAppend(&text, count, count == 1 ? " error" : " errors");
  if (left_out_ > 0) StrAppend(&text, ", the first ", list_.size(), " shown");
  return text + "\n";
}

std::string Printable(std::string_view text) {
  std::string printable;
  for (size_t count = 0; !text.empty(); ++count) {
    if (count == kPrintableCharactersMax) return printable + "...";
    const size_t bytes = std::max<size_t>(CharacterBytes(text), 1);
    const std::string_view character = text.substr(0, bytes);
    printable += IsPrintableCharacter(character) ? character : "?";
    text.remove_prefix(bytes);
  }
  return printable;
}

std::string Quote(std::string_view text) {
  return StrCat("\"", Printable(text), "\"");
}

}  // namespace headgate::config
