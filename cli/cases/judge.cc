#include "cli/cases/judge.h"

#include <utility>

#include "base/strings.h"

namespace headgate::cli {
namespace {

using config::Quote;

bool Report(const config::Location& at, std::string field, std::string expected,
            std::string actual, std::vector<Mismatch>* mismatches) {
  mismatches->push_back(
      {at, std::move(field), std::move(expected), std::move(actual)});
  return false;
}

std::string QuoteOrNone(std::string_view text) {
  return text.empty() ? "none" : Quote(text);
}

bool CheckTime(std::string field, const MaybeExpected<int64_t>& expected,
               int64_t actual, std::vector<Mismatch>* mismatches) {
  if (!expected || expected->value == actual) return true;
  return Report(expected->at, std::move(field), CaseTimeText(expected->value),
                CaseTimeText(actual), mismatches);
}

bool CheckFlag(std::string field, const MaybeExpected<bool>& expected,
               bool actual, std::vector<Mismatch>* mismatches) {
  if (!expected || expected->value == actual) return true;
  return Report(expected->at, std::move(field),
                expected->value ? "true" : "false", actual ? "true" : "false",
                mismatches);
}

bool CheckText(std::string field, const MaybeExpected<std::string>& expected,
               std::string_view actual, std::vector<Mismatch>* mismatches) {
  if (!expected || expected->value == actual) return true;
  return Report(expected->at, std::move(field), QuoteOrNone(expected->value),
                QuoteOrNone(actual), mismatches);
}

bool CheckCount(std::string field, const MaybeExpected<int64_t>& expected,
                int64_t actual, std::vector<Mismatch>* mismatches) {
  if (!expected || expected->value == actual) return true;
  return Report(expected->at, std::move(field), StrCat(expected->value),
                StrCat(actual), mismatches);
}

bool CheckFields(std::string_view prefix,
                 const std::vector<ExpectedField>& expected,
                 std::string_view head, std::vector<Mismatch>* mismatches) {
  bool good = true;
  for (const ExpectedField& field : expected) {
    const HeadField actual = FindHeadField(head, field.name);
    const bool same = actual.found == field.value.has_value() &&
                      (!actual.found || actual.value == *field.value);
    if (same) continue;
    good = Report(field.at, StrCat(prefix, field.name),
                  field.value ? Quote(*field.value) : "none",
                  actual.found ? Quote(actual.value) : "none", mismatches);
  }
  return good;
}

}  // namespace

bool Judge::Check(const Expectation& expectation, const CallOutcome& outcome,
                  std::vector<Mismatch>* mismatches) {
  bool good = CheckDecision(expectation, outcome, mismatches);
  good = CheckAnswer(expectation, outcome, mismatches) && good;
  if (expectation.upstream_request) {
    good = CheckUpstreamRequest(*expectation.upstream_request, outcome,
                                mismatches) &&
           good;
  }
  return good;
}

bool Judge::CheckDecision(const Expectation& expectation,
                          const CallOutcome& outcome,
                          std::vector<Mismatch>* mismatches) {
  const policy::Decision& decision = outcome.decision;
  bool good = true;
  if (expectation.allow && expectation.allow->value != decision.allowed()) {
    good =
        Report(expectation.allow->at, "decision",
               expectation.allow->value ? "allow" : "deny",
               decision.allowed() ? "allow" : StrCat("deny by ", decision.rule),
               mismatches);
  }
  good = CheckText("rule", expectation.rule, decision.rule, mismatches) && good;
  const policy::RateDecision& rate = decision.rate;
  good = CheckTime("delay", expectation.delay_us, rate.delay_us, mismatches) &&
         good;
  good = CheckTime("would_delay", expectation.would_delay_us,
                   rate.would_delay_us, mismatches) &&
         good;
  good = CheckFlag("shadow_denied", expectation.shadow_denied, rate.would_deny,
                   mismatches) &&
         good;
  return CheckFlag("candidate_denied", expectation.candidate_denied,
                   rate.candidate_denies, mismatches) &&
         good;
}

bool Judge::CheckAnswer(const Expectation& expectation,
                        const CallOutcome& outcome,
                        std::vector<Mismatch>* mismatches) {
  bool good =
      CheckCount("status", expectation.status, outcome.status, mismatches);
  good =
      CheckText("error", expectation.error, outcome.error, mismatches) && good;
  good =
      CheckFields("headers.", expectation.headers, outcome.head, mismatches) &&
      good;
  if (expectation.json) {
    good = json_.Check("json", *expectation.json, outcome.body, mismatches) &&
           good;
  }
  return CheckText("body", expectation.body, outcome.body, mismatches) && good;
}

bool Judge::CheckUpstreamRequest(const ExpectedUpstreamRequest& expected,
                                 const CallOutcome& outcome,
                                 std::vector<Mismatch>* mismatches) {
  const std::string_view head = outcome.upstream_head;
  const std::string_view line = head.substr(0, head.find("\r\n"));
  if (expected.none || !outcome.reached_upstream()) {
    if (expected.none == !outcome.reached_upstream()) return true;
    return Report(expected.at, "upstream_request",
                  expected.none ? "none" : "one",
                  expected.none ? std::string(line) : "none", mismatches);
  }
  const size_t space = line.find(' ');
  const size_t last = line.rfind(' ');
  bool good = CheckText("upstream_request.method", expected.method,
                        line.substr(0, space), mismatches);
  good = CheckText("upstream_request.path", expected.path,
                   line.substr(space + 1, last - space - 1), mismatches) &&
         good;
  good = CheckFields("upstream_request.headers.", expected.headers, head,
                     mismatches) &&
         good;
  if (expected.json) {
    good = json_.Check("upstream_request.json", *expected.json,
                       outcome.upstream_body, mismatches) &&
           good;
  }
  return CheckText("upstream_request.body", expected.body,
                   outcome.upstream_body, mismatches) &&
         good;
}

bool CheckCounts(const Expectation& expectation, const CallCounts& counts,
                 std::vector<Mismatch>* mismatches) {
  const bool good =
      CheckCount("allowed", expectation.allowed, counts.allowed, mismatches);
  return CheckCount("denied", expectation.denied, counts.denied, mismatches) &&
         good;
}

std::string DescribeAnswer(const CallOutcome& outcome) {
  if (outcome.error.empty()) return StrCat(outcome.status);
  return StrCat(outcome.status, " ", outcome.error);
}

}  // namespace headgate::cli
