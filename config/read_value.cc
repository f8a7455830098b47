#include "config/read_value.h"

#include "base/strings.h"
#include "config/scalar_types.h"
#include "config/sections.h"

namespace headgate::config {
namespace {

constexpr int64_t kLimitMax = 1000000;
constexpr DurationRange kWindow = {absl::Milliseconds(1), absl::Hours(24)};

Type<ValueSpec> ValueSpecType() {
  return Struct<ValueSpec>({
      Key("charset", &ValueSpec::charset, StringType(),
          "The characters allowed, as in the brackets of a pattern: "
          "a-zA-Z0-9_.-"),
      Key("pattern", &ValueSpec::pattern, StringType(),
          "RE2 pattern that the whole value must match."),
      Key("one_of", &ValueSpec::one_of, ListOf(StringType(), 1),
          "The values allowed."),
      Key("length", &ValueSpec::length, RangeType(),
          "The number of characters: 1..64."),
      Key("fold", &ValueSpec::fold_lower,
          ChoiceType<bool>({{"lower", true}, {"none", false}}),
          "lower: A-Z become a-z before the checks and in what is "
          "forwarded."),
      Key("error", &ValueSpec::error, StringType(),
          "The contract's error for a value that is not allowed."),
      Key("empty", &ValueSpec::empty, StringType(),
          "The contract's error for an empty value; default: `error`."),
  });
}

Type<Limit> LimitMapType() {
  return Struct<Limit>({
      Key("limit", &Limit::limit, IntegerType({0, kLimitMax}),
          "Calls per window; 0 lets none pass."),
      Key("window", &Limit::window, DurationType(kWindow),
          "No stretch of this length holds more than `limit` calls. 1ms to "
          "24h."),
      Key("on_exceed", &Limit::on_exceed,
          ChoiceType<Limit::OnExceed>({{"reject", Limit::OnExceed::kReject},
                                       {"delay", Limit::OnExceed::kDelay}}),
          "reject: answer 429. delay: wait for a free place."),
      Key("max_delay", &Limit::max_delay,
          DurationType({absl::ZeroDuration(), absl::Minutes(5)}),
          "How long a delayed call waits at most. Up to 5m."),
      Key("max_queue", &Limit::max_queue, IntegerType({0, kLimitMax}),
          "How many calls wait at a time, per key."),
      Key("shadow", &Limit::shadow, BooleanType(),
          "true: decide and report, but refuse nothing."),
      Key("candidate", &Limit::candidate, IntegerType({1, kLimitMax}),
          "Another limit for the same window, judged and reported beside this "
          "one, never enforced."),
  });
}

// "100/s"
bool ReadShortLimit(const Node& node, const Reading& reading, Limit* out) {
  Rate rate;
  if (!ReadRate(node, reading.diagnostics, &rate)) return false;
  if (rate.limit > kLimitMax || rate.window < kWindow.min ||
      rate.window > kWindow.max) {
    return ReportUnexpected(
        node, StrCat("at most ", kLimitMax, " calls in 1ms to 24h"),
        reading.diagnostics);
  }
  *out = Limit();
  out->limit = rate.limit;
  out->window = rate.window;
  out->at = node.at;
  return true;
}

Type<Limit> LimitType() {
  const Type<Limit> map = LimitMapType();
  Schema rate;
  rate.pattern = "^[0-9]+/[0-9]*(us|ms|s|m|h|d)$";
  Type<Limit> type;
  type.schema.kind = Schema::Kind::kAlternatives;
  type.schema.alternatives = {rate, map.schema};
  type.read = [read = map.read](const Node& node, const Reading& reading,
                                Limit* out) {
    return node.is_map() ? read(node, reading, out)
                         : ReadShortLimit(node, reading, out);
  };
  type.write = map.write;
  return type;
}

}  // namespace

Type<Limits> LimitsType() { return MapOf(LimitType()); }

Type<std::map<std::string, ValueSpec>> ValuesType() {
  return MapOf(ValueSpecType());
}

bool ReadValueSpec(const Node& node, Diagnostics* diagnostics,
                   ValueSpec* value) {
  static const Type<ValueSpec> type = ValueSpecType();
  return type.read(node, Reading{diagnostics, nullptr, ""}, value);
}

bool ReadLimit(const Node& node, Diagnostics* diagnostics, Limit* limit) {
  static const Type<Limit> type = LimitType();
  return type.read(node, Reading{diagnostics, nullptr, ""}, limit);
}

bool ReadLimits(const Node& node, Diagnostics* diagnostics, Limits* limits) {
  static const Type<Limits> type = LimitsType();
  return type.read(node, Reading{diagnostics, nullptr, ""}, limits);
}

}  // namespace headgate::config
