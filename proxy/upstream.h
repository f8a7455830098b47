// The hop to an upstream as the pipeline sees it: a request goes out, an answer
// or a failure comes back, on the same loop. Behind it stand the native client
// (HTTP/1.1), that for HTTP/2 in clear text (`h2c`) and libcurl (`http2`).
//
// An Upstream belongs to one loop. A call is held by its handle, whose
// destructor cancels it: no callback comes after that. Callbacks never come
// from inside Start().
#ifndef HEADGATE_PROXY_UPSTREAM_H_
#define HEADGATE_PROXY_UPSTREAM_H_

#include <memory>
#include <string_view>

#include "policy/refusal.h"
#include "proxy/http/message.h"

namespace headgate::proxy {

// What is sent. The views must live until the call ends (a retry sends them
// again).
struct UpstreamRequest {
  // The whole head as the wire has it, from "POST /path HTTP/1.1" to the empty
  // line: written anew by http::WriteRequestHead. Libcurl's client takes the
  // method, target and fields from it.
  std::string_view head;
  // The whole body, if it is at hand. With `body_streams` it comes through
  // UpstreamCall::SendBody instead, and the request cannot be sent twice.
  std::string_view body;
  bool body_streams = false;
  bool body_chunked = false;  // streaming without a known length
  bool head_method = false;   // HEAD: the answer has no body
  bool alone = false;         // over a connection of its own, closed after it
};

// Where the answer goes. After OnAnswer(complete), OnAnswerBody(last) or
// OnAnswerFailed the call is over.
class AnswerSink {
 public:
  // The answer: whole (`complete`), or its head and first bytes if it is larger
  // than the answer buffer; then OnAnswerBody brings the rest. Views are valid
  // during the call. Interim (1xx) answers never get here.
  virtual void OnAnswer(const http::ResponseHead& head, std::string_view body,
                        bool complete) = 0;
  virtual void OnAnswerBody(std::string_view piece, bool last) = 0;
  // `failure` is one of the kUpstream... refusals; `detail` says what really
  // happened, for the log ("connection refused by 127.0.0.1:9001").
  virtual void OnAnswerFailed(policy::Refusal failure,
                              std::string_view detail) = 0;
  // The upstream took what SendBody gave: more is welcome.
  virtual void OnRequestBodyWanted() = 0;

 protected:
  ~AnswerSink() = default;
};

class UpstreamCall {
 public:
  // A piece of a streamed body (not chunk-framed). False: enough for now, wait
  // for OnRequestBodyWanted. REQUIRES: body_streams.
  virtual bool SendBody(std::string_view piece, bool last) = 0;
  // Back-pressure: a slow client must not make memory grow.
  virtual void PauseAnswer() = 0;
  virtual void ResumeAnswer() = 0;
  // "http://127.0.0.1:9001": for the access log. Static for the Upstream's
  // life; may change when a retry picks another server.
  virtual std::string_view server() const = 0;
  // How many times it was sent again.
  virtual int retries() const = 0;
  // Of a failed call: the status of the answer that broke; 0: no head came.
  virtual int broken_status() const = 0;
  // Drops the call: the connection is closed unless the answer was complete.
  virtual void Cancel() = 0;

 protected:
  ~UpstreamCall() = default;
};

struct UpstreamCallCanceller {
  void operator()(UpstreamCall* call) const { call->Cancel(); }
};
using UpstreamCallHandle = std::unique_ptr<UpstreamCall, UpstreamCallCanceller>;

class Upstream {
 public:
  virtual ~Upstream() = default;
  virtual UpstreamCallHandle Start(const UpstreamRequest& request,
                                   AnswerSink* sink) = 0;
  virtual int in_flight() const = 0;
};

// Answers up to this size are held whole before the first byte is sent on, so
// that a truncated one can still become the documented error.
inline constexpr size_t kAnswerBufferBytes = 64 * 1024;
// Whether an answer of which `body` has come so far is too large for that. It
// is judged by its first byte (policy/answers.h), so one must have come: the
// head may arrive by itself.
inline bool IsLargeAnswer(const http::ResponseHead& head,
                          std::string_view body) {
  const bool known = head.framing == http::Framing::kContentLength &&
                     head.content_length > kAnswerBufferBytes;
  return body.size() > kAnswerBufferBytes ||
         (known && body.find_first_not_of(" \t\r\n") != body.npos);
}

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_H_
