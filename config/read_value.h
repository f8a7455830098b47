// Reads the rules that contracts and the operator's file share: a named value
// and a rate limit. Both report every mistake and return false if there was
// one.
#ifndef HEADGATE_CONFIG_READ_VALUE_H_
#define HEADGATE_CONFIG_READ_VALUE_H_

#include "config/config.h"
#include "config/contract.h"
#include "config/yaml.h"

namespace headgate::config {

// {charset: a-z, pattern: "..", one_of: [a, b], length: 1..64, fold: lower,
//  error: name}; only what is written is set.
bool ReadValueSpec(const Node& node, Diagnostics* diagnostics,
                   ValueSpec* value);

// 100/s, or {limit: 100, window: 1s, on_exceed: delay, max_delay: 500ms,
// max_queue: 1000, shadow: false, candidate: 80}.
bool ReadLimit(const Node& node, Diagnostics* diagnostics, Limit* limit);

// A map of limits by operation name, or `default`.
bool ReadLimits(const Node& node, Diagnostics* diagnostics, Limits* limits);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_READ_VALUE_H_
