#include "service/render.h"

#include <utility>
#include <vector>

#include "base/strings.h"
#include "policy/catalogue.h"

namespace headgate::service {
namespace {

using Variables = std::vector<std::pair<std::string_view, std::string_view>>;

Variables VariablesOf(const Call& call) {
  Variables variables(call.variables.begin(), call.variables.end());
  variables.insert(variables.end(), call.answer.variables.begin(),
                   call.answer.variables.end());
  return variables;
}

void RenderError(const Instant& started, const Instant& now, Call* call) {
  Answer& answer = call->answer;
  const Variables variables = VariablesOf(*call);
  answer.body.clear();
  policy::Catalogue::Render(*answer.error,
                            {.now = now,
                             .started = started,
                             .method = call->method,
                             .path = call->path,
                             .value = answer.value,
                             .location = answer.location,
                             .bound = answer.bound,
                             .variables = &variables},
                            &answer.body);
}

}  // namespace

RenderedAnswer Render(Call& call, const Instant& started, const Instant& now) {
  Answer& answer = call.answer;
  const std::string_view family = call.service->catalogue->content_type();
  if (answer.error != nullptr) {
    RenderError(started, now, &call);
    return {answer.error->status, family, answer.body};
  }
  if (answer.timed) {
    const int64_t duration_us = now.monotonic_us - started.monotonic_us;
    StrAppend(&answer.body, ",\"timestamp\":", now.unix_ms(),
              ",\"duration\":", duration_us / 1000, "}");
  }
  return {answer.status,
          answer.content_type.empty() ? family : answer.content_type,
          answer.body};
}

}  // namespace headgate::service
