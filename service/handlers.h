// Every built-in handler, by its name: the table that says which operations
// Headgate can answer by itself.
//
// Immutable; thread-safe.
#ifndef HEADGATE_SERVICE_HANDLERS_H_
#define HEADGATE_SERVICE_HANDLERS_H_

#include <string_view>

#include "config/config.h"
#include "config/diagnostic.h"
#include "policy/policy.h"
#include "service/handler.h"

namespace headgate::service {

// By the operation's `handler`, or else its name. Null: there is none.
const Handler* FindHandler(const config::Operation& operation);

// A diagnostic for each operation that has neither an upstream nor a handler,
// and for what handlers need of the config and it lacks.
void CheckHandlers(const config::Config& config,
                   config::Diagnostics* diagnostics);

// All that is wrong with a config as a whole: it cannot be compiled, or not be
// answered. For config::Environment::check.
void CheckWhole(const config::Config& config, config::Diagnostics* diagnostics);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_HANDLERS_H_
