// The handlers of flipflop: members, guests and their chat tokens, as the
// contract page "flipflop" has them.
//
// Immutable; thread-safe.
#ifndef HEADGATE_SERVICE_FLIPFLOP_HANDLERS_H_
#define HEADGATE_SERVICE_FLIPFLOP_HANDLERS_H_

#include "absl/types/span.h"
#include "service/handler.h"

namespace headgate::service {

absl::Span<const Handler> FlipflopHandlers();

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_FLIPFLOP_HANDLERS_H_
