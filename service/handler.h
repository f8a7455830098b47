// A handler: the function that answers one operation. Most are one transaction;
// some need no store (issuing a token), some need several steps (passwords).
#ifndef HEADGATE_SERVICE_HANDLER_H_
#define HEADGATE_SERVICE_HANDLER_H_

#include <memory>
#include <string_view>

#include "service/call.h"
#include "service/gateway.h"
#include "service/storage/transaction.h"

namespace headgate::service {

// What a handler may use beside its call; valid as long as the call.
struct Tools {
  const class Tokens& tokens;  // issues and opens: service/tokens/tokens.h
  Runtime& runtime;
};

struct Handler {
  std::string_view name;  // the operation's `handler`; unique over all families
  // Exactly one of these is set.
  // Answers at once, on the loop: quick, and no store.
  void (*direct)(const Tools& tools, Call& call) = nullptr;
  // One read transaction.
  void (*read)(const Tools& tools, Call& call, Transaction& tx) = nullptr;
  // One write transaction; true: keep what was written. A refusal says false.
  bool (*write)(const Tools& tools, Call& call, Transaction& tx) = nullptr;
  // Steps of its own; must call `done` once.
  void (*steps)(const Tools& tools, std::unique_ptr<Call> call,
                Gateway::Done done) = nullptr;
  // Of a read: the answer is kept and given again until what was read changes.
  // REQUIRES: it depends on the call and the store alone, not on the time.
  bool kept = false;
  // What it works on belongs to an app, and it runs for a listed app only. With
  // `unlisted_apps: allow`, or a contract of the operator that asks for no
  // credentials, anybody gets as far as here.
  bool needs_app = true;
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_HANDLER_H_
