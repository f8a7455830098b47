// Reads the head of a request, strictly (RFC 9112, design "HTTP rules").
//
//   RequestParser parser(limits);
//   RequestHead head;
//   ParseResult r = parser.Parse(unread_bytes, &head);   // after each read
//   if (r.done()) { use head; skip r.head_bytes; parser.Reset(); }
//
// Two readers must agree before a request exists. The guard (head_guard.h) is
// ours: it takes one line after the other as the lines arrive, so that nonsense
// is refused at once and a head that drips in is never scanned twice. llhttp,
// in strict mode, then reads the complete head; what either refuses is refused,
// and they must have seen the same method, fields and framing.
//
// `unread_bytes` begins with the first byte of the request in every call until
// kDone or kError; the bytes may have moved in between. After kError answer,
// stop reading and close (rule 6); the parser is of no use until Reset().
//
// Field lines that this connection has sent before are not read again, if there
// is a memory of them (head_memory.h): both readers have, and only the request
// line is read by both anew. What they make of the lines does not depend on it,
// for a common method, a path as its target and HTTP/1.1.
//
// One parser per connection; not thread safe; allocates nothing.
#ifndef HEADGATE_PROXY_HTTP_REQUEST_PARSER_H_
#define HEADGATE_PROXY_HTTP_REQUEST_PARSER_H_

#include <string_view>

#include "config/config.h"
#include "proxy/http/head_guard.h"
#include "proxy/http/head_memory.h"
#include "proxy/http/message.h"
#include "proxy/http/parse_result.h"

namespace headgate::http {

// As configured; half of a head may be its first line.
HeadLimits LimitsOf(const config::RequestLimits& limits);

class RequestParser {
 public:
  // `memory` may be null; else it outlives the parser.
  explicit RequestParser(const HeadLimits& limits,
                         RequestMemory* memory = nullptr);

  // The same `head` in all calls for one request; its earlier content is
  // dropped in the first of them. On kError it holds what was read so far:
  // method_text, target (where it is too long, its beginning) and fields may
  // serve the log and choose the error's shape, nothing else.
  ParseResult Parse(std::string_view unread, RequestHead* head);

  // Ready for the next request.
  void Reset();

  // A byte of a request has been seen (for the timeout of the head: a
  // connection that is merely idle gets none).
  bool started() const { return guard_.started(); }

 private:
  // Reads a head whose field lines are known; 0: they are not, or the line is
  // not as usual. Else the head's bytes.
  size_t ReadKnown(std::string_view unread, RequestHead* head);
  void Remember(std::string_view lines, const RequestHead& head);
  // The empty line has come: the rules for the head as a whole.
  ParseResult Finish(std::string_view bytes, RequestHead* head);

  HeadGuard guard_;
  RequestMemory* memory_;
  HeadMarks marks_;
};

}  // namespace headgate::http

#endif  // HEADGATE_PROXY_HTTP_REQUEST_PARSER_H_
