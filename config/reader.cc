#include "config/reader.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "config/utf8.h"

namespace headgate::config {
namespace {

constexpr size_t kQuotedCharactersMax = 60;
constexpr size_t kKnownShownMax = 12;
constexpr size_t kSuggestedBytesMax = 100;  // the search is quadratic

// Its size in the smallest unit of its kind: bytes, or microseconds.
struct Unit {
  std::string_view name;
  int64_t size;
};
// Largest first: formatting takes the first that divides.
constexpr Unit kByteUnits[] = {{"GiB", int64_t{1} << 30},
                               {"MiB", int64_t{1} << 20},
                               {"KiB", int64_t{1} << 10},
                               {"B", 1}};
constexpr Unit kTimeUnits[] = {{"d", 86400000000}, {"h", 3600000000},
                               {"m", 60000000},    {"s", 1000000},
                               {"ms", 1000},       {"us", 1}};

template <size_t n>
std::string UnitHint(const Unit (&units)[n]) {
  Strings names;
  for (const Unit& unit : units) names.emplace_back(unit.name);
  std::reverse(names.begin(), names.end());
  return "units: " + Join(names, ", ");
}

// "12abc" -> 12 and "abc"; nothing if it begins with no digit or is too large.
std::optional<std::pair<int64_t, std::string_view>> SplitNumber(
    std::string_view text) {
  int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc()) return std::nullopt;
  return std::pair(number, text.substr(rest - text.data()));
}

std::optional<int64_t> WholeNumber(std::string_view text) {
  const auto split = SplitNumber(text);
  if (!split || !split->second.empty()) return std::nullopt;
  return split->first;
}

// "10s" in the smallest unit; nothing for an unknown unit or what overflows.
template <size_t n>
std::optional<int64_t> ParseAmount(std::string_view text,
                                   const Unit (&units)[n]) {
  const auto split = SplitNumber(text);
  if (!split || split->first < 0) return std::nullopt;
  for (const Unit& unit : units) {
    if (unit.name != split->second) continue;
    int64_t amount = 0;
    if (__builtin_mul_overflow(split->first, unit.size, &amount)) break;
    return amount;
  }
  return std::nullopt;
}

template <size_t n>
std::string FormatAmount(int64_t amount, const Unit (&units)[n]) {
  for (const Unit& unit : units) {
    if (amount >= unit.size && amount % unit.size == 0) {
      return StrCat(amount / unit.size, unit.name);
    }
  }
  return StrCat(amount, units[n - 1].name);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// "did you mean ...?", or nothing.
std::string SuggestionFor(std::string_view name, const Strings& known) {
  const std::string closest =
      name.size() <= kSuggestedBytesMax ? ClosestTo(name, known) : "";
  return closest.empty() ? "" : StrCat("did you mean ", Quote(closest), "?");
}

// "a", "a or b", "a, b or c".
std::string JoinChoices(Strings choices) {
  if (choices.size() < 2) return Join(choices, "");
  const std::string last = choices.back();
  choices.pop_back();
  return StrCat(Join(choices, ", "), " or ", last);
}

std::string DescribeFound(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull:
      return "nothing";
    case Node::Kind::kScalar:
      return Quote(node.text);
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMap:
      return "a map";
  }
  return "";
}

void Report(const Node& node, std::string_view expected, std::string hint,
            Diagnostics* diagnostics) {
  diagnostics->Add(
      node.at, StrCat("expected ", expected, ", found ", DescribeFound(node)),
      std::move(hint));
}

std::string DescribeRange(std::string_view what, std::string_view min,
                          std::string_view max) {
  if (min.empty() && max.empty()) return std::string(what);
  if (max.empty()) return StrCat(what, " of at least ", min);
  if (min.empty()) return StrCat(what, " of at most ", max);
  return StrCat(what, " from ", min, " to ", max);
}

constexpr Range kAnything = {.min = std::numeric_limits<int64_t>::min(),
                             .max = std::numeric_limits<int64_t>::max()};

}  // namespace

std::string Quote(std::string_view text) {
  std::string quoted = "\"";
  for (size_t count = 0; !text.empty(); ++count) {
    if (count == kQuotedCharactersMax) {
      quoted += "...";
      break;
    }
    const size_t bytes = CharacterBytes(text);
    const std::string_view character =
        text.substr(0, std::max<size_t>(bytes, 1));
    quoted += IsPrintableCharacter(character) ? character : "?";
    text.remove_prefix(character.size());
  }
  return quoted + "\"";
}

bool ReportUnexpected(const Node& node, std::string_view what,
                      Diagnostics* diagnostics) {
  Report(node, what, "", diagnostics);
  return false;
}

void ReportUnknown(const Location& at, std::string message,
                   std::string_view name, const Strings& known,
                   Diagnostics* diagnostics) {
  // A file may hold a hundred thousand of them.
  std::string hint = diagnostics->full() ? "" : SuggestionFor(name, known);
  if (hint.empty() && !known.empty() && known.size() <= kKnownShownMax) {
    hint = "known: " + Join(known, ", ");
  }
  diagnostics->Add(at, std::move(message), std::move(hint));
}

bool ReadString(const Node& node, Diagnostics* diagnostics, std::string* out) {
  if (!node.is_scalar() || node.text.empty()) {
    return ReportUnexpected(node, "a string", diagnostics);
  }
  *out = node.text;
  return true;
}

bool ReadBool(const Node& node, Diagnostics* diagnostics, bool* out) {
  if (!node.is_scalar() || (node.text != "true" && node.text != "false")) {
    return ReportUnexpected(node, "true or false", diagnostics);
  }
  *out = node.text == "true";
  return true;
}

bool ReadInteger(const Node& node, Range range, Diagnostics* diagnostics,
                 int64_t* out) {
  const auto number =
      node.is_scalar() ? WholeNumber(node.text) : std::optional<int64_t>();
  if (!number || *number < range.min || *number > range.max) {
    const std::string min = range.min == kAnything.min ? "" : StrCat(range.min);
    const std::string max = range.max == kAnything.max ? "" : StrCat(range.max);
    return ReportUnexpected(node, DescribeRange("an integer", min, max),
                            diagnostics);
  }
  *out = *number;
  return true;
}

bool ReadBytes(const Node& node, Range range, Diagnostics* diagnostics,
               int64_t* out) {
  std::optional<int64_t> bytes;
  if (node.is_scalar()) {
    bytes = WholeNumber(node.text);
    if (!bytes) bytes = ParseAmount(node.text, kByteUnits);
  }
  if (!bytes || *bytes < range.min || *bytes > range.max) {
    const std::string max =
        range.max == kAnything.max ? "" : BytesText(range.max);
    Report(node, DescribeRange("a size", BytesText(range.min), max),
           bytes ? "" : UnitHint(kByteUnits), diagnostics);
    return false;
  }
  *out = *bytes;
  return true;
}

bool ReadDuration(const Node& node, DurationRange range,
                  Diagnostics* diagnostics, absl::Duration* out) {
  const auto micros = node.is_scalar() ? ParseAmount(node.text, kTimeUnits)
                                       : std::optional<int64_t>();
  const absl::Duration duration = absl::Microseconds(micros.value_or(0));
  if (!micros || duration < range.min || duration > range.max) {
    const std::string min =
        range.min == absl::ZeroDuration() ? "" : DurationText(range.min);
    const std::string max =
        range.max == absl::InfiniteDuration() ? "" : DurationText(range.max);
    Report(node, DescribeRange("a duration", min, max),
           micros ? "" : UnitHint(kTimeUnits), diagnostics);
    return false;
  }
  *out = duration;
  return true;
}

bool ReadRate(const Node& node, Diagnostics* diagnostics, Rate* out) {
  const std::string_view text = node.text;
  const size_t slash = text.find('/');
  if (node.is_scalar() && slash != std::string_view::npos) {
    const auto limit = WholeNumber(text.substr(0, slash));
    std::string window(text.substr(slash + 1));
    // "/s" is short for "/1s".
    if (!window.empty() && !IsDigit(window[0])) window.insert(0, "1");
    const auto micros = ParseAmount(window, kTimeUnits);
    if (limit && *limit >= 0 && micros && *micros > 0) {
      *out = {.limit = *limit, .window = absl::Microseconds(*micros)};
      return true;
    }
  }
  Report(node, "a rate such as 100/s or 5/500ms", UnitHint(kTimeUnits),
         diagnostics);
  return false;
}

bool ReadRange(const Node& node, Diagnostics* diagnostics, Range* out) {
  constexpr std::string_view kExpected = "a range such as 1..64, 1.. or ..9";
  if (!node.is_scalar()) {
    return ReportUnexpected(node, kExpected, diagnostics);
  }
  const std::string_view text = node.text;
  const size_t dots = text.find("..");
  const std::string_view first = text.substr(0, dots);
  const std::string_view last =
      dots == std::string_view::npos ? first : text.substr(dots + 2);
  const auto min = first.empty() ? 0 : WholeNumber(first);
  const auto max = last.empty() ? kAnything.max : WholeNumber(last);
  const bool is_empty = first.empty() && last.empty();
  if (is_empty || !min || !max || *min > *max) {
    return ReportUnexpected(node, kExpected, diagnostics);
  }
  *out = {.min = *min, .max = *max};
  return true;
}

bool ReadChoice(const Node& node, const Strings& choices,
                Diagnostics* diagnostics, size_t* out) {
  const auto found = node.is_scalar()
                         ? std::find(choices.begin(), choices.end(), node.text)
                         : choices.end();
  if (found == choices.end()) {
    Report(node, JoinChoices(choices), SuggestionFor(node.text, choices),
           diagnostics);
    return false;
  }
  *out = static_cast<size_t>(found - choices.begin());
  return true;
}

bool ReadStrings(const Node& node, Diagnostics* diagnostics, Strings* out) {
  if (!node.is_list()) return ReportUnexpected(node, "a list", diagnostics);
  Strings texts;
  bool good = true;
  for (const Node& item : node.items) {
    std::string text;
    good = ReadString(item, diagnostics, &text) && good;
    texts.push_back(std::move(text));
  }
  if (good) *out = std::move(texts);
  return good;
}

std::string DurationText(absl::Duration duration) {
  return FormatAmount(absl::ToInt64Microseconds(duration), kTimeUnits);
}

std::string BytesText(int64_t bytes) { return FormatAmount(bytes, kByteUnits); }

std::string RangeText(Range range) {
  const std::string max = range.max == kAnything.max ? "" : StrCat(range.max);
  return StrCat(range.min, "..", max);
}

MapReader::MapReader(const Node& node, Diagnostics* diagnostics)
    : node_(node), diagnostics_(diagnostics) {
  if (!node.is_map() && !node.is_null()) {
    ReportUnexpected(node, "a map", diagnostics);
  }
}

MapReader::~MapReader() {
  for (const Entry& entry : node_.entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) {
      continue;
    }
    ReportUnknown(entry.key_at, "unknown key " + Quote(entry.key), entry.key,
                  known_, diagnostics_);
  }
}

const Node* MapReader::Find(std::string_view key) {
  known_.emplace_back(key);
  return node_.Find(key);
}

const Node* MapReader::Require(std::string_view key) {
  const Node* const value = Find(key);
  if (value == nullptr && (node_.is_map() || node_.is_null())) {
    diagnostics_->Add(node_.at, StrCat("missing key ", Quote(key)));
  }
  return value;
}

}  // namespace headgate::config
