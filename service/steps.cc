#include "service/steps.h"

#include <utility>

namespace headgate::service {

void RefuseUnavailable(const absl::Status& status, Call* call) {
  call->answer = Answer();
  call->answer.error =
      &call->service->catalogue->For(policy::Refusal::kOverloaded);
  call->answer.detail = std::string(status.message());
}

void RunRead(const Tools& tools, std::unique_ptr<Call> call, ReadWork work,
             Gateway::Done then) {
  Call* const asked = call.get();
  tools.runtime.store().Read(
      [asked, work = std::move(work)](Transaction& transaction) mutable {
        asked->answer = Answer();  // an optimistic store asks again
        work(*asked, transaction);
        return false;
      },
      [call = std::move(call),
       then = std::move(then)](absl::Status status) mutable {
        if (!status.ok()) RefuseUnavailable(status, call.get());
        then(std::move(call));
      });
}

void RunWrite(const Tools& tools, std::unique_ptr<Call> call, WriteWork work,
              Gateway::Done then) {
  Call* const asked = call.get();
  tools.runtime.store().Write(
      [asked, work = std::move(work)](Transaction& transaction) mutable {
        asked->answer = Answer();
        asked->on_kept = nullptr;
        const bool keep = work(*asked, transaction);
        if (!keep) asked->on_kept = nullptr;
        return keep;
      },
      [call = std::move(call),
       then = std::move(then)](absl::Status status) mutable {
        if (!status.ok()) {
          RefuseUnavailable(status, call.get());
        } else if (call->on_kept) {
          call->on_kept();
        }
        then(std::move(call));
      });
}

}  // namespace headgate::service
