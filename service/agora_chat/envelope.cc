#include "service/agora_chat/envelope.h"

#include <utility>
#include <vector>

#include "base/crypto.h"
#include "base/percent.h"
#include "base/plain_json.h"
#include "base/strings.h"
#include "service/uuid.h"

namespace headgate::service::agora_chat {
namespace {

// Each parameter of the query as an array of its values, in the order of their
// first coming.
void WriteParams(std::string_view query, JsonWriter* writer) {
  std::vector<std::pair<std::string, std::vector<std::string>>> params;
  for (const std::string_view parameter : Split(query, '&')) {
    const size_t equals = parameter.find('=');
    std::string name, value;
    if (parameter.empty() || !FormDecode(parameter.substr(0, equals), &name)) {
      continue;
    }
    if (equals != std::string_view::npos &&
        !FormDecode(parameter.substr(equals + 1), &value)) {
      continue;
    }
    auto at = params.begin();
    while (at != params.end() && at->first != name) ++at;
    if (at == params.end()) at = params.insert(at, {name, {}});
    at->second.push_back(value);
  }
  writer->Key("params");
  writer->StartObject();
  for (const auto& [name, values] : params) {
    writer->Key(name);
    writer->StartArray();
    for (const std::string& value : values) writer->String(value);
    writer->EndArray();
  }
  writer->EndObject();
}

void WriteNames(const Call& call, JsonWriter* writer) {
  const config::App& app = call.app->spec;
  writer->Member("action", AsciiLower(call.method));
  writer->Member("application", ApplicationUuid(*call.app));
  writer->Member("applicationName",
                 app.app_name.empty() ? app.app_id : app.app_name);
  writer->Member("organization", app.org_name);
  writer->Member("uri", call.url);
}

void WriteListMembers(const Call& call, const Envelope& envelope,
                      JsonWriter* writer) {
  if (!envelope.cursor.empty()) writer->Member("cursor", envelope.cursor);
  if (!envelope.count) return;
  writer->Member("count", *envelope.count);
  if (!call.sent_query.empty()) WriteParams(call.sent_query, writer);
}

void WriteEmptyArray(JsonWriter& writer) {
  writer.StartArray();
  writer.EndArray();
}

}  // namespace

std::string ApplicationUuid(const policy::CompiledApp& app) {
  return UuidOf(StrCat("agora-chat application ", app.app_key));
}

bool ReplyBoth(Call& call, const Envelope& envelope, WriteJson entities,
               WriteJson data) {
  std::string& body = call.answer.body;
  body.clear();
  JsonWriter writer(&body);
  writer.StartObject();
  WriteNames(call, &writer);
  if (!envelope.path.empty()) writer.Member("path", envelope.path);
  writer.Key("entities");
  entities(writer);
  writer.Key("data");
  data(writer);
  WriteListMembers(call, envelope, &writer);
  writer.EndObject();
  body.pop_back();  // the loop closes it, with the time that it took
  call.answer.timed = true;
  return true;
}

bool Reply(Call& call, const Envelope& envelope, WriteJson write) {
  return envelope.entities ? ReplyBoth(call, envelope, write, WriteEmptyArray)
                           : ReplyBoth(call, envelope, WriteEmptyArray, write);
}

void ReplyNames(Call& call, const std::vector<std::string>& names) {
  const auto count = static_cast<int64_t>(names.size());
  Reply(call, {.count = count}, [&](JsonWriter& writer) {
    writer.StartArray();
    for (const std::string& name : names) writer.String(name);
    writer.EndArray();
  });
}

void WriteAffiliation(std::string_view role, std::string_view user,
                      JsonWriter* writer) {
  // A list has a thousand of them, and no name of the contract needs an escape.
  if (IsPlainJson(user)) {
    return writer->Raw(StrCat("{\"", role, "\":\"", user, "\"}"));
  }
  writer->StartObject();
  writer->Member(role, user);
  writer->EndObject();
}

}  // namespace headgate::service::agora_chat
