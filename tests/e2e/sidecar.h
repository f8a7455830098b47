// What the tests of the proxy's own behaviour share: a small config in front of
// a scripted upstream, and requests to send through it. The contracts' calls
// have their own tests; here it is /acme/chat/chatrooms/1/users/bob, or with
// kForward any path.
#ifndef HEADGATE_TESTS_E2E_SIDECAR_H_
#define HEADGATE_TESTS_E2E_SIDECAR_H_

#include <string>
#include <string_view>

#include "base/strings.h"
#include "tests/support/headgate_process.h"
#include "tests/support/scripted_upstream.h"

namespace headgate::test {

// Calls that are no operation go to the upstream, and nothing is limited.
inline constexpr std::string_view kForward =
    "    unmatched: forward\n"
    "    limits: {default: 1000000/s}\n";

// One plain listener, the admin listener, and agora-chat before `upstream`.
// `service` are lines of the service (indented by four), `top` lines of the
// file.
inline std::string SidecarConfig(const ScriptedUpstream& upstream,
                                 std::string_view service = kForward,
                                 std::string_view top = "") {
  return StrCat(
      "listeners: [{address: \"127.0.0.1:0\"}]\n"
      "admin: {address: \"127.0.0.1:0\"}\n",
      top,
      "services:\n"
      "  agora-chat:\n"
      "    upstream: {servers: [\"",
      upstream.url(), "\"]}\n", service);
}

// A request with Host; `fields` are whole lines. A body brings its length.
inline std::string Request(std::string_view method_and_target,
                           std::string_view fields = "",
                           std::string_view body = "") {
  std::string text =
      StrCat(method_and_target, " HTTP/1.1\r\nHost: chat.example\r\n", fields);
  if (!body.empty()) StrAppend(&text, "Content-Length: ", body.size(), "\r\n");
  return StrCat(text, "\r\n", body);
}

// A documented call with its credentials.
inline std::string AddMember(std::string_view name,
                             std::string_view fields = "") {
  return Request(StrCat("POST /acme/chat/chatrooms/1/users/", name),
                 StrCat("Authorization: Bearer t\r\n", fields));
}

// Names a path that is no operation and none of the contract's families; what
// is answered here instead of being forwarded.
inline constexpr std::string_view kRefusedTarget = "GET /a%2fb";

// A family's answer of agora-chat with this code.
inline bool IsChatError(const Message& answer, std::string_view code) {
  return answer.Header("Content-Type") == "application/json;charset=UTF-8" &&
         answer.body.find(StrCat("\"error\":\"", code, "\"")) !=
             std::string::npos;
}

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_E2E_SIDECAR_H_
