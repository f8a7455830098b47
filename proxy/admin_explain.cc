#include "proxy/admin_explain.h"

#include <utility>

#include "absl/status/status.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/strings.h"
#include "policy/catalogue.h"
#include "policy/refusal.h"
#include "policy/request.h"
#include "proxy/admin_rate.h"
#include "proxy/http/chars.h"
#include "proxy/http/target.h"

namespace headgate::proxy {
namespace {

// What is explained, as the caller wrote it.
struct Question {
  std::string_view method = "GET";
  std::string_view target;
  std::string_view authorization;
  std::string_view content_type;
  bool has_body = false;
  std::string body;
};

absl::Status Mistake(std::string_view what) {
  return absl::InvalidArgumentError(ToAbsl(what));
}

absl::Status ReadHeader(const JsonMember& header, Question* question) {
  if (!http::IsAll(header.key, http::kToken)) {
    return Mistake("\"headers\": a name is no field name");
  }
  if (!header.value.is_string() || !http::IsFieldText(header.value.string())) {
    return Mistake(StrCat("\"headers\": \"", header.key,
                          "\" is no string that a field can hold"));
  }
  std::string_view* place = nullptr;
  if (EqualsIgnoreCase(header.key, "Authorization")) {
    place = &question->authorization;
  } else if (EqualsIgnoreCase(header.key, "Content-Type")) {
    place = &question->content_type;
  } else {
    return absl::OkStatus();  // no other field takes part in the decision
  }
  if (!place->empty()) {
    return Mistake(StrCat("\"headers\": \"", header.key, "\" comes twice"));
  }
  *place = TrimOws(header.value.string());
  return absl::OkStatus();
}

absl::Status ReadHeaders(JsonValue value, Question* question) {
  if (!value.is_object()) return Mistake("\"headers\" must be an object");
  for (const JsonMember header : value.members()) {
    absl::Status read = ReadHeader(header, question);
    if (!read.ok()) return read;
  }
  return absl::OkStatus();
}

void ReadBody(JsonValue value, Question* question) {
  question->has_body = true;
  if (value.is_string()) {
    question->body = value.string();
  } else {
    JsonWriter(&question->body).Value(value);
  }
}

absl::Status ReadMember(const JsonMember& member, Question* question) {
  if (member.key == "headers") return ReadHeaders(member.value, question);
  if (member.key == "body") {
    ReadBody(member.value, question);
    return absl::OkStatus();
  }
  std::string_view* place = nullptr;
  if (member.key == "method") place = &question->method;
  if (member.key == "path") place = &question->target;
  if (place == nullptr) {
    return Mistake(StrCat("unknown key \"", member.key.substr(0, 64),
                          "\": expected method, path, headers or body"));
  }
  if (!member.value.is_string()) {
    return Mistake(StrCat("\"", member.key, "\" must be a string"));
  }
  *place = member.value.string();
  return absl::OkStatus();
}

absl::Status ReadQuestion(JsonValue root, Question* question) {
  if (!root.is_object()) return Mistake("the body must be a JSON object");
  for (const JsonMember member : root.members()) {
    absl::Status read = ReadMember(member, question);
    if (!read.ok()) return read;
  }
  if (!http::IsAll(question->method, http::kToken)) {
    return Mistake("\"method\" is no method");
  }
  if (!question->target.starts_with('/')) {
    return Mistake("\"path\" must begin with \"/\"");
  }
  return absl::OkStatus();
}

void WriteDenial(const policy::Decision& decision, JsonWriter* writer) {
  writer->Member("refusal", policy::RefusalName(decision.refusal));
  writer->Member("status", decision.error != nullptr
                               ? decision.error->status
                               : policy::RefusalStatus(decision.refusal));
  if (decision.error != nullptr) writer->Member("error", decision.error->name);
  if (!decision.rule.empty()) writer->Member("rule", decision.rule);
  if (decision.rule_at != nullptr) {
    writer->Member("at", decision.rule_at->ToString());
  }
  if (!decision.location.empty()) {
    writer->Member("location", decision.location);
  }
}

void WriteForwarded(const policy::Decision& decision, JsonWriter* writer) {
  writer->Key("forwarded");
  writer->StartObject();
  writer->Member("path", decision.path);
  if (decision.query_rewritten) writer->Member("query", decision.query);
  if (decision.body_rewritten) writer->Member("body", decision.body);
  writer->EndObject();
}

}  // namespace

absl::StatusOr<std::string> ExplainRequest(std::string_view body,
                                           const policy::Policy& policy,
                                           policy::Engine* engine,
                                           const Instant& now) {
  JsonReader reader;
  const JsonValue root = reader.Read(body);
  if (!root) return Mistake(StrCat("the body is no JSON: ", reader.error()));
  Question question;
  absl::Status read = ReadQuestion(root, &question);
  if (!read.ok()) return read;

  policy::Decision decision;
  policy::Trace trace;
  std::string storage;
  http::Target target;
  http::TargetError error;
  if (!http::NormalizeTarget(question.target, &storage, &target, &error)) {
    policy::Engine::Refuse(policy, question.target, target.query, error.refusal,
                           &decision);
    trace.steps.push_back({.step = "parse",
                           .rule = std::string(error.sentence),
                           .at = {},
                           .value = std::string(question.target),
                           .passed = false});
    return DecisionAsJson(decision, trace);
  }
  const policy::Request request = {.method = question.method,
                                   .path = target.path,
                                   .query = target.query,
                                   .authorization = question.authorization,
                                   .content_type = question.content_type,
                                   .has_body = question.has_body};
  engine->Evaluate(policy, request, question.body, now, &decision, &trace);
  return DecisionAsJson(decision, trace);
}

void WriteTrace(const policy::Trace& trace, JsonWriter* writer) {
  writer->Key("trace");
  writer->StartArray();
  for (const policy::TraceStep& step : trace.steps) {
    writer->StartObject();
    writer->Member("step", step.step);
    writer->Member("rule", step.rule);
    if (step.at.file != nullptr) writer->Member("at", step.at.ToString());
    writer->Member("value", step.value);
    writer->Member("passed", step.passed);
    writer->EndObject();
  }
  writer->EndArray();
}

std::string DecisionAsJson(const policy::Decision& decision,
                           const policy::Trace& trace) {
  std::string text;
  JsonWriter writer(&text);
  writer.StartObject();
  WriteDecision(decision, trace, &writer);
  writer.EndObject();
  return text;
}

void WriteDecision(const policy::Decision& decision, const policy::Trace& trace,
                   JsonWriter* writer) {
  writer->Member("decision", decision.allowed() ? "allow" : "deny");
  if (decision.service != nullptr) {
    writer->Member("service", decision.service->name);
  }
  if (decision.operation != nullptr) {
    writer->Member("operation", decision.operation->name);
  }
  if (decision.app != nullptr) writer->Member("app", decision.app->name);
  if (!decision.allowed()) WriteDenial(decision, writer);
  if (decision.limited) WriteRate(decision.rate, writer);
  if (decision.allowed()) WriteForwarded(decision, writer);
  WriteTrace(trace, writer);
}

}  // namespace headgate::proxy
