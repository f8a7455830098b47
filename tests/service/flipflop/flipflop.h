// A standalone flipflop with two apps, and its answers as tests write them: the
// status and the body, where a token is TOKEN and an id that was made is KSUID.
#ifndef HEADGATE_TESTS_SERVICE_FLIPFLOP_FLIPFLOP_H_
#define HEADGATE_TESTS_SERVICE_FLIPFLOP_FLIPFLOP_H_

#include <regex>
#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/strings.h"
#include "service/tokens/tokens.h"
#include "tests/service/standalone.h"

namespace headgate::service {

inline constexpr char kFlipflop[] =
    "  flipflop:\n"
    "    chat_server_url: wss://chat.example.com/ws\n"
    "    limits: {default: 1000000/s}\n"
    "    apps:\n"
    "      - {app_id: ffl-dev-1, name: Dev, api_key: key-1,\n"
    "         api_secret: secret-1}\n"
    "      - {app_id: ffl-dev-2, api_key: key-2, api_secret: secret-2}\n";

class Flipflop : public Standalone {
 public:
  explicit Flipflop(const std::string& services = kFlipflop)
      : Standalone(services) {
    UseApp(1);
  }

  void UseApp(int app) {
    set_authorization(
        StrCat("Basic ", Base64Encode(StrCat("key-", app, ":secret-", app),
                                      Base64Alphabet::kStandard)));
  }

  // `target` stands below /v2/apps/me: "POST /members".
  Reply Call(std::string_view line, std::string_view body = "") {
    const size_t blank = line.find(' ');
    return Send(
        StrCat(line.substr(0, blank), " /v2/apps/me", line.substr(blank + 1)),
        body);
  }
  std::string Ask(std::string_view line, std::string_view body = "") {
    const Reply reply = Call(line, body);
    return StrCat(reply.status, " ", WithoutChance(reply.body));
  }
  // A text of the answer's body.
  std::string Get(std::string_view path, std::string_view line,
                  std::string_view body = "") {
    return At(Call(line, body).body, path);
  }

  static std::string WithoutChance(std::string text) {
    static const std::regex token(R"re("v4\.local\.[A-Za-z0-9_.-]+")re");
    static const std::regex ksuid(R"re(\b[0-9A-Za-z]{27}\b)re");
    static const std::regex guest(R"re(GUEST_[0-9A-Za-z]{27}")re");
    text = std::regex_replace(text, token, "TOKEN");
    text = std::regex_replace(text, guest, "GUEST_KSUID\"");
    return std::regex_replace(text, ksuid, "KSUID");
  }

  absl::StatusOr<TokenClaims> Open(TokenKind kind, const std::string& token,
                                   std::string_view app = "ffl-dev-1") {
    const auto& tokens = static_cast<const Tokens&>(gateway().tokens());
    return tokens.Open(kind, app, token, clock().Now());
  }
};

// {"errorCode":...,"errorMessage":...}
inline std::string Error(int status, std::string_view code,
                         std::string_view message) {
  return StrCat(status, R"( {"errorCode":")", code, R"(","errorMessage":")",
                message, "\"}");
}
inline std::string MemberNotFound() {
  return Error(404, "MEMBER_NOT_FOUND", "The member does not exist.");
}
inline std::string InvalidBody() {
  return Error(400, "INVALID_HTTP_MESSAGE_BODY",
               "The HTTP message body is not valid.");
}

}  // namespace headgate::service

#endif  // HEADGATE_TESTS_SERVICE_FLIPFLOP_FLIPFLOP_H_
