#include <algorithm>
#include <array>
#include <charconv>

#include "base/json_writer.h"
#include "base/plain_json.h"
#include "base/time_text.h"
#include "policy/policy.h"
#include "policy/refusal.h"
#include "proxy/access_log.h"
#include "proxy/replay_record.h"

namespace headgate::proxy {
namespace {

// What a client or an upstream can make long is cut: a line has an end.
constexpr size_t kShortBytesMax = 256;
constexpr size_t kPathBytesMax = 2048;
constexpr size_t kDetailBytesMax = 512;

void AppendNumber(int64_t value, std::string* out) {
  std::array<char, 20> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out->append(digits.data(), end.ptr);
}

// A key with all that stands around it, `,"name":"`, made by the compiler.
template <size_t kBytes>
struct KeyText {
  consteval KeyText(const char (&name)[kBytes]) {
    text[0] = ',';
    text[1] = '"';
    std::copy_n(name, kBytes - 1, &text[2]);
    std::copy_n("\":\"", 3, &text[kBytes + 1]);
  }
  char text[kBytes + 4] = {};
};
// What stands before a string. Before another value its last byte, the quote,
// is left out; before the first member of an object its first one, the comma.
struct Key {
  std::string_view text;
};
template <KeyText kText>
consteval Key operator""_key() {
  return {{kText.text, sizeof kText.text}};
}

// One JSON object, written straight into the line: no writer object, no
// allocation.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string* out) : out_(out) { out_->push_back('{'); }

  void Text(Key key, std::string_view text, size_t bytes_max = kShortBytesMax) {
    text = text.substr(0, bytes_max);
    if (!IsPlainJson(text)) {
      AppendKey(BeforeValue(key));
      return AppendJsonString(text, out_);
    }
    AppendKey(key.text);
    out_->append(text);
    out_->push_back('"');
  }
  void TextIfAny(Key key, std::string_view text,
                 size_t bytes_max = kShortBytesMax) {
    if (!text.empty()) Text(key, text, bytes_max);
  }
  void Time(Key key, int64_t unix_us) {
    AppendKey(key.text);
    AppendTimeText(unix_us, kLogTimeDigits, out_);
    out_->push_back('"');
  }
  void Number(Key key, int64_t value) {
    AppendKey(BeforeValue(key));
    AppendNumber(value, out_);
  }
  void NumberIfAny(Key key, int64_t value) {
    if (value != 0) Number(key, value);
  }
  void TrueIf(Key key, bool value) {
    if (!value) return;
    AppendKey(BeforeValue(key));
    out_->append("true");
  }
  // An object inside; written to its End() before this one goes on.
  ObjectWriter Object(Key key) {
    AppendKey(BeforeValue(key));
    return ObjectWriter(out_);
  }
  // A whole value that is JSON already.
  void JsonIfAny(Key key, std::string_view json) {
    if (json.empty()) return;
    AppendKey(BeforeValue(key));
    out_->append(json);
  }
  void End() { out_->push_back('}'); }

 private:
  static std::string_view BeforeValue(Key key) {
    return key.text.substr(0, key.text.size() - 1);
  }
  void AppendKey(std::string_view text) {
    out_->append(text.substr(first_ ? 1 : 0));
    first_ = false;
  }

  std::string* out_;
  bool first_ = true;
};

void WriteRate(const policy::RateDecision& rate, ObjectWriter* line) {
  ObjectWriter object = line->Object("rate"_key);
  object.Number("limit"_key, rate.limit);
  object.Number("remaining"_key, rate.remaining);
  object.NumberIfAny("retry_after_us"_key, rate.retry_after_us);
  object.NumberIfAny("delay_us"_key, rate.delay_us);
  object.NumberIfAny("would_delay_us"_key, rate.would_delay_us);
  object.TrueIf("shadow_denied"_key, rate.would_deny);
  object.TrueIf("candidate_denied"_key, rate.candidate_denies);
  object.TrueIf("overflow"_key, rate.overflow);
  object.End();
}

void WriteDecision(const policy::Decision& decision, ObjectWriter* line) {
  line->Text("decision"_key, decision.allowed() ? "allow" : "deny");
  if (!decision.allowed()) {
    line->Text("refusal"_key, policy::RefusalName(decision.refusal));
    line->TextIfAny("rule"_key, decision.rule);
    line->TextIfAny("location"_key, decision.location);
    line->TextIfAny("reason"_key, decision.credentials_reason);
    if (decision.error != nullptr)
      line->Text("error"_key, decision.error->name);
  }
  if (decision.limited) WriteRate(decision.rate, line);
}

void WriteNames(const ExchangeRecord& record, ObjectWriter* line) {
  line->Text("request_id"_key, record.request_id);
  line->Text("peer"_key, record.peer);
  line->Text("method"_key, record.method);
  line->Text(
      "path"_key, record.path,
      record.replay.empty() ? kPathBytesMax : ReplayRecorder::kPathBytesMax);
  const policy::Decision* decision = record.decision;
  if (decision != nullptr && decision->service != nullptr) {
    line->Text("service"_key, decision->service->name);
  }
  if (decision != nullptr && decision->operation != nullptr) {
    line->Text("operation"_key, decision->operation->name);
  }
  line->TextIfAny("app"_key, record.app);
}

void WriteUpstream(const ExchangeRecord& record, ObjectWriter* line) {
  if (!record.upstream.empty()) {
    line->Text("upstream"_key, record.upstream);
    line->Number("upstream_status"_key, record.upstream_status);
    line->Number("retries"_key, record.retries);
  }
  line->TextIfAny("mapped"_key, record.mapped);
  line->TextIfAny("detail"_key, record.detail, kDetailBytesMax);
}

void WriteFigures(const ExchangeRecord& record, ObjectWriter* line) {
  const int64_t started_us = record.started.monotonic_us;
  line->Number("total_us"_key, record.ended.monotonic_us - started_us);
  if (record.decided_us > 0) {
    line->Number("decide_us"_key, record.decided_us - started_us);
  }
  if (record.upstream_started_us > 0 && record.upstream_ended_us > 0) {
    line->Number("upstream_us"_key,
                 record.upstream_ended_us - record.upstream_started_us);
  }
  line->Number("bytes_in"_key, record.bytes_in);
  line->Number("bytes_out"_key, record.bytes_out);
  line->TrueIf("aborted"_key, record.aborted);
}

}  // namespace

void AppendAccessLogLine(const ExchangeRecord& record, std::string* out) {
  ObjectWriter line(out);
  line.Time("time"_key, record.started.unix_us);
  WriteNames(record, &line);
  if (record.decision == nullptr) {
    line.Text("decision"_key, "none");
  } else {
    WriteDecision(*record.decision, &line);
  }
  line.Number("status"_key, record.status);
  line.TextIfAny("error"_key, record.error);
  line.TrueIf("local_reply"_key, record.local_reply);
  WriteUpstream(record, &line);
  WriteFigures(record, &line);
  line.JsonIfAny("replay"_key, record.replay);
  line.End();
  out->push_back('\n');
}

}  // namespace headgate::proxy
