// One request and its answer, from the first byte of the head to the line in
// the access log. The data of the line's steps; what happens to it stands in
// pipeline.cc.
//
// Exchanges are pooled per worker: Reset() keeps the buffers, so that a warm
// connection allocates nothing. An exchange belongs to one connection at a
// time and to one loop.
#ifndef HEADGATE_PROXY_EXCHANGE_H_
#define HEADGATE_PROXY_EXCHANGE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "policy/decision.h"
#include "policy/request.h"
#include "proxy/event_loop.h"
#include "proxy/generation.h"
#include "proxy/http/message.h"
#include "proxy/http/target.h"
#include "proxy/record.h"
#include "proxy/upstream.h"

namespace headgate::proxy {

class Connection;
struct Exchange;

// How the connection treats the body that follows a head.
enum class BodyMode : uint8_t {
  kWhole,   // collect, then OnWholeBody
  kPieces,  // OnBodyPiece for each piece
};

// What happens to an exchange, told by its connection (request side) and by its
// upstream call (answer side). Pipeline is the one for clients, AdminPipeline
// the one for operators.
class ExchangeHandler {
 public:
  virtual ~ExchangeHandler() = default;

  // The head is parsed. Unless the exchange is over when this returns, the body
  // (if any) is read as it says.
  virtual BodyMode OnHead(Exchange& exchange) = 0;
  // `exchange.body` is whole.
  virtual void OnWholeBody(Exchange& exchange) = 0;
  // False: enough for now; Connection::ResumeBody() asks for more.
  virtual bool OnBodyPiece(Exchange& exchange, std::string_view piece,
                           bool last) = 0;
  // The request cannot be read to its end: bad syntax, too large, too slow.
  virtual void OnBroken(Exchange& exchange, policy::Refusal refusal,
                        std::string_view sentence) = 0;
  // The client left. No answer can be sent.
  virtual void OnDownstreamGone(Exchange& exchange) = 0;
  // The client took what was written: more may be sent.
  virtual void OnOutputDrained(Exchange& exchange) = 0;

  virtual void OnAnswer(Exchange& exchange, const http::ResponseHead& head,
                        std::string_view body, bool complete) = 0;
  virtual void OnAnswerBody(Exchange& exchange, std::string_view piece,
                            bool last) = 0;
  virtual void OnAnswerFailed(Exchange& exchange, policy::Refusal failure,
                              std::string_view detail) = 0;
  virtual void OnDelayOver(Exchange& exchange) = 0;
};

// A call that a service of ours works on, which may outlive its exchange.
// Belongs to the loop.
struct ServiceCall {
  Exchange* exchange = nullptr;  // null: nobody waits for the answer any more
};

struct Exchange final : AnswerSink {
  // Who it belongs to; set when it is taken from the pool.
  Connection* connection = nullptr;
  ExchangeHandler* handler = nullptr;
  GenerationPin generation;

  // The request as received, and as normalised.
  http::RequestHead head;
  http::Target target;
  std::string target_storage;
  policy::Request request;
  std::string_view body;  // whole; views the read buffer or body_storage
  std::string body_storage;
  bool whole_request = false;  // nothing of the request is to come

  policy::Decision decision;

  // Handle.
  std::string upstream_head;
  UpstreamRequest upstream_request;
  UpstreamCallHandle call;
  std::shared_ptr<ServiceCall> service_call;
  EventHandle delay_timer;  // made at the first delay, then kept

  // Send.
  bool answer_started = false;  // bytes of the answer are on their way
  bool answer_chunked = false;
  bool answer_paused = false;

  // Finish.
  ExchangeRecord record;
  std::string request_id;
  std::string detail;
  std::string replay_body;  // ReplayRecorder::DescribeBody

  // Makes it as new, keeping the buffers. REQUIRES: no call is under way.
  void Reset();

  // AnswerSink.
  void OnAnswer(const http::ResponseHead& answer, std::string_view piece,
                bool complete) override;
  void OnAnswerBody(std::string_view piece, bool last) override;
  void OnAnswerFailed(policy::Refusal failure, std::string_view why) override;
  void OnRequestBodyWanted() override;
};

// Exchanges for the next requests. Belongs to one loop.
class ExchangePool {
 public:
  std::unique_ptr<Exchange> Take();
  void Give(std::unique_ptr<Exchange> exchange);

 private:
  static constexpr size_t kKeptMax = 1024;
  std::vector<std::unique_ptr<Exchange>> kept_;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_EXCHANGE_H_
