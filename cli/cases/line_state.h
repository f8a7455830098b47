// What a Line keeps while a call runs: its two halves, line.cc and
// line_answer.cc, share it.
#ifndef HEADGATE_CLI_CASES_LINE_STATE_H_
#define HEADGATE_CLI_CASES_LINE_STATE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cli/cases/line.h"
#include "policy/engine.h"
#include "policy/request.h"
#include "proxy/http/request_parser.h"
#include "proxy/http/response_parser.h"
#include "proxy/http/target.h"
#include "proxy/own_answer.h"
#include "service/call.h"

namespace headgate::cli {

struct Line::State {
  State(const policy::Policy& policy_in, const Options& options_in);

  std::string_view RequestId() const;

  // The steps, in their order. False: answered.
  bool Parse(std::string_view bytes);
  bool Normalize();
  bool AnswerPreflight();
  bool Decide();
  void Handle(CallHandler* handler);
  bool HandleHere();
  void AnswerHere(service::Call& call);
  void UseTokens();

  void Deny(policy::Refusal refusal, std::string_view sentence);
  void WriteUpstreamHead(std::string_view forwarded);
  void TakeAnswer(const HandlerAnswer& answer);
  void TakeFailure(policy::Refusal failure);
  void PassAnswer(std::string_view content);
  // `limit`: of the upstream's answer that the error stands for.
  void ReplyError(const policy::CatalogueError* error,
                  const proxy::UpstreamLimit& limit = {});
  void ReplyLocally(int status, std::string_view content_type);
  // `local_status`: of an answer that is made here; 0: it is passed on.
  void CollectOwnFields(int local_status, std::string_view vary, bool denied,
                        const proxy::UpstreamLimit& limit = {});

  const policy::Policy& policy;
  const Options options;
  const service::Gateway* gateway = nullptr;
  std::function<bool(const policy::Decision&)> guard;
  http::RequestParser request_parser;
  http::ResponseParser answer_parser;
  // Limiters come and go with the cases; an engine belongs to one.
  policy::Limiter* limiter = nullptr;
  std::unique_ptr<policy::Engine> engine;

  // The call.
  http::RequestHead head;
  http::ResponseHead answer_head;
  std::string target_storage;
  http::Target target;
  policy::Request request;
  std::string_view body;
  Instant now;
  CallOutcome* outcome = nullptr;
  policy::Trace* trace = nullptr;

  proxy::OwnFields own_fields;
  std::string date;
};

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_LINE_STATE_H_
