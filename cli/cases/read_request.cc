// Requests and scripted answers: what goes over the wire in a case.
#include <algorithm>

#include "base/reason_phrase.h"
#include "base/strings.h"
#include "cli/cases/json_text.h"
#include "cli/cases/sections.h"
#include "proxy/http/chars.h"

namespace headgate::cli {
namespace {

using config::Node;

constexpr std::string_view kHost = "headgate.test";

// Written from the body, so that a case cannot lie about it.
bool IsFraming(std::string_view name) {
  return EqualsIgnoreCase(name, "Content-Length") ||
         EqualsIgnoreCase(name, "Transfer-Encoding");
}

bool HasControlByte(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

void AppendFields(const std::vector<CaseField>& fields, std::string* head) {
  for (const CaseField& field : fields) {
    StrAppend(head, field.name, ": ", field.value, "\r\n");
  }
}

// `json` or `body`; the content type comes with JSON.
bool ReadContent(config::MapReader* map, const CaseReading& reading,
                 std::vector<CaseField>* fields, std::string* body) {
  const Node* json = map->Find("json");
  const Node* text = map->Find("body");
  if (json != nullptr && text != nullptr) {
    reading.diagnostics->Add(text->at, "either json or body, not both");
    return false;
  }
  if (json != nullptr) {
    SetField("Content-Type", "application/json", fields);
    return WriteJsonText(*json, reading.budget, reading.diagnostics, body);
  }
  if (text == nullptr || text->is_null()) return true;
  if (!text->is_scalar()) {
    return config::ReportUnexpected(*text, "a text", reading.diagnostics);
  }
  *body = text->text;
  return reading.budget->TakeBytes(body->size(), text->at, reading.diagnostics);
}

bool ReadMethod(config::MapReader* map, std::string* method) {
  const Node* node = map->Find("method");
  if (node == nullptr) return true;
  if (node->is_scalar() && http::IsAll(node->text, http::kToken)) {
    *method = node->text;
    return true;
  }
  return config::ReportUnexpected(*node, "a method such as GET",
                                  map->diagnostics());
}

bool ReadTarget(config::MapReader* map, std::string* target) {
  const Node* node = map->Require("path");
  if (node == nullptr) return false;
  if (node->is_scalar() && node->text.starts_with('/') &&
      !HasControlByte(node->text)) {
    *target = node->text;
    return true;
  }
  return config::ReportUnexpected(*node, "a path that begins with \"/\"",
                                  map->diagnostics());
}

bool ReadFailure(const Node& node, config::Diagnostics* diagnostics,
                 std::optional<policy::Refusal>* failure) {
  static const config::Strings kWords = {"connect", "timeout", "protocol",
                                         "tls"};
  constexpr policy::Refusal kFailures[] = {
      policy::Refusal::kUpstreamConnect, policy::Refusal::kUpstreamTimeout,
      policy::Refusal::kUpstreamProtocol, policy::Refusal::kUpstreamTls};
  size_t index = 0;
  if (!config::ReadChoice(node, kWords, diagnostics, &index)) return false;
  *failure = kFailures[index];
  return true;
}

void ComposeAnswer(ScriptedAnswer* answer) {
  answer->head = StrCat("HTTP/1.1 ", answer->status, " ",
                        std::string_view(ReasonPhrase(answer->status)), "\r\n");
  AppendFields(answer->fields, &answer->head);
  if (answer->status != 204 && answer->status != 304) {
    StrAppend(&answer->head, "Content-Length: ", answer->body.size(), "\r\n");
  }
  answer->head += "\r\n";
}

}  // namespace

const CaseField* FindField(std::string_view name,
                           const std::vector<CaseField>& fields) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [name](const CaseField& field) {
                                    return EqualsIgnoreCase(field.name, name);
                                  });
  return found == fields.end() ? nullptr : &*found;
}

void RemoveField(std::string_view name, std::vector<CaseField>* fields) {
  std::erase_if(*fields, [name](const CaseField& field) {
    return EqualsIgnoreCase(field.name, name);
  });
}

void SetField(const std::string& name, const std::string& value,
              std::vector<CaseField>* fields) {
  RemoveField(name, fields);
  fields->push_back({name, value});
}

bool CheckField(const config::Entry& entry, config::Diagnostics* diagnostics) {
  if (!http::IsAll(entry.key, http::kToken)) {
    diagnostics->Add(entry.key_at, StrCat("no name of a header field: ",
                                          config::Quote(entry.key)));
    return false;
  }
  const Node& value = entry.value;
  if (value.is_null()) return true;
  if (!value.is_scalar() || !http::IsFieldText(value.text)) {
    return config::ReportUnexpected(
        value, "a text that a header field can hold", diagnostics);
  }
  return true;
}

bool ReadFields(const Node& node, config::Diagnostics* diagnostics,
                std::vector<CaseField>* fields) {
  if (!node.is_map() && !node.is_null()) {
    return config::ReportUnexpected(node, "a map of header fields",
                                    diagnostics);
  }
  bool good = true;
  for (const config::Entry& entry : node.entries) {
    if (IsFraming(entry.key)) {
      diagnostics->Add(entry.key_at,
                       StrCat(entry.key, " is written from the body"));
      good = false;
    } else if (!CheckField(entry, diagnostics)) {
      good = false;
    } else if (entry.value.is_null()) {
      RemoveField(entry.key, fields);
    } else {
      SetField(entry.key, std::string(TrimOws(entry.value.text)), fields);
    }
  }
  return good;
}

bool ReadStorage(const Node& node, config::Diagnostics* diagnostics,
                 bool* down) {
  size_t index = 0;
  if (!config::ReadChoice(node, {"up", "down"}, diagnostics, &index)) {
    return false;
  }
  *down = index == 1;
  return true;
}

bool UsesSaved(std::string_view text, const VariableScope& scope) {
  const std::vector<std::string_view> names = VariableNames(text);
  return std::any_of(
      names.begin(), names.end(),
      [&scope](std::string_view name) { return scope.IsSaved(name); });
}

bool ReadRequest(const Node& node, const CaseReading& reading,
                 CaseRequest* request) {
  request->at = node.at;
  if (reading.headers != nullptr) request->fields = *reading.headers;
  config::MapReader map(node, reading.diagnostics);
  bool good = ReadMethod(&map, &request->method);
  good = ReadTarget(&map, &request->target) && good;
  good = ReadContent(&map, reading, &request->fields, &request->body) && good;
  if (const Node* headers = map.Find("headers")) {
    good = ReadFields(*headers, reading.diagnostics, &request->fields) && good;
  }
  request->has_host = FindField("Host", request->fields) != nullptr;
  request->uses_saved = UsesSaved(request->target, *reading.scope) ||
                        UsesSaved(request->body, *reading.scope);
  for (const CaseField& field : request->fields) {
    request->uses_saved |= UsesSaved(field.value, *reading.scope);
  }
  ComposeHead(request);
  return good;
}

void ComposeHead(CaseRequest* request) {
  std::string* head = &request->head;
  *head = StrCat(request->method, " ", request->target, " HTTP/1.1\r\n");
  if (!request->has_host) StrAppend(head, "Host: ", kHost, "\r\n");
  AppendFields(request->fields, head);
  if (!request->body.empty()) {
    StrAppend(head, "Content-Length: ", request->body.size(), "\r\n");
  }
  *head += "\r\n";
}

bool ReadScriptedAnswer(const Node& node, const CaseReading& reading,
                        ScriptedAnswer* answer) {
  answer->at = node.at;
  config::MapReader map(node, reading.diagnostics);
  const Node* failure = map.Find("failure");
  if (failure != nullptr) {
    // Whatever else stands there is an unknown key.
    return ReadFailure(*failure, reading.diagnostics, &answer->failure);
  }
  bool good = true;
  if (const Node* status = map.Require("status")) {
    int64_t number = 0;
    good = config::ReadInteger(*status, {.min = 200, .max = 599},
                               reading.diagnostics, &number);
    answer->status = static_cast<int>(number);
  } else {
    good = false;
  }
  good = ReadContent(&map, reading, &answer->fields, &answer->body) && good;
  if (const Node* headers = map.Find("headers")) {
    good = ReadFields(*headers, reading.diagnostics, &answer->fields) && good;
  }
  ComposeAnswer(answer);
  return good;
}

}  // namespace headgate::cli
