// The services that Headgate answers itself, in one process and on a clock that
// the test turns: what a request line and a body are answered. The policy
// decides and the gateway answers, as they do in `serve`; only the sockets are
// missing.
//
//   Standalone service(kChatService);
//   EXPECT_EQ(service.Send("GET /acme/chat/chatrooms/1/users", {}),
//             "404 {...}");
//
// Belongs to one thread.
#ifndef HEADGATE_TESTS_SERVICE_STANDALONE_H_
#define HEADGATE_TESTS_SERVICE_STANDALONE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/strings.h"
#include "gtest/gtest.h"
#include "policy/engine.h"
#include "service/gateway.h"
#include "service/render.h"
#include "service/runtime.h"
#include "tests/policy/engine_fixture.h"
#include "tests/support/fake_clock.h"

namespace headgate::service {

struct Reply {
  int status = 0;
  std::string content_type;
  std::string body;
};

class Standalone {
 public:
  using Wrap = std::function<std::unique_ptr<Store>(std::unique_ptr<Store>)>;

  // `services` is what stands under `services:`, indented by two. `wrap` puts
  // something before the store. `contract` is the text of a contract file, or
  // empty.
  explicit Standalone(const std::string& services, Wrap wrap = nullptr,
                      const std::string& contract = "")
      : engine_(&limiter_) {
    std::string mistakes;
    auto policy = policy::CompileText(
        StrCat("listeners: [{address: 127.0.0.1:0}]\n",
               contract.empty() ? "" : "contracts: [contract.yaml]\n",
               "services:\n", services),
        contract, &mistakes);
    EXPECT_NE(policy, nullptr) << mistakes;
    auto runtime =
        Runtime::Open({.inline_passwords = true, .wrap = std::move(wrap)});
    EXPECT_TRUE(runtime.ok()) << runtime.status();
    if (policy == nullptr || !runtime.ok()) return;
    runtime_ = *std::move(runtime);
    auto gateway = Gateway::Create(std::move(policy), runtime_.get());
    EXPECT_TRUE(gateway.ok()) << gateway.status();
    if (!gateway.ok()) return;
    gateway_ = *std::move(gateway);
    engine_.UseTokens(&gateway_->tokens());
  }

  bool ok() const { return gateway_ != nullptr; }
  test::FakeClock& clock() { return clock_; }
  Runtime& runtime() { return *runtime_; }
  const Gateway& gateway() const { return *gateway_; }
  // What Send presents: "Bearer ...".
  void set_authorization(std::string field) {
    authorization_ = std::move(field);
  }
  const std::string& authorization() const { return authorization_; }

  // `line` is a method and a target, "POST /acme/chat/token".
  Reply Send(std::string_view line, std::string_view body = "",
             std::string_view content_type = "application/json") {
    const size_t blank = line.find(' ');
    std::string_view target = line.substr(blank + 1);
    const size_t mark = target.find('?');
    policy::Request request;
    request.method = line.substr(0, blank);
    request.path = target.substr(0, mark);
    if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
    request.authorization = authorization_;
    if (!body.empty()) request.content_type = content_type;
    request.has_body = !body.empty();
    policy::Decision decision;
    engine_.Evaluate(gateway_->policy(), request, body, clock_.Now(),
                     &decision);
    return decision.allowed() ? Handle(request, body, decision)
                              : Refused(request, decision);
  }

 private:
  Reply Refused(const policy::Request& request,
                const policy::Decision& decision) {
    Reply reply;
    if (decision.error == nullptr) return reply;
    reply.status = decision.error->status;
    reply.content_type = decision.service->catalogue->content_type();
    policy::Catalogue::Render(*decision.error,
                              {.now = clock_.Now(),
                               .started = clock_.Now(),
                               .method = request.method,
                               .path = request.path,
                               .value = decision.value,
                               .location = decision.location,
                               .bound = decision.bound,
                               .variables = &decision.variables},
                              &reply.body);
    return reply;
  }

  Reply Handle(const policy::Request& request, std::string_view body,
               const policy::Decision& decision) {
    Reply reply;
    gateway_->Handle(
        MakeCall(request, body, decision, "http://gateway", clock_.Now()),
        [&](std::unique_ptr<Call> answered) {
          const RenderedAnswer answer =
              Render(*answered, clock_.Now(), clock_.Now());
          reply = {answer.status, std::string(answer.content_type),
                   std::string(answer.body)};
        });
    return reply;
  }

  test::FakeClock clock_;
  policy::Limiter limiter_{policy::Limiter::Options()};
  policy::Engine engine_;
  std::unique_ptr<Runtime> runtime_;
  std::shared_ptr<const Gateway> gateway_;
  std::string authorization_;
};

// A text of an answer's body, by a path of keys and positions: "data.0.user".
// "(none)" if there is none; numbers and booleans as JSON has them.
inline std::string At(const std::string& body, std::string_view path) {
  JsonReader reader;
  JsonValue value = reader.Read(body);
  for (const std::string_view key : Split(path, '.')) {
    if (!value) break;
    if (value.is_object()) {
      value = value.Find(key);
    } else if (value.is_array()) {
      size_t left = std::stoul(std::string(key));
      JsonValue found;
      for (const JsonValue item : value.items()) {
        if (left-- == 0) {
          found = item;
          break;
        }
      }
      value = found;
    } else {
      value = {};
    }
  }
  if (!value) return "(none)";
  if (value.is_string()) return std::string(value.string());
  std::string text;
  JsonWriter(&text).Value(value);
  return text;
}

}  // namespace headgate::service

#endif  // HEADGATE_TESTS_SERVICE_STANDALONE_H_
