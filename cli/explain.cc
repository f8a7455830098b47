// `headgate explain`: each check of one request, and the answer. It runs the
// line of the policy tests on an empty limiter, and spends nothing.
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/reason_phrase.h"
#include "base/strings.h"
#include "cli/cases/line.h"
#include "cli/cases/report.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "config/amount.h"
#include "config/load.h"
#include "policy/contracts/builtin.h"
#include "policy/policy.h"
#include "proxy/admin_explain.h"
#include "proxy/http/chars.h"

namespace headgate::cli {
namespace {

struct ExplainOptions {
  std::string config;
  std::string method;
  std::string path;
  std::vector<std::string> headers;
  std::string body;
  bool has_body = false;
  bool json = false;
};

bool ReportUsage(std::string_view what) {
  PrintError(StrCat("headgate: ", what, "\nTry `headgate explain --help`.\n"));
  return false;
}

// "Name: value" as curl takes it.
bool CheckHeader(std::string_view header) {
  const size_t colon = header.find(':');
  if (colon == header.npos ||
      !http::IsAll(header.substr(0, colon), http::kToken) ||
      !http::IsFieldText(header)) {
    return ReportUsage("-H takes \"Name: value\"");
  }
  const std::string_view name = header.substr(0, colon);
  if (EqualsIgnoreCase(name, "Content-Length") ||
      EqualsIgnoreCase(name, "Transfer-Encoding")) {
    return ReportUsage(StrCat(name, " is written from -d"));
  }
  return true;
}

// The bytes of the head. False: the command line is wrong.
bool ComposeHead(const ExplainOptions& options, std::string* head) {
  if (!http::IsAll(options.method, http::kToken)) {
    return ReportUsage("METHOD is no method");
  }
  if (!options.path.starts_with('/') || !http::IsFieldText(options.path)) {
    return ReportUsage("PATH must begin with \"/\"");
  }
  *head = StrCat(options.method, " ", options.path, " HTTP/1.1\r\n");
  bool has_host = false;
  bool has_type = false;
  for (const std::string& header : options.headers) {
    if (!CheckHeader(header)) return false;
    const std::string_view name =
        std::string_view(header).substr(0, header.find(':'));
    has_host |= EqualsIgnoreCase(name, "Host");
    has_type |= EqualsIgnoreCase(name, "Content-Type");
    StrAppend(head, header, "\r\n");
  }
  if (!has_host) *head += "Host: headgate.test\r\n";
  if (options.has_body) {
    if (!has_type) *head += "Content-Type: application/json\r\n";
    StrAppend(head, "Content-Length: ", options.body.size(), "\r\n");
  }
  *head += "\r\n";
  return true;
}

std::string_view FirstLine(std::string_view head) {
  return head.substr(0, head.find("\r\n"));
}

std::string DescribeLimit(const policy::RateDecision& rate) {
  std::string text =
      StrCat("limit: ", rate.remaining, " of ", rate.limit, " left");
  if (!rate.allowed) text = StrCat("limit: ", rate.limit, " are used up");
  if (rate.would_deny) text += ", shadow: would be refused";
  if (rate.candidate_denies) text += ", the candidate would refuse it";
  return text + "\n";
}

std::string Describe(const CallOutcome& outcome, const policy::Trace& trace,
                     bool color) {
  const policy::Decision& decision = outcome.decision;
  std::string text = DescribeTrace(trace, color);
  if (decision.limited) text += DescribeLimit(decision.rate);
  if (decision.allowed() && !decision.service->spec.upstream) {
    return StrCat(text, "allow: answered here, by ", decision.operation->name,
                  "\n");
  }
  if (decision.allowed()) {
    StrAppend(&text, "allow: forwarded as ", FirstLine(outcome.upstream_head),
              "\n");
    if (decision.body_rewritten) StrAppend(&text, decision.body, "\n");
    return text;
  }
  StrAppend(&text, "deny: ", outcome.status, " ", ReasonPhrase(outcome.status),
            "\n", outcome.body, "\n");
  return text;
}

std::string AsJson(const CallOutcome& outcome, const policy::Trace& trace) {
  std::string text;
  JsonWriter writer(&text);
  writer.StartObject();
  proxy::WriteDecision(outcome.decision, trace, &writer);
  if (!outcome.decision.allowed()) {
    writer.Key("answer");
    writer.StartObject();
    writer.Member("status", outcome.status);
    const HeadField type = FindHeadField(outcome.head, "Content-Type");
    if (type.found) writer.Member("content_type", type.value);
    writer.Member("body", outcome.body);
    writer.EndObject();
  }
  writer.EndObject();
  return text + "\n";
}

int Explain(const ExplainOptions& options) {
  std::string head;
  if (!ComposeHead(options, &head)) return kUsage;
  config::Diagnostics diagnostics;
  const auto config = config::Load(
      options.config, config::SystemEnvironment(policy::BuiltinContracts()),
      &diagnostics);
  std::shared_ptr<const policy::Policy> policy;
  if (config) policy = policy::Policy::Compile(*config, &diagnostics);
  if (policy == nullptr) {
    PrintError(diagnostics.ToString(ErrorsTakeColor()));
    return kInvalidConfig;
  }
  policy::Limiter limiter({.keys_max = config->limiter.keys});
  Line line(*policy, {.spend = false, .handle = false});
  CallOutcome outcome;
  policy::Trace trace;
  line.Run(head, options.body, Clock::System().Now(), &limiter,
           /*handler=*/nullptr, &outcome, &trace);
  const std::string text = options.json
                               ? AsJson(outcome, trace)
                               : Describe(outcome, trace, OutputTakesColor());
  return PrintOut(text) ? kOk : kFailed;
}

}  // namespace

std::function<int()> DeclareExplain(CLI::App* app) {
  auto options = std::make_shared<ExplainOptions>();
  app->add_option("-c,--config", options->config, "The config file")
      ->type_name("FILE")
      ->required();
  app->add_option("method", options->method, "The request's method")
      ->type_name("METHOD")
      ->required();
  app->add_option("path", options->path, "Its path, with the query")
      ->type_name("PATH")
      ->required();
  app->add_option("-H,--header", options->headers, "A field: \"Name: value\"")
      ->type_name("FIELD")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  CLI::Option* body =
      app->add_option("-d,--data", options->body, "The body, taken for JSON")
          ->type_name("BODY");
  app->add_flag("--json", options->json, "Print JSON");
  return [options, body] {
    options->has_body = body->count() > 0;
    return Explain(*options);
  };
}

}  // namespace headgate::cli
