// A member of an app: what the store keeps of it, and what a client sees.
//
// The record is compact JSON under the member's appUserId, times in
// milliseconds since 1970:
//
//   {"id":"2Mw...","name":"Ann","image":null,"created":1763766000012,
//    "modified":1763766000012}
//
// A plain value.
#ifndef HEADGATE_SERVICE_FLIPFLOP_MEMBER_H_
#define HEADGATE_SERVICE_FLIPFLOP_MEMBER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "policy/policy.h"

namespace headgate::service::flipflop {

struct Member {
  std::string id;           // made here: a KSUID
  std::string app_user_id;  // the app's own name for it
  std::optional<std::string> name;
  std::optional<std::string> image_url;
  int64_t created_ms = 0;  // since 1970
  int64_t modified_ms = 0;
};

std::string EncodeMember(const Member& member);
// nullopt: `record` is not one of ours. `reader` is used for it.
std::optional<Member> DecodeMember(std::string_view app_user_id,
                                   std::string_view record, JsonReader* reader);

// The app's id as answers and tokens show it: `app_id`, or its name where the
// operator gave it no id.
const std::string& AppIdOf(const policy::CompiledApp& app);

// {"id","state","app":{...},"appUserId",...}, the documented object.
void WriteMember(const Member& member, const policy::CompiledApp& app,
                 JsonWriter* writer);
// The member's text, or null.
void WriteText(std::string_view key, const std::optional<std::string>& text,
               JsonWriter* writer);

// ISO 8601, UTC: "2023-11-14T22:13:20.000Z".
std::string FormatTime(int64_t unix_ms);

}  // namespace headgate::service::flipflop

#endif  // HEADGATE_SERVICE_FLIPFLOP_MEMBER_H_
