// One line of the access log as a call that can be decided again:
//
//   {"time":"2026-01-01T00:00:00.000042Z",...,"replay":{...}} -> ReplayCall
//
// The line is read strictly: it must be what proxy/access_log.h writes, though
// keys that are not looked at may be anything. docs/access_log.md explains the
// keys.
//
// Pure; one CallReader for a thread, since it keeps its buffers.
#ifndef HEADGATE_CLI_REPLAY_CALL_H_
#define HEADGATE_CLI_REPLAY_CALL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "policy/recorded_credentials.h"

namespace headgate::cli {

struct ReplayCall {
  size_t log = 0;          // which one, the caller's
  int64_t line = 0;        // of the log, from 1; the caller's
  int64_t started_us = 0;  // unix: the line's `time`
  int64_t decided_us = 0;  // unix: when its head was decided, and it counted
  std::string request_id, method, path;
  std::string service, operation, app;  // names; empty: none
  bool allowed = false;                 // as it was then
  std::string rule;                     // that denied it then

  bool path_cut = false;
  std::string query;  // what was kept of it
  int64_t query_more = 0;
  bool query_cut = false;

  policy::RecordedCredentials credentials;  // its views are of the two below
  std::string key_label, reason;

  enum class Body {
    kNone,
    kJson,      // `body`: what was kept of it, as JSON
    kText,      // `body`: the text that stands for an empty one
    kNotJson,   // it was no JSON
    kUnread,    // refused or broken before it was whole
    kTooLarge,  // to be kept
  };
  Body body_state = Body::kNone;
  std::string body;
  bool other_media_type = false;  // clearly none of JSON
};

class CallReader {
 public:
  enum class Found {
    kCall,
    kNotDecided,  // no policy had a say: it could not be read, we drained, ...
    kNoRecord,    // written without `replay`: it cannot be decided again
    kCutLine,     // the beginning of a line
    kNoLine,      // no line of the access log: error() says why
  };
  // `call` keeps its buffers.
  Found Read(std::string_view line, ReplayCall* call);
  const std::string& error() const { return error_; }

 private:
  bool ReadLine(JsonValue root, ReplayCall* call);
  bool ReadReplay(JsonValue replay, ReplayCall* call);
  bool ReadCredentials(JsonValue replay, ReplayCall* call);
  bool ReadBody(JsonValue replay, ReplayCall* call);
  bool Text(JsonValue object, std::string_view key, std::string* text);
  bool Number(JsonValue object, std::string_view key, int64_t* number);
  bool Flag(JsonValue object, std::string_view key, bool* flag);
  bool Wrong(std::string_view key, std::string_view expected);

  JsonReader reader_;
  std::string scratch_;
  JsonWriter writer_{&scratch_};
  std::string error_;
};

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_REPLAY_CALL_H_
