// What tests of recorded calls share: calls decided as `serve` decides
// them, and the lines that the access log has of them.
#ifndef HEADGATE_TESTS_PROXY_REPLAY_LINE_H_
#define HEADGATE_TESTS_PROXY_REPLAY_LINE_H_

#include <string>

#include "base/crypto.h"
#include "policy/app_table.h"
#include "proxy/access_log.h"
#include "proxy/replay_record.h"
#include "tests/policy/engine_fixture.h"

namespace headgate::test {

// Decides a call by `policy` and writes its line, with its newline.
inline std::string LogLineOf(policy::TestPolicy* policy,
                             const policy::Call& call) {
  proxy::ReplayRecorder recorder;
  policy::Decision decision;
  const policy::Request request = policy::TestPolicy::RequestOf(call);
  const Instant now = policy->now();
  policy->engine().EvaluateHead(policy->policy(), request, now, &decision);
  std::string body, replay, line;
  if (decision.allowed() && decision.needs_body) {
    policy->engine().EvaluateBody(policy->policy(), request, call.body, now,
                                  &decision);
    recorder.DescribeBody(decision, request, call.body, &body);
  }
  const std::string label = policy::AppKeyLabel(decision.app_key);
  recorder.Describe({.decision = decision,
                     .request = request,
                     .body_members = body,
                     .key_label = label,
                     .at_us = 0},
                    &replay);
  proxy::ExchangeRecord record;
  record.started = record.ended = now;
  record.decided_us = record.head_decided_us = now.monotonic_us;
  record.request_id = "r1";
  record.method = call.method;
  record.path = call.path;
  record.app = decision.app != nullptr ? decision.app->name : label;
  record.decision = &decision;
  record.replay = replay;
  proxy::AppendAccessLogLine(record, &line);
  return line;
}

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_PROXY_REPLAY_LINE_H_
