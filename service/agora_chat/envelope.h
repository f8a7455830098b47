// agora-chat's success envelope: what every answer but a token's carries around
// its data (contract page "agora-chat", "Common").
//
//   {"action":"post","application":UUID,"applicationName":"chat",
//    "organization":"acme","uri":"http://.../users/bob","entities":[],
//    "data":...,"timestamp":MS,"duration":MS}
//
// Lists have `count` and, where a query was sent, `params` too.
#ifndef HEADGATE_SERVICE_AGORA_CHAT_ENVELOPE_H_
#define HEADGATE_SERVICE_AGORA_CHAT_ENVELOPE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "base/json_writer.h"
#include "service/call.h"

namespace headgate::service::agora_chat {

// The app's UUID: made from its key, so that it is the same for ever.
std::string ApplicationUuid(const policy::CompiledApp& app);

using WriteJson = absl::FunctionRef<void(JsonWriter&)>;

struct Envelope {
  std::optional<int64_t> count;  // of a list
  std::string cursor;            // of a list with more to come
  std::string path;              // "/users", of answers with entities
  bool entities = false;         // `write` fills `entities`, not `data`
};

// The call's answer becomes the envelope around what `write` writes: one JSON
// value. Returns true, so that a write handler may return it.
bool Reply(Call& call, const Envelope& envelope, WriteJson write);
inline bool Reply(Call& call, WriteJson write) {
  return Reply(call, Envelope(), write);
}
// The envelope with both: entities, and data of its own.
bool ReplyBoth(Call& call, const Envelope& envelope, WriteJson entities,
               WriteJson data);

// A list of names: ["amy","bob"], with its count.
void ReplyNames(Call& call, const std::vector<std::string>& names);
// {"owner":"amy"}
void WriteAffiliation(std::string_view role, std::string_view user,
                      JsonWriter* writer);

}  // namespace headgate::service::agora_chat

#endif  // HEADGATE_SERVICE_AGORA_CHAT_ENVELOPE_H_
