// What the parsers of heads and bodies say, and the limits they hold.
#ifndef HEADGATE_PROXY_HTTP_PARSE_RESULT_H_
#define HEADGATE_PROXY_HTTP_PARSE_RESULT_H_

#include <cstddef>
#include <string_view>

#include "policy/refusal.h"

namespace headgate::http {

// Limits on one head. Over them: 414 for the request line, 431 for the rest.
struct HeadLimits {
  size_t head_bytes = 16 * 1024;
  size_t request_line_bytes = 8 * 1024;
  size_t fields = 100;
};

// The outcome of one call of Parse().
struct ParseResult {
  enum class Status { kNeedMore, kDone, kError };
  Status status = Status::kNeedMore;
  // kDone: how many bytes of the input the head takes, with its empty line.
  size_t head_bytes = 0;
  // kError: what to answer, and why, as a static sentence for the log.
  policy::Refusal refusal = policy::Refusal::kBadRequest;
  std::string_view sentence;

  // Of a head that is whole and good.
  static ParseResult Done(size_t head_bytes) {
    ParseResult result;
    result.status = Status::kDone;
    result.head_bytes = head_bytes;
    return result;
  }

  bool done() const { return status == Status::kDone; }
  bool error() const { return status == Status::kError; }
};

}  // namespace headgate::http

#endif  // HEADGATE_PROXY_HTTP_PARSE_RESULT_H_
