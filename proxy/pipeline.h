// The line of a request, whole (design, "The line"):
//
//   Admit    draining? too much in flight?
//   Decide   policy::Engine: route, authenticate, limit, authorize, validate
//   Handle   the upstream, or the service here: the only step that waits
//   Map      its answer -> a documented answer
//   Send     -> Connection
//   Finish   metrics and access log: always, once
//
// Every path goes through Map, Send and Finish, failures too: there is no
// second way out. A step that answers ends the line; otherwise the next one is
// called.
//
// One pipeline per worker; belongs to its loop.
#ifndef HEADGATE_PROXY_PIPELINE_H_
#define HEADGATE_PROXY_PIPELINE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "policy/engine.h"
#include "proxy/access_log.h"
#include "proxy/app_labels.h"
#include "proxy/exchange.h"
#include "proxy/http/writer.h"
#include "proxy/log_limiter.h"
#include "proxy/metrics.h"
#include "proxy/own_answer.h"
#include "proxy/replay_record.h"
#include "proxy/request_id.h"
#include "service/call.h"

namespace headgate::proxy {

// What a pipeline works with; all of it outlives the pipeline.
struct PipelineEnvironment {
  EventLoop* loop = nullptr;
  policy::Limiter* limiter = nullptr;
  WorkerMetrics* metrics = nullptr;
  AccessLog::Writer* access_log = nullptr;
  AppLabels* app_labels = nullptr;
  const SipHashKey* partition_secret = nullptr;
};

class Pipeline final : public ExchangeHandler {
 public:
  explicit Pipeline(const PipelineEnvironment& environment);

  // The generation that new exchanges pin, and how many may be in flight on
  // this worker.
  void Use(Generation* generation, int64_t in_flight_max);
  // Exchanges that wait for their answer get a 503: the drain is over.
  void GiveUp(Exchange& exchange);

  // ExchangeHandler: the request side.
  BodyMode OnHead(Exchange& exchange) override;
  void OnWholeBody(Exchange& exchange) override;
  bool OnBodyPiece(Exchange& exchange, std::string_view piece,
                   bool last) override;
  void OnBroken(Exchange& exchange, policy::Refusal refusal,
                std::string_view sentence) override;
  void OnDownstreamGone(Exchange& exchange) override;
  void OnOutputDrained(Exchange& exchange) override;
  // The answer side.
  void OnAnswer(Exchange& exchange, const http::ResponseHead& head,
                std::string_view body, bool complete) override;
  void OnAnswerBody(Exchange& exchange, std::string_view piece,
                    bool last) override;
  void OnAnswerFailed(Exchange& exchange, policy::Refusal failure,
                      std::string_view detail) override;
  void OnDelayOver(Exchange& exchange) override;

 private:
  // Admit. False: answered.
  void Begin(Exchange& exchange);
  bool Admit(Exchange& exchange);
  bool Normalize(Exchange& exchange);
  bool AnswerPreflight(Exchange& exchange);

  // Decide. False: answered.
  bool DecideHead(Exchange& exchange);
  bool DecideBody(Exchange& exchange);

  // Handle. False: answered.
  bool Handle(Exchange& exchange, bool body_streams);
  bool HandleHere(Exchange& exchange);
  void HandleLater(Exchange& exchange, std::unique_ptr<service::Call> asked);
  bool Delay(Exchange& exchange);
  void WriteUpstreamHead(Exchange& exchange, bool body_streams);

  // Map: an error of the catalogue becomes the answer.
  void AnswerHere(Exchange& exchange, service::Call& call);
  void Deny(Exchange& exchange, policy::Refusal refusal,
            std::string_view detail);
  // `limit`: of the upstream's answer that the error stands for.
  void ReplyError(Exchange& exchange, const policy::CatalogueError* error,
                  const UpstreamLimit& limit = {});

  // Send.
  void ReplyLocally(Exchange& exchange, int status,
                    std::string_view content_type, std::string_view body);
  void PassAnswer(Exchange& exchange, const http::ResponseHead& head,
                  std::string_view body, bool complete);
  http::AnswerOptions AnswerFraming(Exchange& exchange,
                                    const http::ResponseHead& head,
                                    std::string_view body, bool complete);
  void SendPiece(Exchange& exchange, std::string_view piece, bool last);
  // `local_status`: of an answer that is made here; 0: it is passed on.
  void CollectOwnFields(Exchange& exchange, int local_status,
                        std::string_view vary, bool denied,
                        const UpstreamLimit& limit = {});
  std::string_view Date();

  // Finish.
  void Finish(Exchange& exchange);
  // Ends the upstream call, once it is noted what became of it.
  void DropCall(Exchange& exchange);
  // A streamed answer cannot be completed: the connection is cut.
  void Break(Exchange& exchange, std::string_view detail);
  void Record(Exchange& exchange);
  // What the log calls the app; empty: there is none.
  std::string_view AppOf(const policy::Decision& decision);
  void RecordReplay(Exchange& exchange);

  PipelineEnvironment environment_;
  policy::Engine engine_;
  Generation* generation_ = nullptr;
  int64_t in_flight_max_ = 0;
  RequestIds request_ids_;
  UpstreamWarnings warnings_;
  ReplayRecorder replay_;

  // Scratch, reused by every exchange.
  std::string head_;
  std::string body_;
  std::string date_;
  int64_t date_second_ = 0;
  OwnFields own_fields_;
  std::string replay_text_;
  std::string origin_;
  service::Call call_;  // answered at once
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_PIPELINE_H_
