// The handlers of private-services: chat and room member tokens, and what those
// who receive them ask.
//
// Immutable; thread-safe.
#ifndef HEADGATE_SERVICE_PRIVATE_SERVICES_HANDLERS_H_
#define HEADGATE_SERVICE_PRIVATE_SERVICES_HANDLERS_H_

#include "absl/types/span.h"
#include "service/handler.h"

namespace headgate::service {

absl::Span<const Handler> PrivateServicesHandlers();

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_PRIVATE_SERVICES_HANDLERS_H_
