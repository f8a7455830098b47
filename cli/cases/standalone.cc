#include "cli/cases/standalone.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"

namespace headgate::cli {
namespace {

// A store with a switch before it.
class SwitchedStore final : public service::Store {
 public:
  SwitchedStore(std::unique_ptr<service::Store> store,
                std::shared_ptr<const bool> down)
      : store_(std::move(store)), down_(std::move(down)) {}

  void Read(Work work, Done done) override {
    if (*down_) return done(Down());
    store_->Read(std::move(work), std::move(done));
  }
  void Write(Work work, Done done) override {
    if (*down_) return done(Down());
    store_->Write(std::move(work), std::move(done));
  }

 private:
  static absl::Status Down() {
    return absl::UnavailableError("the case says that the store is down");
  }

  std::unique_ptr<service::Store> store_;
  std::shared_ptr<const bool> down_;
};

}  // namespace

bool HasStandaloneService(const policy::Policy& policy) {
  return std::any_of(
      policy.services().begin(), policy.services().end(),
      [](const auto& service) { return !service->spec.upstream.has_value(); });
}

absl::StatusOr<std::unique_ptr<Standalone>> Standalone::Create(
    std::shared_ptr<const policy::Policy> policy) {
  std::unique_ptr<Standalone> made(new Standalone);
  auto runtime = service::Runtime::Open(
      {.storage = "memory",
       .inline_passwords = true,
       .wrap = [down = made->down_](std::unique_ptr<service::Store> store) {
         return std::make_unique<SwitchedStore>(std::move(store), down);
       }});
  if (!runtime.ok()) return runtime.status();
  made->runtime_ = *std::move(runtime);
  auto gateway =
      service::Gateway::Create(std::move(policy), made->runtime_.get());
  if (!gateway.ok()) return gateway.status();
  made->gateway_ = *std::move(gateway);
  return made;
}

}  // namespace headgate::cli
