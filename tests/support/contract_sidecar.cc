#include "tests/support/contract_sidecar.h"

#include <regex>
#include <utility>

#include "base/strings.h"

namespace headgate::test {
namespace {

// In every answer; Content-Length has been read with the body.
constexpr std::string_view kOfEveryAnswer[] = {"Date", "X-Request-ID"};

bool IsOfEveryAnswer(std::string_view name) {
  if (EqualsIgnoreCase(name, "Content-Length")) return true;
  for (const std::string_view known : kOfEveryAnswer) {
    if (EqualsIgnoreCase(name, known)) return true;
  }
  return false;
}

// What clocks, counters and keys fill in, checked for its form.
std::string Normalize(std::string text) {
  static const std::pair<std::regex, const char*> kFilledIn[] = {
      {std::regex(R"re("timestamp":[0-9]{13}\b)re"), "\"timestamp\":MS"},
      {std::regex(R"re("duration":[0-9]{1,5}\b)re"), "\"duration\":MS"},
      {std::regex(R"re(;pk=:[A-Za-z0-9+/]{11}=:)re"), ";pk"},
      {std::regex(R"re(;r=[0-9]{1,3};t=[0-9]{1,4};pk)re"), ";r;t;pk"},
      {std::regex(R"re(Retry-After: [1-9][0-9]{0,3}\n)re"), "Retry-After\n"},
  };
  for (const auto& [pattern, replacement] : kFilledIn) {
    text = std::regex_replace(text, pattern, replacement);
  }
  return text;
}

bool Frames(const std::string& fields) {
  return fields.find("Content-Length:") != std::string::npos ||
         fields.find("Transfer-Encoding:") != std::string::npos;
}

}  // namespace

std::string Fill(std::string text, std::string_view value) {
  for (size_t at = 0; (at = text.find('$', at)) != std::string::npos;
       at += value.size()) {
    text.replace(at, 1, value);
  }
  return text;
}

Answer Json(int status, const std::string& body, const std::string& operation) {
  return {.status = status,
          .body = body,
          .operation = operation,
          .content_type = "application/json"};
}

std::string Describe(const Message& message) {
  if (!message.ok()) return StrCat("[", message.error, "] ", message.wire);
  std::string text = StrCat(message.status, "\n");
  for (const std::string_view name : kOfEveryAnswer) {
    if (message.CountHeaders(name) != 1) StrAppend(&text, "not 1 ", name, "\n");
  }
  for (const auto& [name, value] : message.headers) {
    if (!IsOfEveryAnswer(name)) StrAppend(&text, name, ": ", value, "\n");
  }
  return Normalize(text + message.body);
}

std::string Describe(const Answer& answer) {
  std::string text = StrCat(answer.status, "\n");
  if (!answer.content_type.empty()) {
    StrAppend(&text, "Content-Type: ", answer.content_type, "\n");
  }
  if (!answer.challenge.empty()) {
    StrAppend(&text, "WWW-Authenticate: ", answer.challenge, "\n");
  }
  if (!answer.operation.empty()) {
    const std::string item = StrCat("\"", answer.operation, "\"");
    StrAppend(&text, "RateLimit-Policy: ", item, ";q=", answer.quota,
              ";w=", answer.window_seconds, ";pk\nRateLimit: ", item,
              ";r;t;pk\n");
    if (answer.retry_after) StrAppend(&text, "Retry-After\n");
  }
  return Normalize(text + answer.body);
}

Sidecar::Sidecar(const SidecarOptions& options) : options_(options) {
  headgate_ = std::make_unique<HeadgateProcess>(
      StrCat("listeners: [{address: \"127.0.0.1:0\"}]\n"
             "admin: {address: \"127.0.0.1:0\"}\n",
             options.sections, "services:\n  ", options.service,
             ":\n    upstream: {servers: [\"", upstream_.url(), "\"]",
             options.upstream_keys, "}\n", options.keys));
}

std::string Sidecar::Fields(const Call& call) const {
  const std::string authorization =
      call.authorization.value_or(options_.authorization);
  std::string text;
  if (!authorization.empty()) {
    StrAppend(&text, "Authorization: ", authorization, "\r\n");
  }
  if (!call.body.empty() &&
      call.fields.find("Content-Type:") == std::string::npos) {
    StrAppend(&text, "Content-Type: application/json\r\n");
  }
  return text;
}

std::string Sidecar::Bytes(const Call& call) const {
  std::string text = StrCat(
      call.line, " HTTP/1.1\r\nHost: chat.example\r\nX-Request-ID: r-1\r\n",
      Fields(call), call.fields);
  if (!call.body.empty() && !Frames(call.fields)) {
    StrAppend(&text, "Content-Length: ", call.body.size(), "\r\n");
  }
  return StrCat(text, "\r\n", call.body);
}

std::string Sidecar::Forwarded(const Call& call, const std::string& line,
                               const std::string& body) const {
  std::string own = call.fields;
  constexpr std::string_view kChunked = "Transfer-Encoding: chunked\r\n";
  const size_t at = own.find(kChunked);
  if (at != std::string::npos) own.erase(at, kChunked.size());
  std::string text =
      StrCat(line, " HTTP/1.1\r\nHost: chat.example\r\n", Fields(call), own,
             "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n"
             "X-Forwarded-Host: chat.example\r\n"
             "Forwarded: for=127.0.0.1;proto=http;host=\"chat.example\"\r\n"
             "X-Request-ID: r-1\r\n");
  const bool says_length =
      !line.starts_with("GET") && !line.starts_with("DELETE");
  if (says_length || !body.empty()) {
    StrAppend(&text, "Content-Length: ", body.size(), "\r\n");
  }
  return StrCat(text, "\r\n", body);
}

Message Sidecar::Send(const Call& call) {
  if (client_ == nullptr) {
    client_ = std::make_unique<RawClient>(headgate_->address());
  }
  const std::string method = call.line.substr(0, call.line.find(' '));
  Message answer = client_->Call(Bytes(call), method);
  const bool over =
      !answer.ok() || EqualsIgnoreCase(answer.Header("Connection"), "close");
  if (over) client_.reset();
  return answer;
}

}  // namespace headgate::test
