// Every built-in handler, by its name: the table that says which operations
// Headgate can answer by itself.
//
// Immutable; thread-safe.
#ifndef HEADGATE_SERVICE_HANDLERS_H_
#define HEADGATE_SERVICE_HANDLERS_H_

#include <string_view>

#include "config/diagnostic.h"
#include "policy/policy.h"
#include "service/handler.h"

namespace headgate::service {

// By the operation's `handler`, or else its name. Null: there is none.
const Handler* FindHandler(const config::Operation& operation);

// A diagnostic for each operation that has neither an upstream nor a handler.
void CheckHandlers(const policy::Policy& policy,
                   config::Diagnostics* diagnostics);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_HANDLERS_H_
