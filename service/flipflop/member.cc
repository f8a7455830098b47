#include "service/flipflop/member.h"

#include "base/time_text.h"

namespace headgate::service::flipflop {
namespace {

constexpr std::string_view kActive = "ACTIVE";  // the only state there is

std::optional<std::string> TextAt(JsonValue record, std::string_view key) {
  const JsonValue value = record.Find(key);
  if (!value || !value.is_string()) return std::nullopt;
  return std::string(value.string());
}

int64_t IntegerAt(JsonValue record, std::string_view key) {
  const JsonValue value = record.Find(key);
  const bool is_integer = value && value.kind() == JsonValue::Kind::kInteger;
  return is_integer ? value.integer() : 0;
}

}  // namespace

std::string EncodeMember(const Member& member) {
  std::string record;
  JsonWriter writer(&record);
  writer.StartObject();
  writer.Member("id", member.id);
  WriteText("name", member.name, &writer);
  WriteText("image", member.image_url, &writer);
  writer.Member("created", member.created_ms);
  writer.Member("modified", member.modified_ms);
  writer.EndObject();
  return record;
}

std::optional<Member> DecodeMember(std::string_view app_user_id,
                                   std::string_view record,
                                   JsonReader* reader) {
  const JsonValue root = reader->Read(record);
  if (!root || !root.is_object()) return std::nullopt;
  Member member;
  member.id = TextAt(root, "id").value_or("");
  member.app_user_id = app_user_id;
  member.name = TextAt(root, "name");
  member.image_url = TextAt(root, "image");
  member.created_ms = IntegerAt(root, "created");
  member.modified_ms = IntegerAt(root, "modified");
  return member;
}

const std::string& AppIdOf(const policy::CompiledApp& app) {
  return app.spec.app_id.empty() ? app.name : app.spec.app_id;
}

void WriteMember(const Member& member, const policy::CompiledApp& app,
                 JsonWriter* writer) {
  writer->StartObject();
  writer->Member("id", member.id);
  writer->Member("state", kActive);
  writer->Key("app");
  writer->StartObject();
  writer->Member("id", AppIdOf(app));
  writer->Member("state", kActive);
  writer->Member("name", app.name);
  writer->EndObject();
  writer->Member("appUserId", member.app_user_id);
  WriteText("appUserName", member.name, writer);
  WriteText("appUserProfileImgUrl", member.image_url, writer);
  writer->Member("createdAt", FormatTime(member.created_ms));
  writer->Member("lastModifiedAt", FormatTime(member.modified_ms));
  writer->EndObject();
}

void WriteText(std::string_view key, const std::optional<std::string>& text,
               JsonWriter* writer) {
  writer->Key(key);
  if (text) {
    writer->String(*text);
  } else {
    writer->Null();
  }
}

std::string FormatTime(int64_t unix_ms) {
  return TimeText(unix_ms, Milliseconds::kAlways);
}

}  // namespace headgate::service::flipflop
