#include "policy/access_token2.h"

#include <algorithm>
#include <utility>

#include "base/crypto.h"

namespace headgate::policy {
namespace {

constexpr std::string_view kVersion = "007";
constexpr size_t kSignatureBytes = 32;
constexpr size_t kAppIdBytes = 32;

// Takes little-endian integers and length-prefixed texts off the front. After
// a failure every further read fails too, so that it is asked for once.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  std::string_view rest() const { return bytes_; }

  template <typename T>
  T Integer() {
    const std::string_view bytes = Bytes(sizeof(T));
    uint64_t value = 0;
    for (size_t i = bytes.size(); i > 0; --i) {
      value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
    }
    return static_cast<T>(value);
  }
  std::string_view Text() { return Bytes(Integer<uint16_t>()); }

 private:
  std::string_view Bytes(size_t count) {
    ok_ = ok_ && count <= bytes_.size();
    if (!ok_) return std::string_view();
    const std::string_view bytes = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return bytes;
  }

  std::string_view bytes_;
  bool ok_ = true;
};

// Which texts a service of `type` ends with.
struct ServiceShape {
  uint16_t type;
  bool channel, user, role;
};
constexpr ServiceShape kShapes[] = {
    {AccessToken2::kRtc, true, true, false},
    {AccessToken2::kRtm, false, true, false},
    {AccessToken2::kFpa, false, false, false},
    {AccessToken2::kChat, false, true, false},
    {AccessToken2::kApaas, true, true, true},
};

const ServiceShape* FindShape(uint16_t type) {
  for (const ServiceShape& shape : kShapes) {
    if (shape.type == type) return &shape;
  }
  return nullptr;
}

AccessToken2::Service ReadService(const ServiceShape& shape, Reader* reader) {
  AccessToken2::Service service;
  service.type = shape.type;
  const uint16_t privileges = reader->Integer<uint16_t>();
  for (uint16_t i = 0; i < privileges && reader->ok(); ++i) {
    AccessToken2::Privilege privilege;
    privilege.id = reader->Integer<uint16_t>();
    privilege.expires_s = reader->Integer<uint32_t>();
    service.privileges.push_back(privilege);
  }
  if (shape.channel) service.channel = reader->Text();
  if (shape.user) service.user = reader->Text();
  if (shape.role) service.role = reader->Integer<int16_t>();
  return service;
}

// False: cut off, or something follows the last service.
bool ReadInfo(AccessToken2* token) {
  Reader reader(token->info);
  token->app_id = reader.Text();
  token->issued_s = reader.Integer<uint32_t>();
  token->expires_s = reader.Integer<uint32_t>();
  token->salt = reader.Integer<uint32_t>();
  const uint16_t services = reader.Integer<uint16_t>();
  if (token->app_id.size() != kAppIdBytes) return false;
  for (uint16_t i = 0; i < services && reader.ok(); ++i) {
    const ServiceShape* shape = FindShape(reader.Integer<uint16_t>());
    if (shape == nullptr) return reader.ok();
    token->services.push_back(ReadService(*shape, &reader));
  }
  return reader.ok() && reader.rest().empty();
}

std::string LittleEndian(uint32_t value) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) {
    bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  }
  return bytes;
}

// In microseconds since 1970.
int64_t End(const AccessToken2& token, uint32_t expires_s) {
  // 64 bits: the sum of two 32-bit times may be more.
  return (int64_t{token.issued_s} + int64_t{expires_s}) * 1000000;
}

bool Alive(const AccessToken2& token, uint32_t expires_s, const Instant& now) {
  return now.unix_us < End(token, expires_s);
}

absl::Status NotAToken(const char* why) {
  return absl::InvalidArgumentError(why);
}

}  // namespace

const AccessToken2::Service* AccessToken2::Find(uint16_t type) const {
  for (const Service& service : services) {
    if (service.type == type) return &service;
  }
  return nullptr;
}

bool IsAccessToken2(std::string_view token) {
  return token.starts_with(kVersion);
}

absl::StatusOr<AccessToken2> ParseAccessToken2(std::string_view token) {
  if (!IsAccessToken2(token)) return NotAToken("not of version 007");
  if (token.size() > kAccessToken2BytesMax) {
    return absl::ResourceExhaustedError("the token is too long");
  }
  token.remove_prefix(kVersion.size());
  const std::optional<std::string> packed =
      Base64Decode(token, Base64Alphabet::kStandard);
  if (!packed) return NotAToken("not base64");
  const absl::StatusOr<std::string> content =
      Inflate(*packed, kAccessToken2InflatedMax);
  if (!content.ok()) return content.status();
  Reader reader(*content);
  AccessToken2 parsed;
  parsed.signature = reader.Text();
  parsed.info = reader.rest();
  if (!reader.ok() || parsed.signature.size() != kSignatureBytes) {
    return NotAToken("no signature of 32 bytes");
  }
  if (!ReadInfo(&parsed))
    return NotAToken("the content is cut off or too long");
  return parsed;
}

AccessToken2Check CheckAccessToken2(const AccessToken2& token,
                                    std::string_view app_id,
                                    std::string_view certificate,
                                    const Instant& now) {
  if (token.app_id != app_id) return AccessToken2Check::kOtherApp;
  // Anybody can sign with the empty certificate of an app that has none.
  if (certificate.empty()) return AccessToken2Check::kBadSignature;
  const Sha256Digest first =
      HmacSha256(LittleEndian(token.issued_s), certificate);
  const Sha256Digest key = HmacSha256(LittleEndian(token.salt), AsBytes(first));
  const Sha256Digest signature = HmacSha256(AsBytes(key), token.info);
  if (!ConstantTimeEquals(AsBytes(signature), token.signature)) {
    return AccessToken2Check::kBadSignature;
  }
  return Alive(token, token.expires_s, now) ? AccessToken2Check::kValid
                                            : AccessToken2Check::kExpired;
}

std::optional<ChatCaller> ChatCallerOf(const AccessToken2& token,
                                       const Instant& now) {
  const AccessToken2::Service* chat = token.Find(AccessToken2::kChat);
  if (chat == nullptr) return std::nullopt;
  for (const AccessToken2::Privilege& privilege : chat->privileges) {
    if (!Alive(token, privilege.expires_s, now)) continue;
    // An app token has an empty user, a user token has one.
    const bool app = chat->user.empty();
    const uint16_t wanted =
        app ? AccessToken2::kChatApp : AccessToken2::kChatUser;
    if (privilege.id != wanted) continue;
    return ChatCaller{.app = app,
                      .user = chat->user,
                      .until_us = std::min(End(token, token.expires_s),
                                           End(token, privilege.expires_s))};
  }
  return std::nullopt;
}

}  // namespace headgate::policy
