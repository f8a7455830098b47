// AccessToken2, the "007..." tokens of agora-chat: signed with an app's
// certificate and checked offline; nothing is called (api: agora_chat,
// "AccessToken2").
//
//     "007" base64(zlib(lp(signature32) info))
//     info = lp(app id) issued expires salt services...
//
// All integers are little-endian, lp() is a u16 length and the bytes. A service
// of an unknown type ends the reading, since its end cannot be known, but not
// the check: the signature covers the whole of info, read or not.
//
// Parse and Check are apart because the app id inside names the certificate.
// Pure and thread-safe. What Parse returns is a claim until Check says kValid.
#ifndef HEADGATE_POLICY_ACCESS_TOKEN2_H_
#define HEADGATE_POLICY_ACCESS_TOKEN2_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"

namespace headgate::policy {

// Bounds of what is read; real tokens inflate to some hundred bytes.
inline constexpr size_t kAccessToken2BytesMax = 8192;
inline constexpr size_t kAccessToken2InflatedMax = 64 * 1024;

struct AccessToken2 {
  struct Privilege {
    uint16_t id = 0;
    uint32_t expires_s = 0;  // after issued_s
  };
  struct Service {
    uint16_t type = 0;
    std::vector<Privilege> privileges;
    std::string user;     // of RTC, RTM, CHAT, APaaS; empty: an app token
    std::string channel;  // of RTC; APaaS: the room
    int16_t role = 0;     // of APaaS
  };
  static constexpr uint16_t kRtc = 1, kRtm = 2, kFpa = 4, kChat = 5, kApaas = 7;
  static constexpr uint16_t kChatUser = 1, kChatApp = 2;  // privileges of CHAT

  std::string app_id;      // 32 hexadecimal digits
  uint32_t issued_s = 0;   // since 1970
  uint32_t expires_s = 0;  // after issued_s
  uint32_t salt = 0;
  std::vector<Service> services;  // up to the first of an unknown type
  std::string signature;
  std::string info;  // what is signed

  // The first service of that type; null: none.
  const Service* Find(uint16_t type) const;
};

// Whether `token` claims to be one: begins with "007".
bool IsAccessToken2(std::string_view token);
// INVALID_ARGUMENT, RESOURCE_EXHAUSTED: not one, or too big. No message quotes
// the token.
absl::StatusOr<AccessToken2> ParseAccessToken2(std::string_view token);

enum class AccessToken2Check {
  kValid,
  kOtherApp,  // the app id is not that of the certificate
  kBadSignature,
  kExpired,
};
// `app_id` and `certificate` (32 characters) are of the app that the call is
// for. Good until issued + expires, that second excluded. A token issued in the
// future passes: clocks differ, and whoever signed it has the certificate.
AccessToken2Check CheckAccessToken2(const AccessToken2& token,
                                    std::string_view app_id,
                                    std::string_view certificate,
                                    const Instant& now);

// Who calls by a token that was checked: its CHAT service's live privilege.
struct ChatCaller {
  bool app = false;  // an app token: may do what the app may
  std::string user;  // of a user token
  // When the token or this privilege ends, in microseconds since 1970.
  int64_t until_us = 0;
};
// nullopt: no CHAT service, or its privilege ran out. REQUIRES: kValid.
std::optional<ChatCaller> ChatCallerOf(const AccessToken2& token,
                                       const Instant& now);

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_ACCESS_TOKEN2_H_
