// The handlers of flipflop: members, guests and their chat tokens, as the
// contract page "flipflop" has them.
//
// Immutable; thread-safe.
#ifndef HEADGATE_SERVICE_FLIPFLOP_HANDLERS_H_
#define HEADGATE_SERVICE_FLIPFLOP_HANDLERS_H_

#include "absl/types/span.h"
#include "config/config.h"
#include "config/diagnostic.h"
#include "service/handler.h"

namespace headgate::service {

absl::Span<const Handler> FlipflopHandlers();

// What the chat tokens' handlers need of the config of a service that they
// answer: where the chat server is. Any other service is none of its business.
void CheckFlipflop(const config::Service& service,
                   const config::Contract& contract,
                   config::Diagnostics* diagnostics);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_FLIPFLOP_HANDLERS_H_
