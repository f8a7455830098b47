#include "proxy/admin.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/reason_phrase.h"
#include "base/strings.h"
#include "config/print.h"
#include "proxy/admin_explain.h"
#include "proxy/admin_limits.h"
#include "proxy/admin_revoke.h"
#include "proxy/http/writer.h"
#include "proxy/metrics.h"

namespace headgate::proxy {
namespace {

AdminAnswer Plain(int status, std::string_view text) {
  return {.status = status,
          .content_type = "text/plain; charset=utf-8",
          .body = StrCat(text, "\n"),
          .allow = ""};
}

AdminAnswer Json(std::string body) {
  body.push_back('\n');
  return {.status = 200,
          .content_type = "application/json",
          .body = std::move(body),
          .allow = ""};
}

AdminAnswer JsonOrMistake(absl::StatusOr<std::string> body) {
  if (body.ok()) return Json(*std::move(body));
  const int status = absl::IsUnavailable(body.status()) ? 503 : 400;
  return AdminProblem(status, FromAbsl(body.status().message()));
}

}  // namespace

AdminAnswer AdminProblem(int status, std::string_view detail) {
  AdminAnswer answer;
  answer.status = status;
  answer.content_type = "application/problem+json";
  JsonWriter writer(&answer.body);
  writer.StartObject();
  writer.Member("type", "about:blank");
  writer.Member("title", ReasonPhrase(status));
  writer.Member("status", status);
  writer.Member("detail", detail);
  writer.EndObject();
  answer.body.push_back('\n');
  return answer;
}

// A row per path: what may be asked and who answers.
struct AdminHandler::Route {
  std::string_view path;
  bool changes;  // POST; else GET and HEAD
  bool takes_query;
  bool takes_body;
  AdminAnswer (AdminHandler::*handle)(const AdminRequest& request);
};

const AdminHandler::Route AdminHandler::kRoutes[] = {
    {"/livez", false, false, false, &AdminHandler::Live},
    {"/readyz", false, false, false, &AdminHandler::Ready},
    {"/metrics", false, false, false, &AdminHandler::Metrics},
    {"/config", false, false, false, &AdminHandler::Config},
    {"/limits", false, true, false, &AdminHandler::Limits},
    {"/reload", true, false, false, &AdminHandler::Reload},
    {"/drain", true, false, false, &AdminHandler::Drain},
    {"/explain", true, false, true, &AdminHandler::Explain},
    {"/revoke", true, false, true, &AdminHandler::Revoke},
};

AdminHandler::AdminHandler(Control* control, const Clock* clock)
    : control_(control), clock_(clock) {}

AdminAnswer AdminHandler::Handle(const AdminRequest& request) {
  const auto route =
      std::find_if(std::begin(kRoutes), std::end(kRoutes),
                   [&](const Route& row) { return row.path == request.path; });
  if (route == std::end(kRoutes)) {
    return AdminProblem(404, "this path is not served here");
  }
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (route->changes ? request.method != "POST" : !reads) {
    AdminAnswer answer = AdminProblem(405, "this path takes another method");
    answer.allow = route->changes ? "POST" : "GET, HEAD";
    return answer;
  }
  if (!route->takes_query && !request.query.empty()) {
    return AdminProblem(400, "this path takes no query");
  }
  if (!route->takes_body && !request.body.empty()) {
    return AdminProblem(400, "this path takes no body");
  }
  if (request.body.size() > kBodyBytesMax) {
    return AdminProblem(413, "the body is too large");
  }
  return (this->*route->handle)(request);
}

AdminAnswer AdminHandler::Live(const AdminRequest&) { return Plain(200, "ok"); }

AdminAnswer AdminHandler::Ready(const AdminRequest&) {
  return control_->Ready() ? Plain(200, "ok") : Plain(503, "draining");
}

AdminAnswer AdminHandler::Metrics(const AdminRequest&) {
  AdminAnswer answer;
  answer.content_type = proxy::Metrics::kContentType;
  answer.body = control_->MetricsText();
  return answer;
}

AdminAnswer AdminHandler::Config(const AdminRequest&) {
  AdminAnswer answer;
  answer.content_type = "application/yaml";
  answer.body = config::PrintConfig(control_->policy()->config());
  return answer;
}

AdminAnswer AdminHandler::Reload(const AdminRequest&) {
  const Control::ReloadResult result = control_->Reload();
  // As `headgate check` prints it: for people, with its carets.
  if (!result.ok) return Plain(422, result.text);
  return Json(StrCat("{\"generation\":", result.generation, "}"));
}

AdminAnswer AdminHandler::Drain(const AdminRequest&) {
  control_->Drain();
  return Plain(202, "draining");
}

AdminAnswer AdminHandler::Limits(const AdminRequest& request) {
  return JsonOrMistake(DescribeLimits(request.query, *control_->policy(),
                                      control_->limiter(), clock_->Now()));
}

AdminAnswer AdminHandler::Explain(const AdminRequest& request) {
  policy::Engine engine(&control_->limiter(), /*spend=*/false);
  engine.UseTokens(control_->tokens());
  return JsonOrMistake(ExplainRequest(request.body, *control_->policy(),
                                      &engine, clock_->Now()));
}

AdminAnswer AdminHandler::Revoke(const AdminRequest& request) {
  return JsonOrMistake(RevokeTokens(request.body, *control_->policy(),
                                    clock_->Now(), control_->runtime()));
}

}  // namespace headgate::proxy
