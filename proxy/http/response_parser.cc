#include "proxy/http/response_parser.h"

#include <algorithm>

#include "proxy/http/chars.h"
#include "proxy/http/framing.h"
#include "proxy/http/second_reader.h"

namespace headgate::http {
namespace {

ParseResult Error(std::string_view sentence) {
  ParseResult result;
  result.status = ParseResult::Status::kError;
  result.refusal = policy::Refusal::kUpstreamProtocol;
  result.sentence = sentence;
  return result;
}

// Three digits, 100 to 599 (RFC 9110 15); 0 if it is none.
int ReadStatus(std::string_view text) {
  if (text.size() != 3) return 0;
  int status = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return 0;
    status = status * 10 + (c - '0');
  }
  return status >= 100 && status <= 599 ? status : 0;
}

// status-line = HTTP-version SP status-code SP [ reason-phrase ] (RFC 9112 4).
// "" or what is wrong.
std::string_view ReadStatusLine(std::string_view line, ResponseHead* head) {
  constexpr size_t kCodeAt = sizeof("HTTP/1.1 ") - 1;
  constexpr size_t kReasonAt = kCodeAt + sizeof("200 ") - 1;
  if (line.size() < kReasonAt || !line.starts_with("HTTP/1.") ||
      (line[7] != '0' && line[7] != '1') || line[8] != ' ' ||
      line[kReasonAt - 1] != ' ') {
    return "the status line is malformed";
  }
  head->minor_version = line[7] - '0';
  head->status = ReadStatus(line.substr(kCodeAt, 3));
  if (head->status == 0) return "the status is not 100 to 599";
  if (head->status == 101) return "an upgrade that was not asked for";
  head->reason = line.substr(kReasonAt);
  if (!IsFieldText(head->reason)) return "a control byte in the reason phrase";
  return "";
}

// RFC 9112 6.3, RFC 9110 8.6: framing, once all fields are there.
std::string_view ReadFraming(Method request_method, ResponseHead* head) {
  const Fields& fields = head->fields;
  const bool chunked = fields.Has(FieldId::kTransferEncoding);
  head->has_content_length = fields.Has(FieldId::kContentLength);
  if (head->has_content_length) {
    head->content_length =
        *ParseContentLength(fields.Value(FieldId::kContentLength));
  }
  const bool bodiless_status = head->is_interim() || head->status == 204;
  if (bodiless_status && (chunked || head->content_length > 0)) {
    return "an answer that cannot have a body announces one";
  }
  if (IsBodiless(head->status) || request_method == Method::kHead) {
    head->framing = Framing::kNone;
  } else if (chunked) {
    head->framing = Framing::kChunked;
  } else if (head->has_content_length) {
    head->framing = Framing::kContentLength;
  } else {
    head->framing = Framing::kUntilClose;
  }
  return "";
}

// RFC 9110 5.3: it is no list, and who reads the other one sees another body.
bool RepeatsContentType(const Fields& fields) {
  if (!fields.Has(FieldId::kContentType)) return false;
  return std::count_if(fields.begin(), fields.end(), [](const Field& field) {
           return field.id == FieldId::kContentType;
         }) > 1;
}

std::string_view CheckHead(Method request_method, ResponseHead* head) {
  if (RepeatsContentType(head->fields)) return "Content-Type is repeated";
  if (!head->fields.MarkConnectionOptions()) {
    return "Connection is not a short list of names";
  }
  const std::string_view wrong = ReadFraming(request_method, head);
  if (!wrong.empty()) return wrong;
  head->keep_alive =
      !head->fields.has_close() && head->framing != Framing::kUntilClose &&
      (head->minor_version == 1 || head->fields.has_keep_alive());
  return "";
}

// RFC 9113 8.2.2: these would frame an HTTP/1.1 message.
bool IsConnectionField(FieldId id) {
  switch (id) {
    case FieldId::kConnection:
    case FieldId::kKeepAlive:
    case FieldId::kProxyConnection:
    case FieldId::kTransferEncoding:
    case FieldId::kUpgrade:
      return true;
    default:
      return false;
  }
}

std::string_view AddPseudoField(std::string_view name, std::string_view value,
                                ResponseHead* head) {
  if (name != ":status") return "an unknown pseudo field";
  if (head->status != 0) return ":status is repeated";
  if (!head->fields.empty()) return "a pseudo field behind the fields";
  head->status = ReadStatus(value);
  if (head->status == 0) return "the status is not 100 to 599";
  if (head->status == 101) return "an upgrade that was not asked for";
  return "";
}

// llhttp must have read the same answer.
std::string_view CheckAgain(std::string_view bytes, const ResponseHead& head) {
  const SecondReading again = ReadResponseAgain(bytes);
  if (!again.ok) return again.reason;
  const bool chunked = head.fields.Has(FieldId::kTransferEncoding);
  if (again.minor_version != head.minor_version ||
      again.status != head.status || again.fields != head.fields.size() ||
      again.chunked != chunked ||
      again.has_content_length != head.has_content_length ||
      (head.has_content_length &&
       again.content_length != head.content_length)) {
    return "two readers of this head do not agree";
  }
  return "";
}

}  // namespace

ResponseParser::ResponseParser(const HeadLimits& limits, ResponseMemory* memory)
    : guard_(HeadGuard::Kind::kResponse, limits), memory_(memory) {}

void ResponseParser::Reset() { guard_.Reset(); }

size_t ResponseParser::ReadKnown(std::string_view unread, ResponseHead* head) {
  const KnownHead<ResponseHead>* known = memory_->Find(unread, &marks_);
  if (known == nullptr ||
      !guard_.Allows(0, known->bytes.size(), known->head.fields.size())) {
    return 0;
  }
  *head = known->head;
  head->Rebase(known->bytes.data(), unread.data());
  return known->bytes.size();
}

void ResponseParser::Remember(std::string_view bytes,
                              const ResponseHead& head) {
  KnownHead<ResponseHead>* fresh =
      memory_->Claim(bytes, head.fields.size(), &marks_);
  if (fresh == nullptr) return;
  fresh->head = head;
  fresh->head.Rebase(bytes.data(), fresh->bytes.data());
}

ParseResult ResponseParser::Parse(std::string_view unread,
                                  Method request_method, ResponseHead* head) {
  if (Remembers(request_method) && !guard_.started()) {
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
        return Error(guard_.error().sentence);
      case HeadGuard::Found::kEnd:
        return Finish(unread.substr(0, guard_.consumed()), request_method,
                      head);
      case HeadGuard::Found::kLine:
        break;
    }
    std::string_view wrong;
    if (guard_.at_first_line()) {
      wrong = ReadStatusLine(line, head);
    } else {
      wrong = HeadGuard::AddFieldLine(line, &head->fields);
      if (wrong.empty()) {
        wrong = CheckFramingField(head->fields, head->minor_version);
      }
    }
    if (!wrong.empty()) return Error(wrong);
  }
}

ParseResult ResponseParser::Finish(std::string_view bytes,
                                   Method request_method, ResponseHead* head) {
  std::string_view wrong = CheckHead(request_method, head);
  if (wrong.empty()) wrong = CheckAgain(bytes, *head);
  if (!wrong.empty()) return Error(wrong);
  if (Remembers(request_method)) Remember(bytes, *head);
  return ParseResult::Done(bytes.size());
}

std::string_view ValidateResponseHead(
    std::string_view status_line,
    std::span<const std::pair<std::string_view, std::string_view>> fields,
    bool http2, Method request_method, ResponseHead* head) {
  head->Clear();
  if (http2) {
    // libcurl writes "HTTP/2 200 " where HTTP/2 has a :status only.
    constexpr std::string_view kStart = "HTTP/2 ";
    if (!status_line.starts_with(kStart)) return "the status line is malformed";
    status_line.remove_prefix(kStart.size());
    head->status = ReadStatus(status_line.substr(0, 3));
    if (head->status == 0 || head->status == 101 ||
        (status_line.size() > 3 && status_line.substr(3) != " ")) {
      return "the status is not 100 to 599";
    }
  } else {
    const std::string_view wrong = ReadStatusLine(status_line, head);
    if (!wrong.empty()) return wrong;
  }
  for (const auto& [name, value] : fields) {
    std::string_view wrong = HeadGuard::AddField(name, value, &head->fields);
    if (wrong.empty()) {
      wrong = CheckFramingField(head->fields, head->minor_version);
    }
    if (!wrong.empty()) return wrong;
    if (http2 && head->fields[head->fields.size() - 1].hop_by_hop) {
      return "a connection field in HTTP/2";  // RFC 9113 8.2.2
    }
  }
  return CheckHead(request_method, head);
}

std::string_view AddHttp2Field(std::string_view name, std::string_view value,
                               ResponseHead* head) {
  if (name.starts_with(':')) return AddPseudoField(name, value, head);
  if (head->status == 0) return "a field before :status";
  for (const char c : name) {
    if (c >= 'A' && c <= 'Z') return "a field name in upper case";
  }
  std::string_view wrong = HeadGuard::AddField(name, value, &head->fields);
  if (wrong.empty()) {
    wrong = CheckFramingField(head->fields, head->minor_version);
  }
  if (!wrong.empty()) return wrong;
  const FieldId id = head->fields[head->fields.size() - 1].id;
  return IsConnectionField(id) ? "a connection field in HTTP/2" : "";
}

std::string_view FinishHttp2Head(Method request_method, ResponseHead* head) {
  return head->status == 0 ? "there is no :status"
                           : CheckHead(request_method, head);
}

}  // namespace headgate::http
