// One API family beside its service: the real binary before a scripted
// upstream, with calls and answers in short, for tables of them.
//
//   Sidecar sidecar({.service = "agora-chat", .authorization = "Bearer t"});
//   const Message answer = sidecar.Send({"GET /acme/chat/chatrooms/1/users"});
//   EXPECT_EQ(Describe(answer), Describe(Answer{200, "{}", "list_..."}));
//
// Describe() is what a contract says of an answer: its status, each field but
// those that every answer has, its body with MS for what a clock filled in.
//
// Belongs to one thread.
#ifndef HEADGATE_TESTS_SUPPORT_CONTRACT_SIDECAR_H_
#define HEADGATE_TESTS_SUPPORT_CONTRACT_SIDECAR_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/headgate_process.h"
#include "tests/support/scripted_upstream.h"

namespace headgate::test {

struct Call {
  std::string line;         // "POST /acme/chat/token": method and target
  std::string body = "";    // framed by Content-Length, unless `fields` say how
  std::string fields = "";  // further lines, each with its CRLF
  std::optional<std::string> authorization = std::nullopt;  // "": none
};

// An answer as a contract documents it.
struct Answer {
  int status = 200;
  std::string body = "";
  std::string operation = "";  // whose limit was asked; "": none was
  int quota = 100;
  int window_seconds = 1;
  std::string content_type = "application/json;charset=UTF-8";
  bool retry_after = false;    // refused by the limit
  std::string challenge = "";  // WWW-Authenticate, of a 401 that is made here
};

// What the families answer whose content type has no parameter.
Answer Json(int status, const std::string& body,
            const std::string& operation = "");

std::string Describe(const Message& message);
std::string Describe(const Answer& answer);

struct SidecarOptions {
  std::string service;
  std::string authorization;  // of every call that names none
  std::string keys = "";      // further lines of the service, indented by 4
  std::string sections = "";  // further sections of the config
  std::string upstream_keys = "";  // ", response_timeout: 1s"
};

class Sidecar {
 public:
  explicit Sidecar(const SidecarOptions& options);

  bool started() const { return headgate_->started(); }
  // On one kept connection for as long as the answers let it live.
  Message Send(const Call& call);
  // What Send sends. Every call has the same Host and X-Request-ID.
  std::string Bytes(const Call& call) const;
  // What the upstream must get for `call`: this line and this body.
  std::string Forwarded(const Call& call, const std::string& line,
                        const std::string& body) const;

  ScriptedUpstream& upstream() { return upstream_; }
  HeadgateProcess& headgate() { return *headgate_; }

 private:
  // Fields of `call` that are end-to-end.
  std::string Fields(const Call& call) const;

  SidecarOptions options_;
  ScriptedUpstream upstream_;
  std::unique_ptr<HeadgateProcess> headgate_;
  std::unique_ptr<RawClient> client_;
};

// `text` with each "$" replaced: tables write "$" for what stands in all rows.
std::string Fill(std::string text, std::string_view value);

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_SUPPORT_CONTRACT_SIDECAR_H_
