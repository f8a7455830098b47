#include "cli/replay/replayer.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/percent.h"
#include "cli/replay/body.h"
#include "policy/request.h"
#include "policy/rules.h"

namespace headgate::cli {
namespace {

using Kind = ReplayOutcome::Kind;
using Body = ReplayCall::Body;
using policy::CredentialKind;

constexpr int64_t kMadeMax = 1 << 16;  // characters of a parameter

// How many characters "#12" stands for; -1: it is no mark.
int64_t MarkedChars(std::string_view text) {
  if (!text.starts_with('#')) return -1;
  int64_t chars = 0;
  std::from_chars(text.data() + 1, text.data() + text.size(), chars);
  return std::clamp<int64_t>(chars, 0, kMadeMax);
}

// What stands behind `name=` in the kept query. False: nothing.
bool FindParameter(std::string_view query, std::string_view name,
                   std::string_view* text) {
  for (const std::string_view part : Split(query, '&')) {
    const size_t equals = std::min(part.find('='), part.size());
    if (part.substr(0, equals) != name) continue;
    *text = part.substr(std::min(equals + 1, part.size()));
    return true;
  }
  return false;
}

// "cursor=#3" -> "cursor=xxx".
void MakeQuery(std::string_view kept, std::string* query) {
  query->clear();
  if (kept.find('#') == kept.npos) {
    *query = kept;
    return;
  }
  for (const std::string_view part : Split(kept, '&')) {
    if (!query->empty()) query->push_back('&');
    const size_t mark = part.find("=#");
    if (mark == part.npos) {
      query->append(part);
      continue;
    }
    const int64_t chars = MarkedChars(part.substr(mark + 1));
    query->append(part.substr(0, mark + 1))
        .append(static_cast<size_t>(chars), 'x');
  }
}

policy::Limiter::Options LimiterOptionsOf(const policy::Policy& policy) {
  return {.keys_max = policy.config().limiter.keys};
}

}  // namespace

Replayer::Replayer(std::shared_ptr<const policy::Policy> policy,
                   const policy::Policy& written_by)
    : policy_(std::move(policy)),
      limiter_(LimiterOptionsOf(*policy_)),
      engine_(&limiter_) {
  for (const auto& service : written_by.services()) {
    for (const auto& operation : service->operations) {
      written_[StrCat(service->name, ".", operation->name)] = operation.get();
    }
  }
}

const policy::CompiledOperation* Replayer::WrittenAs(
    const ReplayCall& call) const {
  const auto found = written_.find(StrCat(call.service, ".", call.operation));
  return found == written_.end() ? nullptr : found->second;
}

bool Replayer::QueryIsKnown(const ReplayCall& call) const {
  const policy::CompiledOperation& operation = *decision_.operation;
  if (operation.spec.query.empty()) return true;
  if (call.query_cut) return false;
  for (const config::QuerySpec& spec : operation.spec.query) {
    std::string_view text;
    if (FindParameter(call.query, spec.name, &text)) {
      const int64_t chars = MarkedChars(text);
      const bool number = spec.integer || spec.at_most;
      if (chars >= 0 && !number &&
          !LengthTellsAll(*operation.service, spec.value, chars)) {
        return false;
      }
      continue;
    }
    if (call.query_more == 0) continue;
    // It may be one of those that nobody had declared.
    const policy::CompiledOperation* written = WrittenAs(call);
    if (written == nullptr) return false;
    const auto& declared = written->spec.query;
    if (std::none_of(declared.begin(), declared.end(), [&](const auto& known) {
          return known.name == spec.name;
        })) {
      return false;
    }
  }
  return true;
}

std::string_view Replayer::WhyUnknown(const ReplayCall& call) const {
  if (decision_.operation == nullptr) return {};
  const policy::ServiceRules& rules = *decision_.service->rules;
  const CredentialKind kind = decision_.operation->rules->credentials;
  const bool presented =
      call.credentials.StateFor(kind) == policy::Credentials::State::kOk;
  using Result = policy::RecordedCredentials::Result;
  if (presented && call.credentials.result == Result::kNotAsked) {
    return "its credentials were not looked at when it was recorded";
  }
  if (presented && decision_.app_key_secret && call.key_label.empty()) {
    return "the app key that its credentials make is not recorded";
  }
  if (presented && rules.verifies && decision_.app != nullptr &&
      !call.credentials.verified()) {
    return "its credentials were not verified when it was recorded";
  }
  const bool validated = decision_.limited && decision_.rate.allowed &&
                         !decision_.operation->rules->deny;
  if (validated && !QueryIsKnown(call)) {
    return "its query is not recorded in enough detail";
  }
  return {};
}

ReplayOutcome Replayer::Decide(const ReplayCall& call) {
  if (call.path_cut) return {Kind::kUnknown, nullptr, "its path is cut"};
  policy::RecordedCredentials credentials = call.credentials;
  credentials.reason = call.reason;
  credentials.key_label = call.key_label;
  MakeQuery(call.query, &query_);
  const policy::Request request = {
      .method = call.method,
      .path = call.path,
      .query = query_,
      .content_type = call.other_media_type ? "text/plain" : "application/json",
      .has_body = call.body_state != Body::kNone,
      .recorded = &credentials};
  const Instant now = {call.decided_us, call.decided_us};
  decision_.Clear();
  engine_.EvaluateHead(*policy_, request, now, &decision_);
  const std::string_view why = WhyUnknown(call);
  if (!why.empty()) return {Kind::kUnknown, nullptr, why};
  if (!decision_.allowed()) return {Kind::kDeny, &decision_, {}};
  if (!decision_.needs_body) return {Kind::kAllow, &decision_, {}};
  return DecideBody(call, request, now);
}

ReplayOutcome Replayer::DecideBody(const ReplayCall& call,
                                   const policy::Request& request,
                                   const Instant& now) {
  bool complete = true;
  switch (call.body_state) {
    case Body::kNone:
      body_.clear();
      break;
    case Body::kJson:
      complete = MakeBody(*decision_.operation, WrittenAs(call),
                          reader_.Read(call.body), &body_, &writer_);
      break;
    case Body::kText:
      body_ = call.body;
      break;
    case Body::kNotJson:
      body_ = "!";
      break;
    case Body::kUnread:
      return {Kind::kOpen, &decision_, {}};
    case Body::kTooLarge:
      complete = false;
      break;
  }
  if (!complete) {
    return {Kind::kUnknown, nullptr,
            "its body is not recorded in enough detail"};
  }
  engine_.EvaluateBody(*policy_, request, body_, now, &decision_);
  return {decision_.allowed() ? Kind::kAllow : Kind::kDeny, &decision_, {}};
}

}  // namespace headgate::cli
