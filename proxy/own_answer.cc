#include "proxy/own_answer.h"

#include "absl/time/time.h"
#include "base/strings.h"
#include "proxy/cors.h"

namespace headgate::proxy {
namespace {

using http::FieldId;

constexpr std::string_view kMethods = "GET, POST, PUT, PATCH, DELETE";

constexpr int kUnauthorized = 401;
constexpr int kTooManyRequests = 429;
constexpr int kServiceUnavailable = 503;

// RFC 9110 11.6.1: no 401 without a challenge.
std::string_view ChallengeOf(const policy::Decision& decision) {
  return decision.operation != nullptr ? decision.operation->challenge
                                       : decision.service->challenge;
}

CorsRequest CorsOf(const http::RequestHead& head) {
  return {
      .method = head.method_text,
      .origin = head.fields.Value(FieldId::kOrigin),
      .request_method = head.fields.Value(FieldId::kAccessControlRequestMethod),
      .request_headers =
          head.fields.Value(FieldId::kAccessControlRequestHeaders)};
}

// RFC 9110 10.2.3: seconds, or a date in the form that is still to be written.
bool IsRetryAfter(std::string_view text) {
  constexpr size_t kDigitsMax = 9;
  if (text.empty()) return false;
  if (text.find_first_not_of("0123456789") == text.npos) {
    return text.size() <= kDigitsMax;
  }
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", ToAbsl(text), &time,
                       &error)) {
    return false;
  }
  std::string again;
  http::FormatHttpDate(absl::ToUnixSeconds(time), &again);
  return again == text;
}

}  // namespace

UpstreamLimit LimitOf(const http::ResponseHead& answer) {
  const bool reached = answer.status == kTooManyRequests;
  if (!reached && answer.status != kServiceUnavailable) return {};
  const std::string_view retry_after =
      answer.fields.Value(FieldId::kRetryAfter);
  return {reached, IsRetryAfter(retry_after) ? retry_after : ""};
}

void OwnFields::Collect(const Answer& answer) {
  fields_.clear();
  fields_.push_back({FieldId::kXRequestId, answer.request_id});
  const policy::Decision& decision = answer.decision;
  if (answer.local_status == kUnauthorized && decision.service != nullptr) {
    fields_.push_back({FieldId::kWwwAuthenticate, ChallengeOf(decision)});
  }
  if (decision.limited && !answer.upstream.reached) {
    AddRate(decision, answer.denied);
  }
  if (!answer.upstream.retry_after.empty()) {
    fields_.push_back({FieldId::kRetryAfter, answer.upstream.retry_after});
  }
  if (decision.service != nullptr &&
      !decision.service->spec.cors.origins.empty()) {
    AddCorsFields(decision.service->spec.cors, answer.origin, answer.vary,
                  &cors_, &fields_);
  }
}

const policy::CompiledService* OwnFields::CollectPreflight(
    const policy::Policy& policy, const http::RequestHead& head,
    std::string_view path) {
  if (head.method != http::Method::kOptions) return nullptr;
  const CorsRequest request = CorsOf(head);
  const policy::CompiledService* service = policy.FamilyOf(path);
  if (service == nullptr || service->spec.cors.origins.empty() ||
      !IsPreflight(request)) {
    return nullptr;
  }
  fields_.clear();
  AddPreflightFields(service->spec.cors, request, kMethods, &cors_, &fields_);
  return service;
}

void OwnFields::AddRate(const policy::Decision& decision, bool denied) {
  partition_key_.clear();
  rate_policy_.clear();
  rate_limit_.clear();
  policy::AppendPartitionKey(secret_, decision.app_key, &partition_key_);
  policy::AppendRateLimitPolicy(*decision.rate_text, partition_key_,
                                &rate_policy_);
  policy::AppendRateLimit(*decision.rate_text, decision.rate, partition_key_,
                          &rate_limit_);
  fields_.push_back({FieldId::kRateLimitPolicy, rate_policy_});
  fields_.push_back({FieldId::kRateLimit, rate_limit_});
  if (denied && decision.refusal == policy::Refusal::kRate) {
    retry_after_.clear();
    policy::AppendRetryAfter(decision.rate, &retry_after_);
    fields_.push_back({FieldId::kRetryAfter, retry_after_});
  }
}

ErrorAnswer RenderError(const policy::CatalogueError* error,
                        const ErrorCall& call, std::string* body) {
  const policy::Decision& decision = call.decision;
  body->clear();
  if (error == nullptr) {
    policy::RenderProblem(decision.refusal, body);
    return {policy::RefusalStatus(decision.refusal),
            "application/problem+json"};
  }
  policy::Catalogue::Render(*error,
                            {.now = call.now,
                             .started = call.started,
                             .method = call.method,
                             .path = call.path,
                             .value = decision.value,
                             .location = decision.location,
                             .bound = decision.bound,
                             .variables = &decision.variables},
                            body);
  return {error->status, decision.service->catalogue->content_type()};
}

}  // namespace headgate::proxy
