#include "policy/answers.h"

#include <algorithm>

#include "base/json_reader.h"
#include "base/plain_json.h"
#include "base/strings.h"

namespace headgate::policy {
namespace {

// application/json, or a type with the suffix +json (RFC 6839 3.1); parameters
// do not matter.
bool IsJsonType(std::string_view content_type) {
  const std::string_view type =
      TrimOws(content_type.substr(0, content_type.find(';')));
  if (EqualsIgnoreCase(type, "application/json")) return true;
  constexpr std::string_view kSuffix = "+json";
  return type.size() > kSuffix.size() &&
         EqualsIgnoreCase(type.substr(type.size() - kSuffix.size()), kSuffix);
}

// Whether strict JSON may begin like this. What is streamed cannot be unsaid.
bool BeginsLikeJson(std::string_view body) {
  const size_t start = body.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return false;
  constexpr std::string_view kFirst = "{[\"tfn-0123456789";
  return kFirst.find(body[start]) != std::string_view::npos;
}

bool IsStrictJson(std::string_view body) {
  // This runs for every good answer, and most are plain.
  if (IsPlainlyJson(body)) return true;
  thread_local JsonReader reader;  // each worker has its own, for its buffers
  return static_cast<bool>(reader.Read(body));
}

// Why a success is not the documented one; empty: it is.
std::string_view FaultOfSuccess(const UpstreamAnswer& answer) {
  constexpr int kNoContent = 204;
  if (answer.status == kNoContent || answer.head_request) return "";
  if (!IsJsonType(answer.content_type)) return "content_type";
  const bool good = answer.streaming ? BeginsLikeJson(answer.body)
                                     : IsStrictJson(answer.body);
  return good ? "" : "body";
}

std::string_view FaultOfError(const Catalogue& catalogue,
                              const UpstreamAnswer& answer) {
  if (!catalogue.HasStatus(answer.status)) return "undocumented_status";
  // Of one without a body the type tells an error page apart.
  if (answer.head_request) {
    const bool page =
        !answer.content_type.empty() && !IsJsonType(answer.content_type);
    return page ? "undocumented_error" : "";
  }
  // A documented error is small: one that must be streamed is none.
  const bool good = !answer.streaming &&
                    catalogue.Recognize(answer.status, answer.body) != nullptr;
  return good ? "" : "undocumented_error";
}

std::string_view FaultOf(const CompiledService& service,
                         const CompiledOperation& operation,
                         const UpstreamAnswer& answer) {
  const std::vector<int>& successes = operation.spec.answers;
  if (std::find(successes.begin(), successes.end(), answer.status) !=
      successes.end()) {
    return FaultOfSuccess(answer);
  }
  if (answer.status < 400) return "undocumented_status";
  return FaultOfError(*service.catalogue, answer);
}

// The first rule of `upstream_answers` for a failure, or for a status.
const CatalogueError* FindRule(const CompiledService& service,
                               std::string_view failure, int status) {
  for (const config::UpstreamRule& rule : service.contract.upstream_answers) {
    const bool matches = failure.empty() ? rule.failure.empty() &&
                                               status >= rule.status_min &&
                                               status <= rule.status_max
                                         : rule.failure == failure;
    if (matches) return service.catalogue->Find(rule.answer);
  }
  return nullptr;
}

// The contract's word for a failure: "upstream_timeout" -> "timeout".
std::string_view FailureWord(Refusal failure) {
  constexpr std::string_view kPrefix = "upstream_";
  std::string_view word = RefusalName(failure);
  if (word.starts_with(kPrefix)) word.remove_prefix(kPrefix.size());
  return word;
}

}  // namespace

Mapped MapAnswer(const CompiledService& service,
                 const CompiledOperation* operation,
                 const UpstreamAnswer& answer) {
  if (operation == nullptr) return {};
  const std::string_view fault = FaultOf(service, *operation, answer);
  if (fault.empty()) return {};
  const CatalogueError* error = FindRule(service, "", answer.status);
  if (error == nullptr) {
    error = MapFailure(service, Refusal::kUpstreamProtocol).error;
  }
  return {error, fault};
}

Mapped MapFailure(const CompiledService& service, Refusal failure) {
  const CatalogueError* error = FindRule(service, FailureWord(failure), 0);
  if (error == nullptr) error = &service.catalogue->For(failure);
  return {error, RefusalName(failure)};
}

}  // namespace headgate::policy
