#include "cli/replay/call.h"

#include <array>

#include "base/strings.h"
#include "base/time_text.h"
#include "proxy/access_log.h"

namespace headgate::cli {
namespace {

using Found = CallReader::Found;
using policy::RecordedCredentials;

constexpr std::string_view kLineBegins = "{\"time\":\"";
// Years that fit into 64 bits of microseconds, with room for sums.
constexpr int64_t kAtUsMax = int64_t{24} * 3600 * 1'000'000;

// The value behind a name; -1: no such name.
template <size_t kSize>
int IndexOf(const std::array<std::string_view, kSize>& names,
            std::string_view name) {
  for (size_t i = 0; i < kSize; ++i) {
    if (names[i] == name) return static_cast<int>(i);
  }
  return -1;
}

// In the order of RecordedCredentials::Scheme and Result, ReplayCall::Body.
constexpr std::array<std::string_view, 4> kSchemes = {"", "bearer", "basic",
                                                      "other"};
constexpr std::array<std::string_view, 6> kResults = {
    "", "missing", "malformed", "present", "good", "bad"};
constexpr std::array<std::string_view, 6> kBodies = {
    "none", "", "", "not_json", "unread", "too_large"};

}  // namespace

bool CallReader::Wrong(std::string_view key, std::string_view expected) {
  error_ = StrCat("\"", key, "\" must be ", expected);
  return false;
}

// A member that is absent leaves `*text` empty, `*number` 0, `*flag` false.
bool CallReader::Text(JsonValue object, std::string_view key,
                      std::string* text) {
  text->clear();
  const JsonValue value = object.Find(key);
  if (!value) return true;
  if (!value.is_string()) return Wrong(key, "a text");
  *text = value.string();
  return true;
}

bool CallReader::Number(JsonValue object, std::string_view key,
                        int64_t* number) {
  *number = 0;
  const JsonValue value = object.Find(key);
  if (!value) return true;
  if (value.kind() != JsonValue::Kind::kInteger || value.integer() < 0) {
    return Wrong(key, "a number from 0");
  }
  *number = value.integer();
  return true;
}

bool CallReader::Flag(JsonValue object, std::string_view key, bool* flag) {
  const JsonValue value = object.Find(key);
  *flag = value && value.kind() == JsonValue::Kind::kBoolean && value.boolean();
  return !value || value.kind() == JsonValue::Kind::kBoolean ||
         Wrong(key, "true or false");
}

Found CallReader::Read(std::string_view line, ReplayCall* call) {
  const JsonValue root = reader_.Read(line);
  if (!root || !root.is_object()) {
    // A full disk cuts a line, and the log goes on with a new one.
    const std::string_view begin = line.substr(0, kLineBegins.size());
    if (!root && kLineBegins.starts_with(begin)) return Found::kCutLine;
    error_ = root ? "not an object" : StrCat("not JSON: ", reader_.error());
    return Found::kNoLine;
  }
  if (!ReadLine(root, call)) return Found::kNoLine;
  const JsonValue replay = root.Find("replay");
  if (!replay) {
    return root.Find("decide_us") ? Found::kNoRecord : Found::kNotDecided;
  }
  if (!replay.is_object()) Wrong("replay", "an object");
  return replay.is_object() && ReadReplay(replay, call) ? Found::kCall
                                                        : Found::kNoLine;
}

bool CallReader::ReadLine(JsonValue root, ReplayCall* call) {
  std::string time, decision;
  if (!Text(root, "time", &time) || !Text(root, "decision", &decision) ||
      !Text(root, "request_id", &call->request_id) ||
      !Text(root, "method", &call->method) ||
      !Text(root, "path", &call->path) ||
      !Text(root, "service", &call->service) ||
      !Text(root, "operation", &call->operation) ||
      !Text(root, "app", &call->app) || !Text(root, "rule", &call->rule) ||
      !Text(root, "reason", &call->reason)) {
    return false;
  }
  const std::optional<int64_t> started_us =
      ReadTimeTextUs(time, proxy::kLogTimeDigits);
  if (!started_us) {
    return Wrong("time", "a time as 2026-01-01T00:00:00.000000Z");
  }
  if (decision != "allow" && decision != "deny" && decision != "none") {
    return Wrong("decision", "allow, deny or none");
  }
  call->started_us = *started_us;
  call->allowed = decision == "allow";
  return true;
}

bool CallReader::ReadReplay(JsonValue replay, ReplayCall* call) {
  int64_t at_us = 0;
  if (!Number(replay, "at_us", &at_us) ||
      !Text(replay, "query", &call->query) ||
      !Number(replay, "query_more", &call->query_more) ||
      !Flag(replay, "query_cut", &call->query_cut) ||
      !Flag(replay, "path_cut", &call->path_cut)) {
    return false;
  }
  if (at_us > kAtUsMax) return Wrong("at_us", "at most a day");
  call->decided_us = call->started_us + at_us;
  return ReadCredentials(replay, call) && ReadBody(replay, call);
}

bool CallReader::ReadCredentials(JsonValue replay, ReplayCall* call) {
  std::string scheme, result;
  if (!Text(replay, "scheme", &scheme) ||
      !Text(replay, "credentials", &result) ||
      !Text(replay, "key", &call->key_label)) {
    return false;
  }
  const int scheme_index = IndexOf(kSchemes, scheme);
  const int result_index = IndexOf(kResults, result);
  if (scheme_index < 0) return Wrong("scheme", "bearer, basic or other");
  if (result_index < 0) {
    return Wrong("credentials", "missing, malformed, present, good or bad");
  }
  call->credentials.scheme =
      static_cast<RecordedCredentials::Scheme>(scheme_index);
  call->credentials.result =
      static_cast<RecordedCredentials::Result>(result_index);
  return true;
}

bool CallReader::ReadBody(JsonValue replay, ReplayCall* call) {
  std::string type, state;
  if (!Text(replay, "body_type", &type) || !Text(replay, "body_is", &state) ||
      !Text(replay, "body_text", &call->body)) {
    return false;
  }
  if (!type.empty() && type != "other") return Wrong("body_type", "other");
  call->other_media_type = !type.empty();
  const JsonValue kept = replay.Find("body");
  if (kept) {
    scratch_.clear();
    writer_.Reset(&scratch_);
    writer_.Value(kept);
    call->body = scratch_;
    call->body_state = ReplayCall::Body::kJson;
    return true;
  }
  if (replay.Find("body_text")) {
    call->body_state = ReplayCall::Body::kText;
    return true;
  }
  const int index = state.empty() ? 0 : IndexOf(kBodies, state);
  if (index < 0) {
    return Wrong("body_is", "none, not_json, unread or too_large");
  }
  call->body_state = static_cast<ReplayCall::Body>(index);
  return true;
}

}  // namespace headgate::cli
