// A standalone agora-chat with an app token, and what its answers are in short.
#ifndef HEADGATE_TESTS_SERVICE_AGORA_CHAT_CHAT_H_
#define HEADGATE_TESTS_SERVICE_AGORA_CHAT_CHAT_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/service/standalone.h"

namespace headgate::service {

inline std::string ChatService(const std::string& keys = "") {
  return "  agora-chat:\n" + keys +
         "    limits: {default: 1000000/s, create_token: 1000000/s,\n"
         "             create_users: 1000000/s, create_chatroom: 1000000/s,\n"
         "             list_chatrooms: 1000000/s,\n"
         "             list_joined_chatrooms: 1000000/s}\n"
         "    apps:\n"
         "      - org_name: acme\n"
         "        app_name: chat\n"
         "        client_id: demo-client\n"
         "        client_secret: demo-secret\n"
         "        app_id: 970CA35de60c44645bbae8a215061b33\n"
         "        certificate: 5CFd2fd1755d40ecb72977518be15d3b\n";
}

class Chat : public Standalone {
 public:
  explicit Chat(const std::string& keys = "", Wrap wrap = nullptr)
      : Standalone(ChatService(keys), std::move(wrap)) {
    app_ = Token(
        "{\"grant_type\":\"client_credentials\","
        "\"client_id\":\"demo-client\","
        "\"client_secret\":\"demo-secret\"}");
    UseApp();
  }

  void UseApp() { set_authorization(app_); }
  // A token of that user, who is registered if need be.
  void UseUser(const std::string& name) {
    UseApp();
    set_authorization(Token("{\"grant_type\":\"inherit\",\"username\":\"" +
                            name + "\",\"autoCreateUser\":true}"));
  }
  std::string Token(const std::string& body) {
    return "Bearer " +
           At(Send("POST /acme/chat/token", body).body, "access_token");
  }

  void Register(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      const Reply reply =
          Send("POST /acme/chat/users", "{\"username\":\"" + name + "\"}");
      EXPECT_EQ(reply.status, 200) << reply.body;
    }
  }
  // A room of these users; the first one owns it. Returns its id.
  std::string MakeRoom(const std::vector<std::string>& users,
                       const std::string& more = "") {
    std::string members;
    for (size_t i = 1; i < users.size(); ++i) {
      members += (i > 1 ? ",\"" : "\"") + users[i] + "\"";
    }
    const Reply reply =
        Send("POST /acme/chat/chatrooms", "{\"name\":\"room\",\"owner\":\"" +
                                              users[0] + "\",\"members\":[" +
                                              members + "]" + more + "}");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return At(reply.body, "data.id");
  }

  // "200 {...}": the status and the answer's data; of an error, its code and
  // description: "400 illegal_argument: username bob doesn't exist!". A "$" in
  // the line is the room's id, and so is each id in what comes back.
  std::string Ask(std::string line, const std::string& body = "") {
    const Reply reply = Send(Replace(line, "$", room), body);
    std::string text;
    if (reply.status == 200) {
      text = "200 " + At(reply.body, "data");
    } else {
      text = StrCat(reply.status, " ", At(reply.body, "error"), ": ",
                    At(reply.body, "error_description"));
    }
    return room.empty() ? text : Replace(text, room, "$");
  }
  std::string room;

 private:
  static std::string Replace(std::string text, const std::string& from,
                             const std::string& to) {
    for (size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size())) {
      text.replace(at, from.size(), to);
    }
    return text;
  }

  std::string app_;
};

}  // namespace headgate::service

#endif  // HEADGATE_TESTS_SERVICE_AGORA_CHAT_CHAT_H_
