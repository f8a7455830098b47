// The client of one server: sends one request, once. The balancer
// (upstream_balancer.h) stands above it, chooses the server and sends again
// what may be sent again; the native client, that for HTTP/2 in clear text and
// libcurl's stand behind it.
//
//   AnswerSink <- UpstreamCall (balancer) <- AttemptSink <- Attempt (client)
//
// The rule that makes re-entrance safe: an attempt that ends first puts itself
// in order (its connection is kept or closed), then tells its sink, and touches
// nothing after that. So the sink may start the next call, on that very
// connection, inside the callback. Belongs to one loop.
#ifndef HEADGATE_PROXY_UPSTREAM_CLIENT_H_
#define HEADGATE_PROXY_UPSTREAM_CLIENT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/event_loop.h"
#include "proxy/upstream.h"
#include "proxy/upstream_stats.h"

namespace headgate::proxy {

struct AttemptFailure {
  // Whether the request may be sent again.
  enum class Resend {
    kNo,
    kElsewhere,  // no connection came about: nothing was sent
    kAfresh,     // the server disowned it (HTTP/2), or a kept connection was
                 // closed before a byte of the answer came: over a new one
  };
  policy::Refusal kind = policy::Refusal::kUpstreamConnect;
  Resend resend = Resend::kNo;
  std::string_view detail;  // valid during the callback
  int status = 0;           // of the answer that broke; 0: no head came
};

// The same callbacks as AnswerSink, for one attempt.
class AttemptSink {
 public:
  virtual void OnAnswer(const http::ResponseHead& head, std::string_view body,
                        bool complete) = 0;
  virtual void OnAnswerBody(std::string_view piece, bool last) = 0;
  virtual void OnAttemptFailed(const AttemptFailure& failure) = 0;
  virtual void OnRequestBodyWanted() = 0;
  // It was sent again below, where that could not be left to the balancer
  // (libcurl does it by itself). False: it must not be.
  virtual bool OnResent() = 0;

 protected:
  ~AttemptSink() = default;
};

// Owned by its client. It ends with OnAnswer(complete), OnAnswerBody(last),
// OnAttemptFailed or Abort, and must not be used after that.
class Attempt {
 public:
  virtual bool SendBody(std::string_view piece, bool last) = 0;
  virtual void PauseAnswer() = 0;
  virtual void ResumeAnswer() = 0;
  virtual void Abort() = 0;

 protected:
  ~Attempt() = default;
};

class ServerClient {
 public:
  virtual ~ServerClient() = default;
  // `fresh`: over a new connection, not over a kept one. Calls back only from
  // the loop. `request` is copied; its views must live until the attempt ends.
  // REQUIRES: fresh, if request.alone.
  virtual Attempt* Start(const UpstreamRequest& request, AttemptSink* sink,
                         bool fresh) = 0;
};

// What every client of a server is given.
struct ClientSettings {
  EventLoop* loop = nullptr;
  std::string server;  // as configured, for sentences: "http://127.0.0.1:9001"
  int64_t connect_timeout_us = 0;
  int64_t response_timeout_us = 0;
  int64_t idle_max = 0;  // kept connections
  ServerStats* stats = nullptr;
};

// A streamed request body: SendBody says "enough" above the first, and wants
// more below the second.
inline constexpr size_t kRequestBodyHighBytes = 256 * 1024;
inline constexpr size_t kRequestBodyLowBytes = 64 * 1024;

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_CLIENT_H_
