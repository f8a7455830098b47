// What is remembered of one exchange when it ends: the input of the metrics and
// of the access log, filled in by Finish and by nobody else. Views live until
// Finish returns.
#ifndef HEADGATE_PROXY_RECORD_H_
#define HEADGATE_PROXY_RECORD_H_

#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "policy/decision.h"

namespace headgate::proxy {

struct ExchangeRecord {
  Instant started;              // first byte of the head
  Instant ended;                // last byte handed to the socket
  int64_t decided_us = 0;       // monotonic; 0: not reached
  int64_t head_decided_us = 0;  // the same of the head alone: when limits count
  int64_t upstream_started_us = 0;
  int64_t upstream_ended_us = 0;
  std::string_view request_id;
  std::string_view peer;    // "127.0.0.1:40312", "unix:"
  std::string_view method;  // as received, made safe by the writer
  std::string_view path;    // normalised, without the query
  std::string_view app;     // for the log: the app's name, or 8 hex digits of
                            // the hash of its key; empty: none
  // Service, operation, outcome, rule, refusal, rate: all of the decision.
  // Null: the exchange never reached Decide.
  const policy::Decision* decision = nullptr;
  int status = 0;            // 0: the client left before an answer
  bool local_reply = false;  // answered here, not by an upstream
  // The row of the catalogue that a service of ours answered; empty: none.
  std::string_view error;
  std::string_view upstream;  // server; empty: none was asked
  int upstream_status = 0;    // what it really answered; 0: nothing
  int retries = 0;
  std::string_view mapped;  // why the answer was replaced; empty: was not
  std::string_view detail;  // what really came, for the operator
  int64_t bytes_in = 0;     // of the request, head and body
  int64_t bytes_out = 0;    // of the answer
  bool aborted = false;     // the client left, or a streamed answer broke
  // What is needed to decide it again (proxy/replay_record.h): a JSON object;
  // empty: nothing is kept, or nothing was decided.
  std::string_view replay;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_RECORD_H_
