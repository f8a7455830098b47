// The standalone services: answers the calls of every service that has no
// upstream, for one policy. The operations' `handler` names choose the
// function; the table of them is service/handlers.cc.
//
//   runtime      what outlives a reload: the store, revocations, the threads
//                that hash passwords, keys that were made here
//   gateway      one policy's: its key ring, and a handler per operation
//
// A gateway is immutable and shared by all workers; the runtime is thread-safe.
#ifndef HEADGATE_SERVICE_GATEWAY_H_
#define HEADGATE_SERVICE_GATEWAY_H_

#include <memory>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "policy/policy.h"
#include "policy/token_verifier.h"
#include "service/call.h"
#include "service/runtime.h"

namespace headgate::service {

struct Handler;  // service/handler.h

class Gateway {
 public:
  // Runs once, inside Handle or on a thread of the runtime.
  using Done = absl::AnyInvocable<void(std::unique_ptr<Call>)>;

  // INVALID_ARGUMENT, ready to be printed: an operation without upstream has no
  // built-in handler, a token key cannot be read.
  static absl::StatusOr<std::shared_ptr<const Gateway>> Create(
      std::shared_ptr<const policy::Policy> policy, Runtime* runtime);
  ~Gateway();

  // REQUIRES, for all three: the call's service has no upstream; the gateway
  // outlives the call.
  void Handle(std::unique_ptr<Call> call, Done done) const;
  // Answers what needs no store, or was answered before and has not changed.
  // False: HandleLater must.
  bool HandleNow(Call* call) const;
  // Asks the store. REQUIRES: HandleNow was false.
  void HandleLater(std::unique_ptr<Call> call, Done done) const;

  const policy::Policy& policy() const { return *policy_; }
  const policy::TokenVerifier& tokens() const;

 private:
  Gateway();
  const Handler& HandlerOf(const Call& call) const;
  void Read(const Handler& handler, std::unique_ptr<Call> call,
            Done done) const;
  std::shared_ptr<const policy::Policy> policy_;
  Runtime* runtime_ = nullptr;
  std::unique_ptr<class Tokens> tokens_;
  std::vector<const Handler*> handlers_;        // by the operation's index
  std::unique_ptr<class AnswerCache> answers_;  // null: the store cannot tell
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_GATEWAY_H_
