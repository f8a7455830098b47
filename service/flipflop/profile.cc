#include "service/flipflop/profile.h"

#include <limits>
#include <string_view>

#include "base/json_reader.h"
#include "base/strings.h"
#include "service/flipflop/ksuid.h"

namespace headgate::service::flipflop {
namespace {

constexpr size_t kNoBound = std::numeric_limits<size_t>::max();

struct FieldRow {
  std::string_view key;
  Profile::Field Profile::*field;
  size_t bytes_max;
};

// The contract bounds the id by its charset's length, and opening a token
// begins with its own bound.
constexpr FieldRow kFields[] = {
    {"accessToken", &Profile::access_token, kNoBound},
    {"appUserId", &Profile::app_user_id, kNoBound},
    {"appUserName", &Profile::name, kNameBytesMax},
    {"appUserProfileImgUrl", &Profile::image_url, kImageUrlBytesMax},
};

Profile::Field ReadField(JsonValue body, std::string_view key) {
  Profile::Field field;
  const JsonValue value = body.Find(key);
  field.present = static_cast<bool>(value);
  if (value && value.is_string()) field.text = value.string();
  return field;
}

bool ApplyField(const Profile::Field& field, OnNull on_null,
                std::optional<std::string>* kept) {
  const bool means_something = field.text || on_null == OnNull::kClear;
  if (!field.present || !means_something || *kept == field.text) return false;
  *kept = field.text;
  return true;
}

}  // namespace

bool ReadProfile(Call* call, Profile* profile) {
  JsonReader reader;
  const JsonValue body = reader.Read(call->body);
  // An empty body is {}.
  if (!body || !body.is_object()) return true;
  for (const FieldRow& row : kFields) {
    Profile::Field& field = profile->*row.field;
    field = ReadField(body, row.key);
    if (!field.text || field.text->size() <= row.bytes_max) continue;
    call->Refuse("invalid_http_message_body");
    call->answer.detail =
        StrCat(row.key, " is longer than ", row.bytes_max, " bytes");
    return false;
  }
  return true;
}

bool HasUserId(const Profile& profile, Call* call) {
  if (profile.app_user_id.text) return true;
  call->answer.detail = "no appUserId";
  return call->Refuse("invalid_http_message_body");
}

Member NewMember(const Profile& profile, const Instant& now) {
  Member member;
  member.id = MakeKsuid(now);
  member.app_user_id = *profile.app_user_id.text;
  member.name = profile.name.text;
  member.image_url = profile.image_url.text;
  member.created_ms = member.modified_ms = now.unix_ms();
  return member;
}

bool ApplyProfile(const Profile& profile, OnNull on_null, Member* member) {
  const bool name_changed = ApplyField(profile.name, on_null, &member->name);
  const bool image_changed =
      ApplyField(profile.image_url, on_null, &member->image_url);
  return name_changed || image_changed;
}

}  // namespace headgate::service::flipflop
