#include "cli/cases/mutants_charset.h"

#include <algorithm>
#include <bitset>
#include <optional>

#include "base/strings.h"
#include "policy/charset.h"

namespace headgate::cli {
namespace {

using Characters = std::bitset<128>;

// More marks than this are one class.
constexpr size_t kSingleMarksMax = 4;

Characters Span(char first, char last) {
  Characters set;
  for (int c = first; c <= last; ++c) set.set(static_cast<size_t>(c));
  return set;
}

Characters Marks() {
  return Span('!', '/') | Span(':', '@') | Span('[', '`') | Span('{', '~');
}

std::optional<Characters> Read(std::string_view text) {
  std::string error;
  const auto charset = policy::Charset::Parse(text, &error);
  if (!charset) return std::nullopt;
  Characters set;
  for (size_t c = 0; c < set.size(); ++c) {
    set[c] = charset->Contains(static_cast<char>(c));
  }
  return set;
}

void AppendCharacter(size_t c, std::string* text) {
  if (Marks()[c]) *text += '\\';
  *text += static_cast<char>(c);
}

// Ranges, in the order of the characters.
std::string Write(const Characters& set) {
  std::string text;
  for (size_t first = 0; first < set.size(); ++first) {
    if (!set[first]) continue;
    size_t last = first;
    while (last + 1 < set.size() && set[last + 1]) ++last;
    AppendCharacter(first, &text);
    if (last > first) {
      text += '-';
      AppendCharacter(last, &text);
    }
    first = last;
  }
  return text;
}

std::string Quoted(size_t c) {
  return StrCat("'", std::string(1, static_cast<char>(c)), "'");
}

std::string ExampleOf(const Characters& set) {
  size_t first = 0;
  while (!set[first]) ++first;
  if (first == ' ') return "a space";
  if (first < ' ' || first == 0x7F) return "a control character";
  return Quoted(first);
}

class Changes {
 public:
  explicit Changes(const Characters& set) : set_(set) {}

  void Without(const std::string& classes, const Characters& members) {
    const Characters rest = set_ & ~members;
    if (rest == set_ || rest.none()) return;
    list_.push_back({.widens = false,
                     .classes = classes,
                     .example = ExampleOf(set_ & members),
                     .charset = Write(rest)});
  }
  void With(const std::string& classes, const Characters& members) {
    const Characters added = members & ~set_;
    if (added.none()) return;
    list_.push_back({.widens = true,
                     .classes = classes,
                     .example = ExampleOf(added),
                     .charset = Write(set_ | added)});
  }
  void WithoutMarks() {
    const Characters held = set_ & Marks();
    if (held.count() > kSingleMarksMax) return Without("punctuation", held);
    for (size_t c = 0; c < held.size(); ++c) {
      if (held[c]) Without(Quoted(c), Characters().set(c));
    }
  }

  std::vector<CharsetChange> Take() { return std::move(list_); }

 private:
  const Characters set_;
  std::vector<CharsetChange> list_;
};

}  // namespace

std::vector<CharsetChange> CharsetChanges(std::string_view charset,
                                          bool folds) {
  const std::optional<Characters> set = Read(charset);
  if (!set) return {};
  const Characters lower = Span('a', 'z'), upper = Span('A', 'Z');
  const Characters spaces = Characters().set(' ');
  Changes changes(*set);
  changes.Without("a-z", folds ? lower | upper : lower);
  if (!folds) changes.Without("A-Z", upper);
  changes.Without("0-9", Span('0', '9'));
  changes.WithoutMarks();
  changes.Without("spaces", spaces);
  changes.With("a-z", lower);
  if (!folds) changes.With("A-Z", upper);
  changes.With("0-9", Span('0', '9'));
  changes.With("punctuation", Marks());
  changes.With("spaces", spaces);
  return changes.Take();
}

std::string PatternBeyondAscii(std::string_view charset) {
  const std::optional<Characters> set = Read(charset);
  return set ? StrCat("[", Write(*set), "\\x{80}-\\x{10FFFF}]*") : "";
}

bool HoldsLetters(std::string_view charset) {
  const std::optional<Characters> set = Read(charset);
  return set && (*set & (Span('a', 'z') | Span('A', 'Z'))).any();
}

}  // namespace headgate::cli
