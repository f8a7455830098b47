#include "config/reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/strings.h"

namespace headgate::config {
namespace {

constexpr size_t kKnownShownMax = 12;
constexpr size_t kSuggestedBytesMax = 100;  // the search is quadratic

// "did you mean ...?", or nothing.
std::string SuggestionFor(std::string_view name, const Strings& known) {
  const std::string closest =
      name.size() <= kSuggestedBytesMax ? ClosestTo(name, known) : "";
  return closest.empty() ? "" : StrCat("did you mean ", Quote(closest), "?");
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

std::string JoinChoices(Strings choices) {
  if (choices.size() < 2) return Join(choices, "");
  const std::string last = choices.back();
  choices.pop_back();
  return StrCat(Join(choices, ", "), " or ", last);
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
  const auto number = ParseInteger(node.text);
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
  const auto bytes = ParseBytes(node.text);
  if (!bytes || *bytes < range.min || *bytes > range.max) {
    const std::string max =
        range.max == kAnything.max ? "" : BytesText(range.max);
    Report(node, DescribeRange("a size", BytesText(range.min), max),
           bytes ? "" : StrCat("units: ", kByteUnitNames), diagnostics);
    return false;
  }
  *out = *bytes;
  return true;
}

bool ReadDuration(const Node& node, DurationRange range,
                  Diagnostics* diagnostics, absl::Duration* out) {
  const auto duration = ParseDuration(node.text);
  if (!duration || *duration < range.min || *duration > range.max) {
    const std::string min =
        range.min == absl::ZeroDuration() ? "" : DurationText(range.min);
    const std::string max =
        range.max == absl::InfiniteDuration() ? "" : DurationText(range.max);
    Report(node, DescribeRange("a duration", min, max),
           duration ? "" : StrCat("units: ", kTimeUnitNames), diagnostics);
    return false;
  }
  *out = *duration;
  return true;
}

bool ReadRate(const Node& node, Diagnostics* diagnostics, Rate* out) {
  const auto rate = ParseRate(node.text);
  if (!rate) {
    Report(node, "a rate such as 100/s or 5/500ms",
           StrCat("units: ", kTimeUnitNames), diagnostics);
    return false;
  }
  *out = *rate;
  return true;
}

bool ReadRange(const Node& node, Diagnostics* diagnostics, Range* out) {
  const auto range = ParseRange(node.text);
  if (!range) {
    return ReportUnexpected(node, "a range such as 1..64, 1.. or ..9",
                            diagnostics);
  }
  *out = *range;
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
