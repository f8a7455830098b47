// A rate decision as the member "rate" of a JSON object: the same keys in
// /limits, /explain.
#ifndef HEADGATE_PROXY_ADMIN_RATE_H_
#define HEADGATE_PROXY_ADMIN_RATE_H_

#include "base/json_writer.h"
#include "policy/limiter.h"

namespace headgate::proxy {

inline void WriteRate(const policy::RateDecision& rate, JsonWriter* writer) {
  writer->Key("rate");
  writer->StartObject();
  writer->Member("allowed", rate.allowed);
  writer->Member("limit", rate.limit);
  writer->Member("remaining", rate.remaining);
  writer->Member("reset_after_us", rate.reset_after_us);
  writer->Member("retry_after_us", rate.retry_after_us);
  writer->Member("delay_us", rate.delay_us);
  writer->Member("shadow_denied", rate.would_deny);
  writer->Member("candidate_denied", rate.candidate_denies);
  writer->Member("overflow", rate.overflow);
  writer->EndObject();
}

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_ADMIN_RATE_H_
