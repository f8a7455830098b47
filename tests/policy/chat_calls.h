// What the engine's tests over agora-chat share.
#ifndef HEADGATE_TESTS_POLICY_CHAT_CALLS_H_
#define HEADGATE_TESTS_POLICY_CHAT_CALLS_H_

#include <string>

namespace headgate::policy {

inline constexpr char kSidecar[] =
    "  agora-chat: {upstream: {servers: [http://127.0.0.1:9001]}}\n";

inline std::string Names(int count) {
  std::string json;
  for (int i = 0; i < count; ++i) {
    json += (i == 0 ? "\"user" : ",\"user") + std::to_string(i) + "\"";
  }
  return "{\"usernames\":[" + json + "]}";
}

inline std::string PathNames(int count) {
  std::string names;
  for (int i = 0; i < count; ++i) {
    names += (i == 0 ? "u" : ",u") + std::to_string(i);
  }
  return "/acme/chat/chatrooms/1/users/" + names;
}

}  // namespace headgate::policy

#endif  // HEADGATE_TESTS_POLICY_CHAT_CALLS_H_
