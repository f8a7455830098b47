#include "service/tokens/claims.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/time/time.h"
#include "base/appender.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/plain_json.h"
#include "base/strings.h"
#include "base/time_text.h"

namespace headgate::service {
namespace {

struct Purpose {
  TokenKind kind;
  std::string_view name;
};
constexpr Purpose kPurposes[] = {
    {TokenKind::kAppAccess, "app-access"},
    {TokenKind::kUserAccess, "user-access"},
    {TokenKind::kMemberAccess, "member-access"},
    {TokenKind::kMemberRefresh, "member-refresh"},
    {TokenKind::kMemberStream, "member-stream"},
    {TokenKind::kMemberChat, "member-chat"},
    {TokenKind::kChatMember, "chat-member"},
    {TokenKind::kRoomMember, "room-member"},
};
static_assert(std::size(kPurposes) == kTokenKinds.size());

std::string ClaimedTime(int64_t unix_ms) {
  return TimeText(unix_ms, Milliseconds::kIfNotZero);
}

// RFC 3339, of any offset, from 1970 to 9999. Ours are read without absl, which
// takes longer than opening the token. What absl reads beyond the form does not
// begin so.
bool ReadTime(std::string_view text, absl::Time* time) {
  if (const std::optional<int64_t> ours = ReadTimeText(text)) {
    *time = absl::FromUnixMillis(*ours);
    return true;
  }
  if (text.size() < 20 || text.size() > 40 || HexDigit(text[0]) < 0 ||
      text[4] != '-') {
    return false;
  }
  return absl::ParseTime("%Y-%m-%d%ET%H:%M:%E*S%Ez", std::string(text), time,
                         nullptr) &&
         *time >= absl::UnixEpoch() &&
         *time < absl::FromUnixSeconds(kNeverExpires + 1);
}

bool ReadMilliseconds(std::string_view text, int64_t* out) {
  absl::Time time;
  if (!ReadTime(text, &time)) return false;
  *out = absl::ToUnixMillis(time);
  return true;
}

// A part of a second is cut off.
bool ReadSeconds(std::string_view text, int64_t* out) {
  absl::Time time;
  if (!ReadTime(text, &time)) return false;
  *out = absl::ToUnixSeconds(time);
  return true;
}

bool ReadKind(std::string_view text, TokenKind* out) {
  const std::optional<TokenKind> kind = TokenKindFromPurpose(text);
  if (kind) *out = *kind;
  return kind.has_value();
}

bool ReadText(std::string_view text, std::string* out) {
  *out = text;
  return !text.empty();
}

// A claim that every payload is searched for.
struct Registered {
  std::string_view name;
  bool required;
  bool (*read)(std::string_view text, TokenClaims* claims);
};
constexpr Registered kRegistered[] = {
    {"iss", true,
     [](std::string_view text, TokenClaims* claims) {
       return ReadText(text, &claims->issuer);
     }},
    {"typ", true,
     [](std::string_view text, TokenClaims* claims) {
       return ReadKind(text, &claims->kind);
     }},
    {"aud", true,
     [](std::string_view text, TokenClaims* claims) {
       return ReadText(text, &claims->audience);
     }},
    {"sub", false,
     [](std::string_view text, TokenClaims* claims) {
       return ReadText(text, &claims->subject);
     }},
    {"iat", true,
     [](std::string_view text, TokenClaims* claims) {
       return ReadMilliseconds(text, &claims->issued_ms);
     }},
    {"nbf", true,
     [](std::string_view text, TokenClaims* claims) {
       return ReadMilliseconds(text, &claims->not_before_ms);
     }},
    {"exp", true,
     [](std::string_view text, TokenClaims* claims) {
       return ReadSeconds(text, &claims->expires_s);
     }},
    {"jti", true,
     [](std::string_view text, TokenClaims* claims) {
       return ReadText(text, &claims->id);
     }},
};

bool ReadRegistered(JsonValue root, TokenClaims* claims) {
  return std::ranges::all_of(kRegistered, [&](const Registered& row) {
    const JsonValue value = root.Find(row.name);
    if (!value) return !row.required;
    return value.is_string() && row.read(value.string(), claims);
  });
}

bool IsRegistered(std::string_view name) {
  return std::ranges::any_of(
      kRegistered, [name](const Registered& row) { return row.name == name; });
}

bool ReadPermissions(JsonValue list, std::vector<std::string>* out) {
  if (!list.is_array()) return false;
  for (const JsonValue item : list.items()) {
    if (!item.is_string()) return false;
    out->emplace_back(item.string());
  }
  return true;
}

bool ReadNumbers(JsonValue list, std::vector<int64_t>* out) {
  if (!list.is_array()) return false;
  for (const JsonValue item : list.items()) {
    if (item.kind() != JsonValue::Kind::kInteger) return false;
    out->push_back(item.integer());
  }
  return true;
}

bool ReadTexts(JsonValue object, TokenClaims::Texts* out) {
  if (!object.is_object()) return false;
  for (const auto& [key, value] : object.members()) {
    if (!value.is_string()) return false;
    out->emplace_back(key, value.string());
  }
  return true;
}

// The family's own.
bool ReadMember(const JsonMember& member, TokenClaims* claims) {
  const auto& [name, value] = member;
  if (name == "permissions")
    return ReadPermissions(value, &claims->permissions);
  if (name == "permission_numbers") {
    return ReadNumbers(value, &claims->permission_numbers);
  }
  if (name == "metadata") return ReadTexts(value, &claims->metadata);
  if (value.is_string() && !IsRegistered(name)) {
    claims->texts.emplace_back(name, value.string());
  }
  return true;
}

// Of what is written.
constexpr size_t kUsualBytes = 512;

// Every token is written once and read often elsewhere: the frame is written as
// it stands, and only what comes from outside is looked at for escapes.
class ClaimsWriter {
 public:
  explicit ClaimsWriter(std::string* out) : out_(out, kUsualBytes) {}

  void Write(const TokenClaims& claims) {
    Text(R"({"iss":)", claims.issuer);
    Plain(R"(,"typ":)", TokenPurpose(claims.kind));
    Text(R"(,"aud":)", claims.audience);
    if (!claims.subject.empty()) Text(R"(,"sub":)", claims.subject);
    const std::string issued = ClaimedTime(claims.issued_ms);
    Plain(R"(,"iat":)", issued);
    const bool at_once = claims.not_before_ms == claims.issued_ms;
    Plain(R"(,"nbf":)", at_once ? issued : ClaimedTime(claims.not_before_ms));
    Plain(R"(,"exp":)", ClaimedTime(claims.expires_s * 1000));
    Text(R"(,"jti":)", claims.id);
    for (const auto& [name, text] : claims.texts) Member(",", name, text);
    Permissions(claims);
    Metadata(claims.metadata);
    out_.Add("}");
  }

 private:
  // `key` from the byte before it to the colon: `,"sub":`.
  void Text(std::string_view key, std::string_view text) {
    if (IsPlainJson(text)) return Plain(key, text);
    std::string escaped;
    AppendJsonString(text, &escaped);
    out_.Add(key, escaped);
  }
  // Of what needs no escape.
  void Plain(std::string_view key, std::string_view text) {
    out_.Add(key, "\"", text, "\"");
  }
  void Permissions(const TokenClaims& claims) {
    if (claims.permissions.empty()) return;
    std::string_view before = R"(,"permissions":[)";
    for (const std::string& name : claims.permissions) {
      Text(std::exchange(before, ","), name);
    }
    before = R"(],"permission_numbers":[)";
    for (const int64_t number : claims.permission_numbers) {
      out_.Add(std::exchange(before, ","), number);
    }
    out_.Add("]");
  }

  void Metadata(const TokenClaims::Texts& metadata) {
    if (metadata.empty()) return;
    std::string_view before = R"(,"metadata":{)";
    for (const auto& [name, text] : metadata) {
      Member(std::exchange(before, ","), name, text);
    }
    out_.Add("}");
  }
  void Member(std::string_view before, std::string_view name,
              std::string_view text) {
    Text(before, name);
    Text(":", text);
  }

  Appender out_;
};

}  // namespace

std::string_view TokenPurpose(TokenKind kind) {
  for (const Purpose& row : kPurposes) {
    if (row.kind == kind) return row.name;
  }
  return {};
}

std::optional<TokenKind> TokenKindFromPurpose(std::string_view purpose) {
  for (const Purpose& row : kPurposes) {
    if (row.name == purpose) return row.kind;
  }
  return std::nullopt;
}

std::string WriteClaims(const TokenClaims& claims) {
  std::string out;
  ClaimsWriter(&out).Write(claims);
  return out;
}

std::optional<TokenClaims> ReadClaims(std::string_view payload) {
  // Its buffers are worth keeping: every call reads one payload.
  thread_local JsonReader reader;
  const JsonValue root = reader.Read(payload);
  if (!root || !root.is_object()) return std::nullopt;
  TokenClaims claims;
  if (!ReadRegistered(root, &claims)) return std::nullopt;
  for (const JsonMember& member : root.members()) {
    if (!ReadMember(member, &claims)) return std::nullopt;
  }
  return claims;
}

std::string TokenAssertion(std::string_view issuer, TokenKind kind,
                           std::string_view audience) {
  return StrCat(issuer, "\n", TokenPurpose(kind), "\n", audience);
}

}  // namespace headgate::service
