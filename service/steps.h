// The steps of a handler that wait: a transaction of the store. Each hands the
// call on; a store that fails ends in `then` all the same, with the call
// refused (503, nothing kept).
#ifndef HEADGATE_SERVICE_STEPS_H_
#define HEADGATE_SERVICE_STEPS_H_

#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "service/handler.h"

namespace headgate::service {

using ReadWork = absl::AnyInvocable<void(Call&, Transaction&)>;
using WriteWork = absl::AnyInvocable<bool(Call&, Transaction&)>;  // true: keep

void RunRead(const Tools& tools, std::unique_ptr<Call> call, ReadWork work,
             Gateway::Done then);
// Runs `call->on_kept` once what was written is durable.
void RunWrite(const Tools& tools, std::unique_ptr<Call> call, WriteWork work,
              Gateway::Done then);

// The answer for what the service could not do for now: `status` goes to the
// log, the client gets the family's 503.
void RefuseUnavailable(const absl::Status& status, Call* call);

// Whether the steps so far have refused the call.
inline bool IsRefused(const Call& call) { return call.answer.error != nullptr; }

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STEPS_H_
