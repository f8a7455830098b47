#include "service/call.h"

#include <utility>

#include "base/strings.h"

namespace headgate::service {

std::string_view Call::Variable(std::string_view name) const {
  for (const auto& [key, value] : variables) {
    if (key == name) return value;
  }
  return {};
}

bool Call::Refuse(std::string_view error, std::string_view value,
                  int64_t bound) {
  answer.error = service->catalogue->Find(error);
  // A contract of the operator may lack it.
  if (answer.error == nullptr) {
    answer.error = &service->catalogue->For(policy::Refusal::kInternal);
    answer.detail = error;
  }
  answer.value = value;
  answer.bound = bound;
  return false;
}

void Answer::Clear() {
  std::string kept = std::move(body);
  *this = Answer();
  kept.clear();
  body = std::move(kept);
}

void FillCall(const policy::Request& request, std::string_view body,
              const policy::Decision& decision, std::string_view origin,
              const Instant& now, Call* call) {
  call->service = decision.service;
  call->operation = decision.operation;
  call->app = decision.app;
  call->caller = decision.caller;
  // RFC 9110 9.3.2: but for its missing body, HEAD's answer is GET's.
  call->method = request.method == "HEAD" ? "GET" : request.method;
  call->url.clear();
  StrAppend(&call->url, origin, decision.path);
  call->path = decision.path;
  call->query = decision.query_rewritten ? decision.query : request.query;
  call->sent_query = request.query;
  call->body = decision.body_rewritten ? decision.body : body;
  call->body_json = decision.body_json;
  call->content_type = request.content_type;
  call->credentials = request.authorization;
  call->variables.resize(decision.variables.size());
  for (size_t i = 0; i < decision.variables.size(); ++i) {
    call->variables[i].first = decision.variables[i].first;
    call->variables[i].second = decision.variables[i].second;
  }
  call->now = now;
  call->answer.Clear();
  call->on_kept = nullptr;
}

std::unique_ptr<Call> MakeCall(const policy::Request& request,
                               std::string_view body,
                               const policy::Decision& decision,
                               std::string_view origin, const Instant& now) {
  auto call = std::make_unique<Call>();
  FillCall(request, body, decision, origin, now, call.get());
  return call;
}

}  // namespace headgate::service
