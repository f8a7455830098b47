// What a case expects: one row per key.
#include <limits>

#include "absl/time/time.h"
#include "base/strings.h"
#include "cli/cases/json_text.h"
#include "cli/cases/sections.h"

namespace headgate::cli {
namespace {

using config::MapReader;
using config::Node;

// Reads the values of an expectation's keys. Everything that is good is set
// with its place.
class Reader {
 public:
  Reader(const Node& node, const CaseReading& reading)
      : reading_(reading), map_(node, reading.diagnostics) {
    good_ = node.is_map() || node.is_null();
  }

  bool good() const { return good_; }
  MapReader& map() { return map_; }

  void Choice(std::string_view key, const config::Strings& words,
              MaybeExpected<bool>* out) {
    const Node* node = map_.Find(key);
    if (node == nullptr) return;
    size_t index = 0;
    if (Good(config::ReadChoice(*node, words, reading_.diagnostics, &index))) {
      *out = {.value = index == 0, .at = node->at};
    }
  }

  void Boolean(std::string_view key, MaybeExpected<bool>* out) {
    const Node* node = map_.Find(key);
    if (node == nullptr) return;
    bool value = false;
    if (Good(config::ReadBool(*node, reading_.diagnostics, &value))) {
      *out = {.value = value, .at = node->at};
    }
  }

  void Integer(std::string_view key, config::Range range,
               MaybeExpected<int64_t>* out) {
    const Node* node = map_.Find(key);
    if (node == nullptr) return;
    int64_t value = 0;
    if (Good(config::ReadInteger(*node, range, reading_.diagnostics, &value))) {
      *out = {.value = value, .at = node->at};
    }
  }

  void Duration(std::string_view key, MaybeExpected<int64_t>* out) {
    const Node* node = map_.Find(key);
    if (node == nullptr) return;
    absl::Duration value;
    if (Good(config::ReadDuration(*node, {.max = absl::Hours(24)},
                                  reading_.diagnostics, &value))) {
      *out = {.value = absl::ToInt64Microseconds(value), .at = node->at};
    }
  }

  void String(std::string_view key, MaybeExpected<std::string>* out) {
    const Node* node = map_.Find(key);
    if (node == nullptr) return;
    std::string value;
    if (Good(config::ReadString(*node, reading_.diagnostics, &value))) {
      *out = {.value = std::move(value), .at = node->at};
    }
  }

  // A text that may be empty.
  void Text(std::string_view key, MaybeExpected<std::string>* out) {
    const Node* node = map_.Find(key);
    if (node == nullptr) return;
    if (node->is_scalar()) {
      *out = {.value = node->text, .at = node->at};
    } else {
      Good(config::ReportUnexpected(*node, "a text", reading_.diagnostics));
    }
  }

  void Json(std::string_view key, MaybeExpected<std::string>* out) {
    const Node* node = map_.Find(key);
    if (node == nullptr) return;
    std::string text;
    if (Good(WriteJsonText(*node, reading_.budget, reading_.diagnostics,
                           &text))) {
      *out = {.value = std::move(text), .at = node->at};
    }
  }

  void Fields(std::string_view key, std::vector<ExpectedField>* out) {
    const Node* node = map_.Find(key);
    if (node == nullptr) return;
    if (!node->is_map()) {
      Good(config::ReportUnexpected(*node, "a map of header fields",
                                    reading_.diagnostics));
      return;
    }
    for (const config::Entry& entry : node->entries) {
      if (!Good(CheckField(entry, reading_.diagnostics))) continue;
      ExpectedField field = {.name = entry.key, .at = entry.value.at};
      if (!entry.value.is_null()) field.value = TrimOws(entry.value.text);
      out->push_back(std::move(field));
    }
  }

  void Counts(Expectation* expectation) {
    constexpr config::Range kCount = {.min = 0, .max = kCountMax};
    Integer("allowed", kCount, &expectation->allowed);
    Integer("denied", kCount, &expectation->denied);
  }

  bool Good(bool good) {
    good_ = good_ && good;
    return good;
  }

 private:
  static constexpr int64_t kCountMax = 1'000'000'000;

  const CaseReading& reading_;
  MapReader map_;
  bool good_ = true;
};

bool ReadUpstreamRequest(const Node& node, const CaseReading& reading,
                         ExpectedUpstreamRequest* expected) {
  expected->at = node.at;
  if (node.is_scalar() && node.text == "none") {
    expected->none = true;
    return true;
  }
  if (!node.is_map() || node.entries.empty()) {
    return config::ReportUnexpected(node, "what the upstream gets, or none",
                                    reading.diagnostics);
  }
  Reader reader(node, reading);
  reader.String("method", &expected->method);
  reader.String("path", &expected->path);
  reader.Fields("headers", &expected->headers);
  reader.Json("json", &expected->json);
  reader.Text("body", &expected->body);
  return reader.good();
}

// Whether anything is left to be checked: `headers: {}` checks nothing.
bool NamesNothing(const Node& node) {
  if (node.is_null()) return true;
  if (!node.is_map()) return false;
  for (const config::Entry& entry : node.entries) {
    const bool empty_headers = entry.key == "headers" && entry.value.is_map() &&
                               entry.value.entries.empty();
    if (!empty_headers) return false;
  }
  return true;
}

bool ReportNothing(const Node& node, std::string_view hint,
                   config::Diagnostics* diagnostics) {
  diagnostics->Add(node.at, "the expectation names nothing", std::string(hint));
  return false;
}

}  // namespace

bool ReadExpectation(const Node& node, const CaseReading& reading,
                     Expectation* expectation) {
  expectation->at = node.at;
  if (NamesNothing(node)) {
    return ReportNothing(node,
                         "name the decision, status, error, rule, headers, "
                         "json or body that must come",
                         reading.diagnostics);
  }
  Reader reader(node, reading);
  reader.Choice("decision", {"allow", "deny"}, &expectation->allow);
  reader.Integer("status", {.min = 100, .max = 599}, &expectation->status);
  reader.String("error", &expectation->error);
  reader.String("rule", &expectation->rule);
  reader.Fields("headers", &expectation->headers);
  reader.Json("json", &expectation->json);
  reader.Text("body", &expectation->body);
  if (const Node* request = reader.map().Find("upstream_request")) {
    ExpectedUpstreamRequest expected;
    if (reader.Good(ReadUpstreamRequest(*request, reading, &expected))) {
      expectation->upstream_request = std::move(expected);
    }
  }
  reader.Duration("delay", &expectation->delay_us);
  reader.Duration("would_delay", &expectation->would_delay_us);
  reader.Boolean("shadow_denied", &expectation->shadow_denied);
  reader.Boolean("candidate_denied", &expectation->candidate_denied);
  reader.Counts(expectation);
  expectation->uses_saved =
      expectation->json && UsesSaved(expectation->json->value, *reading.scope);
  return reader.good();
}

bool ReadCounts(const Node& node, const CaseReading& reading,
                Expectation* expectation) {
  expectation->at = node.at;
  if (NamesNothing(node)) {
    return ReportNothing(node, "name how many calls are allowed or denied",
                         reading.diagnostics);
  }
  Reader reader(node, reading);
  reader.Counts(expectation);
  return reader.good();
}

}  // namespace headgate::cli
