// Bodies of the built-in contracts, as anybody may send them. The first byte
// picks the operation. A body that passes must be JSON; what is forwarded in
// its place must pass again and stay as it is.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "base/json_reader.h"
#include "base/percent.h"
#include "config/load.h"
#include "policy/contracts/builtin.h"
#include "policy/engine.h"

namespace headgate::policy {
namespace {

struct Target {
  std::string_view method, path, authorization;
};
constexpr Target kTargets[] = {
    {"POST", "/a/c/chatrooms/1/users", "Bearer t"},
    {"POST", "/a/c/chatrooms/1/admin", "Bearer t"},
    {"DELETE", "/a/c/chatrooms/1/users/bob", "Bearer t"},
    {"POST", "/a/c/chatrooms", "Bearer t"},
    {"POST", "/a/c/users", "Bearer t"},
    {"POST", "/v2/apps/me/members/guest-chat-tokens", "Basic YTpi"},
    {"POST", "/v2/apps/me/members/bob/chat-tokens", "Basic YTpi"},
    {"POST", "/chat.tokens.private.v1.Service/Create", "Bearer t"},
    {"POST", "/room.tokens.private.v1.Service/Create", "Bearer t"},
};

std::shared_ptr<const Policy> MakePolicy() {
  config::Environment environment;
  environment.builtin_contracts = BuiltinContracts();
  environment.variable = [](const std::string&) { return std::nullopt; };
  config::Diagnostics diagnostics;
  const auto config =
      config::LoadText("fuzz.yaml",
                       "listeners: [{address: 127.0.0.1:0}]\n"
                       "services:\n"
                       "  agora-chat: {upstream: {servers: [http://a]}}\n"
                       "  flipflop: {upstream: {servers: [http://a]}}\n"
                       "  private-services:\n"
                       "    upstream: {servers: [http://a]}\n"
                       "    apps: [{name: t, api_key: t,\n"
                       "            grants: [PermissionChat]}]\n",
                       environment, &diagnostics);
  if (!config) std::abort();
  return Policy::Compile(*config, &diagnostics);
}

void Require(bool condition) {
  if (!condition) std::abort();
}

class Fuzzer {
 public:
  Fuzzer() : limiter_({}), engine_(&limiter_), policy_(MakePolicy()) {}

  void Run(const Target& target, std::string_view body) {
    Request request;
    request.method = target.method;
    request.path = target.path;
    request.authorization = target.authorization;
    request.has_body = !body.empty();
    Decide(request, body, &first_);
    if (!first_.allowed()) {
      Require(first_.error != nullptr && !first_.rule.empty());
      Require(IsUtf8(first_.value) || !IsUtf8(body));
      return;
    }
    if (!first_.body_rewritten) return;
    Require(static_cast<bool>(reader_.Read(first_.body)));
    Decide(request, first_.body, &second_);
    Require(second_.allowed() && !second_.body_rewritten);
  }

 private:
  void Decide(const Request& request, std::string_view body,
              Decision* decision) {
    decision->Clear();
    now_.monotonic_us += 1000000;
    engine_.Evaluate(*policy_, request, body, now_, decision);
  }

  Limiter limiter_;
  Engine engine_;
  std::shared_ptr<const Policy> policy_;
  JsonReader reader_;
  Instant now_;
  Decision first_, second_;
};

}  // namespace
}  // namespace headgate::policy

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using headgate::policy::kTargets;
  static headgate::policy::Fuzzer fuzzer;
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1,
                              size - 1);
  fuzzer.Run(kTargets[data[0] % std::size(kTargets)], body);
  return 0;
}
