#include "proxy/http/request_parser.h"

#include <algorithm>

#include "base/strings.h"
#include "proxy/http/chars.h"
#include "proxy/http/framing.h"
#include "proxy/http/second_reader.h"

namespace headgate::http {
namespace {

using policy::Refusal;

// What one step found wrong; an empty sentence: nothing.
struct Fault {
  std::string_view sentence;
  Refusal refusal = Refusal::kBadRequest;

  explicit operator bool() const { return !sentence.empty(); }
};

constexpr Fault kUnknownMethod = {"the method is not known",
                                  Refusal::kNotImplemented};

ParseResult Error(const Fault& fault) {
  ParseResult result;
  result.status = ParseResult::Status::kError;
  result.refusal = fault.refusal;
  result.sentence = fault.sentence;
  return result;
}

Method MethodOf(std::string_view text) {
  switch (text.size()) {
    case 3:
      if (text == "GET") return Method::kGet;
      if (text == "PUT") return Method::kPut;
      break;
    case 4:
      if (text == "POST") return Method::kPost;
      if (text == "HEAD") return Method::kHead;
      break;
    case 5:
      if (text == "PATCH") return Method::kPatch;
      if (text == "TRACE") return Method::kTrace;
      break;
    case 6:
      if (text == "DELETE") return Method::kDelete;
      break;
    case 7:
      if (text == "OPTIONS") return Method::kOptions;
      if (text == "CONNECT") return Method::kConnect;
      break;
  }
  return Method::kOther;
}

// RFC 9112 2.3. Another version that is well formed is 505, garbage is 400.
Fault ReadVersion(std::string_view text, RequestHead* head) {
  if (text == "HTTP/1.1" || text == "HTTP/1.0") {
    head->minor_version = text.back() - '0';
    return {};
  }
  if (text.size() == 8 && text.starts_with("HTTP/") && IsDigit(text[5]) &&
      text[6] == '.' && IsDigit(text[7])) {
    return {"the HTTP version is not 1.0 or 1.1", Refusal::kHttpVersion};
  }
  return {"the request line has no HTTP version"};
}

// RFC 9112 3.2: the four forms of a target.
Fault ReadTarget(RequestHead* head) {
  const std::string_view target = head->target;
  if (head->method == Method::kConnect) {
    return {"CONNECT is not served", Refusal::kNotImplemented};
  }
  if (target.front() == '/') {
    head->path_and_query = target;
    return {};
  }
  if (target == "*") {
    if (head->method != Method::kOptions) return {"the target * needs OPTIONS"};
    head->path_and_query = target;
    return {};
  }
  const size_t scheme = target.find("://");
  if (scheme == target.npos ||
      !(EqualsIgnoreCase(target.substr(0, scheme), "http") ||
        EqualsIgnoreCase(target.substr(0, scheme), "https"))) {
    return {"the target is neither a path nor an http URL"};
  }
  const std::string_view rest = target.substr(scheme + 3);
  const size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  head->authority = rest.substr(0, end);
  head->path_and_query = rest.substr(end);
  if (!IsAuthority(head->authority)) {
    return {"the target's authority is not a host with an optional port"};
  }
  return {};
}

// request-line = method SP request-target SP HTTP-version (RFC 9112 3)
Fault ReadRequestLine(std::string_view line, RequestHead* head) {
  const size_t method = SpanOf(line, kToken);
  if (method == 0 || method == line.size() || line[method] != ' ') {
    return {"the request line begins with no method"};
  }
  if (method > HeadGuard::kMethodBytesMax) return kUnknownMethod;
  head->method_text = line.substr(0, method);
  head->method = MethodOf(head->method_text);
  line.remove_prefix(method + 1);
  const size_t target = SpanOf(line, kVisible);
  if (target == 0 || target == line.size() || line[target] != ' ') {
    return {"the request line has no clean target"};
  }
  head->target = line.substr(0, target);
  if (Fault fault = ReadVersion(line.substr(target + 1), head)) return fault;
  return ReadTarget(head);
}

// Of a request line that is too long, as much of the target as has come: where
// it begins may tell whose error the answer is.
void KeepTarget(std::string_view line, RequestHead* head) {
  const size_t method = SpanOf(line, kToken);
  if (method == line.size() || line[method] != ' ') return;
  line.remove_prefix(method + 1);
  head->target = line.substr(0, SpanOf(line, kVisible));
}

bool IsFirstOfItsKind(const Fields& fields) {
  const Field& last = fields[fields.size() - 1];
  return fields.Find(last.id) == &last;
}

// The rules for single fields and for those before them; `fields` ends with
// the one in question.
Fault CheckField(const RequestHead& head) {
  const Field& field = head.fields[head.fields.size() - 1];
  switch (field.id) {
    case FieldId::kContentLength:
    case FieldId::kTransferEncoding:
      return {CheckFramingField(head.fields, head.minor_version)};
    case FieldId::kHost:
      if (!IsFirstOfItsKind(head.fields)) return {"Host is repeated"};
      if (!IsAuthority(field.value)) {
        return {"Host is not a host with an optional port"};
      }
      return {};
    case FieldId::kExpect:
      if (EqualsIgnoreCase(field.value, "100-continue")) return {};
      return {"Expect is not 100-continue", Refusal::kExpectationFailed};
    case FieldId::kAuthorization:
    case FieldId::kContentType:
      // We would decide on one and the upstream might act on the other.
      if (!IsFirstOfItsKind(head.fields)) {
        return {"a field that must stand alone is repeated"};
      }
      return {};
    default:
      return {};
  }
}

// RFC 9110 7.2, RFC 9112 3.2 and 3.2.2, design "HTTP rules" 3. HTTP/1.0 knows
// no Host and may do without.
Fault CheckHost(RequestHead* head) {
  const Field* host = head->fields.Find(FieldId::kHost);
  if (host == nullptr) {
    if (head->minor_version == 0) return {};
    return {"Host is missing"};
  }
  if (head->authority.empty()) {
    head->authority = host->value;
    return {};
  }
  const bool https = AsciiLower(head->target[4]) == 's';
  if (!SameAuthority(head->authority, host->value, https ? "443" : "80")) {
    return {"Host and the target name different authorities"};
  }
  return {};
}

// The rules for the head as a whole.
Fault CheckHead(RequestHead* head) {
  if (Fault fault = CheckHost(head)) return fault;
  Fields& fields = head->fields;
  if (!fields.MarkConnectionOptions()) {
    return {"Connection is not a short list of names"};
  }
  head->keep_alive = head->minor_version == 1
                         ? !fields.has_close()
                         : fields.has_keep_alive() && !fields.has_close();
  if (fields.Has(FieldId::kTransferEncoding)) {
    head->framing = Framing::kChunked;
  } else if (fields.Has(FieldId::kContentLength)) {
    head->framing = Framing::kContentLength;
    head->content_length =
        *ParseContentLength(fields.Value(FieldId::kContentLength));
  }
  const bool has_body =
      head->framing == Framing::kChunked || head->content_length > 0;
  if (has_body && head->method == Method::kTrace) {
    return {"TRACE with a body"};  // RFC 9110 9.3.8
  }
  // An HTTP/1.0 client knows no 100 (RFC 9110 10.1.1).
  head->expect_continue =
      head->minor_version == 1 && has_body && fields.Has(FieldId::kExpect);
  return {};
}

// llhttp must have read the same request.
Fault CheckAgain(std::string_view bytes, const RequestHead& head) {
  const SecondReading again = ReadRequestAgain(bytes);
  if (again.unknown_method) {
    return kUnknownMethod;
  }
  if (!again.ok) return {again.reason};
  const bool chunked = head.framing == Framing::kChunked;
  const bool has_length = head.framing == Framing::kContentLength;
  if (again.minor_version != head.minor_version ||
      again.fields != head.fields.size() || again.chunked != chunked ||
      again.has_content_length != has_length ||
      (has_length && again.content_length != head.content_length)) {
    return {"two readers of this head do not agree"};
  }
  return {};
}

// A request line under which the same field lines always mean the same.
bool IsUsual(const RequestHead& head) {
  const bool common = head.method != Method::kConnect &&
                      head.method != Method::kTrace &&
                      head.method != Method::kOther;
  return common && head.minor_version == 1 && head.target.front() == '/';
}

}  // namespace

HeadLimits LimitsOf(const config::RequestLimits& limits) {
  return {.head_bytes = static_cast<size_t>(limits.head_bytes),
          .request_line_bytes = static_cast<size_t>(limits.head_bytes) / 2,
          .fields = static_cast<size_t>(limits.headers)};
}

RequestParser::RequestParser(const HeadLimits& limits, RequestMemory* memory)
    : guard_(HeadGuard::Kind::kRequest, limits), memory_(memory) {}

void RequestParser::Reset() { guard_.Reset(); }

size_t RequestParser::ReadKnown(std::string_view unread, RequestHead* head) {
  const size_t line_end = unread.find("\r\n");
  if (line_end == unread.npos) return 0;
  const size_t line_bytes = line_end + 2;
  const std::string_view lines = unread.substr(line_bytes);
  const KnownHead<RequestHead>* known = memory_->Find(lines, &marks_);
  if (known == nullptr || !guard_.Allows(line_bytes, known->bytes.size(),
                                         known->head.fields.size())) {
    return 0;
  }
  head->Clear();
  if (ReadRequestLine(unread.substr(0, line_end), head) || !IsUsual(*head)) {
    return 0;
  }
  const SecondReading again =
      ReadRequestLineAgain(unread.substr(0, line_bytes));
  if (!again.ok || again.minor_version != head->minor_version) return 0;
  head->TakeFields(known->head, known->bytes.data(), lines.data());
  return line_bytes + known->bytes.size();
}

void RequestParser::Remember(std::string_view lines, const RequestHead& head) {
  KnownHead<RequestHead>* fresh =
      memory_->Claim(lines, head.fields.size(), &marks_);
  if (fresh == nullptr) return;
  fresh->head.TakeFields(head, lines.data(), fresh->bytes.data());
}

ParseResult RequestParser::Parse(std::string_view unread, RequestHead* head) {
  if (memory_ != nullptr && !guard_.started()) {
    if (const size_t bytes = ReadKnown(unread, head); bytes > 0) {
      return ParseResult::Done(bytes);
    }
  }
  guard_.Follow(unread, head);
  for (;;) {
    std::string_view line;
    switch (guard_.Next(unread, &line)) {
      case HeadGuard::Found::kNeedMore:
        return ParseResult();
      case HeadGuard::Found::kError:
        if (guard_.error().refusal == Refusal::kUriTooLong) {
          KeepTarget(unread.substr(guard_.head_start()), head);
        }
        return guard_.error();
      case HeadGuard::Found::kEnd:
        return Finish(unread.substr(0, guard_.consumed()), head);
      case HeadGuard::Found::kLine:
        break;
    }
    if (guard_.at_first_line()) {
      if (Fault fault = ReadRequestLine(line, head)) return Error(fault);
      continue;
    }
    const std::string_view wrong = HeadGuard::AddFieldLine(line, &head->fields);
    if (!wrong.empty()) return Error({wrong});
    if (Fault fault = CheckField(*head)) return Error(fault);
  }
}

ParseResult RequestParser::Finish(std::string_view bytes, RequestHead* head) {
  if (Fault fault = CheckHead(head)) return Error(fault);
  const std::string_view lines = bytes.substr(guard_.head_start());
  if (Fault fault = CheckAgain(lines, *head)) return Error(fault);
  if (memory_ != nullptr && IsUsual(*head)) {
    Remember(lines.substr(lines.find("\r\n") + 2), *head);
  }
  return ParseResult::Done(bytes.size());
}

}  // namespace headgate::http
