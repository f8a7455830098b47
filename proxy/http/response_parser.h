// Reads the head of an upstream's answer, which is as suspect as a request
// (design "HTTP rules" 7): what this refuses becomes 502, and the connection is
// not used again. Same use and same rules as RequestParser; the refusal is
// always kUpstreamProtocol.
//
// An interim answer (1xx) is reported as any other: head->is_interim(). The
// caller consumes it and parses on (RFC 9110 15.2). 101 is an error: we never
// ask for an upgrade.
#ifndef HEADGATE_PROXY_HTTP_RESPONSE_PARSER_H_
#define HEADGATE_PROXY_HTTP_RESPONSE_PARSER_H_

#include <span>
#include <string_view>
#include <utility>

#include "proxy/http/head_guard.h"
#include "proxy/http/head_memory.h"
#include "proxy/http/message.h"
#include "proxy/http/parse_result.h"

namespace headgate::http {

class ResponseParser {
 public:
  // `memory` may be null; else it outlives the parser. A head that is the same
  // as one before is not read again.
  explicit ResponseParser(const HeadLimits& limits,
                          ResponseMemory* memory = nullptr);

  // `request_method`: the answer to HEAD has no body whatever its fields say.
  ParseResult Parse(std::string_view unread, Method request_method,
                    ResponseHead* head);
  // Ready for the next answer, also after an interim one.
  void Reset();
  // A byte of an answer has been seen.
  bool started() const { return guard_.started(); }

 private:
  // Whether a memory may hold answers to such a request.
  bool Remembers(Method request_method) const {
    return memory_ != nullptr && request_method != Method::kHead;
  }
  // Takes a head that is known; 0: it is not. Else its bytes.
  size_t ReadKnown(std::string_view unread, ResponseHead* head);
  void Remember(std::string_view bytes, const ResponseHead& head);
  // The empty line has come: the rules for the head as a whole.
  ParseResult Finish(std::string_view bytes, Method request_method,
                     ResponseHead* head);

  HeadGuard guard_;
  ResponseMemory* memory_;
  HeadMarks marks_;
};

// The same rules for a head that somebody else has cut up (libcurl): the status
// line without its CRLF and the fields as name and value. Fills `*head` with
// views into the arguments. "" if it is valid, else the sentence of what is
// wrong. HTTP/2 has no reason and no transfer coding: `http2` says so.
std::string_view ValidateResponseHead(
    std::string_view status_line,
    std::span<const std::pair<std::string_view, std::string_view>> fields,
    bool http2, Method request_method, ResponseHead* head);

// The same rules for a head that comes as the fields of HTTP/2 (RFC 9113 8.1,
// 8.3), one by one as they are decoded: "" or the sentence of what is wrong.
// The head keeps the views. REQUIRES: it was cleared before the first.
std::string_view AddHttp2Field(std::string_view name, std::string_view value,
                               ResponseHead* head);
// All have come. An answer without Content-Length has Framing::kUntilClose,
// which here means: until the end of its stream.
std::string_view FinishHttp2Head(Method request_method, ResponseHead* head);

}  // namespace headgate::http

#endif  // HEADGATE_PROXY_HTTP_RESPONSE_PARSER_H_
