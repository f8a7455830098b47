#include <array>
#include <charconv>
#include <chrono>

#include "base/json_writer.h"
#include "policy/policy.h"
#include "policy/refusal.h"
#include "proxy/access_log.h"

namespace headgate::proxy {
namespace {

// What a client or an upstream can make long is cut: a line has an end.
constexpr size_t kShortBytesMax = 256;
constexpr size_t kPathBytesMax = 2048;
constexpr size_t kDetailBytesMax = 512;

// Bytes that may stand in a JSON string as they are.
constexpr std::array<bool, 256> BuildPlain() {
  std::array<bool, 256> plain{};
  for (size_t c = 0x20; c < 0x7f; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}
constexpr std::array<bool, 256> kPlain = BuildPlain();

bool IsPlain(std::string_view text) {
  for (unsigned char c : text) {
    if (!kPlain[c]) return false;
  }
  return true;
}

void AppendNumber(int64_t value, std::string* out) {
  std::array<char, 20> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out->append(digits.data(), end.ptr);
}

// Two or more digits, with leading zeros.
void AppendPadded(int64_t value, int width, std::string* out) {
  std::array<char, 20> digits;
  for (int i = width; i > 0; --i) {
    digits[static_cast<size_t>(i - 1)] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out->append(digits.data(), static_cast<size_t>(width));
}

// RFC 3339 with microseconds, UTC.
void AppendTime(int64_t unix_us, std::string* out) {
  namespace chrono = std::chrono;
  const chrono::sys_time<chrono::microseconds> time{
      chrono::microseconds(unix_us)};
  const auto day = chrono::floor<chrono::days>(time);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(time - day);
  AppendPadded(static_cast<int>(date.year()), 4, out);
  out->push_back('-');
  AppendPadded(static_cast<unsigned>(date.month()), 2, out);
  out->push_back('-');
  AppendPadded(static_cast<unsigned>(date.day()), 2, out);
  out->push_back('T');
  AppendPadded(clock.hours().count(), 2, out);
  out->push_back(':');
  AppendPadded(clock.minutes().count(), 2, out);
  out->push_back(':');
  AppendPadded(clock.seconds().count(), 2, out);
  out->push_back('.');
  AppendPadded(clock.subseconds().count(), 6, out);
  out->push_back('Z');
}

// One JSON object, written straight into the line: no writer object, no
// allocation. Keys are ours and need no escapes.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string* out) : out_(out) { out_->push_back('{'); }

  void Key(std::string_view key) {
    if (!first_) out_->push_back(',');
    first_ = false;
    out_->push_back('"');
    out_->append(key);
    out_->append("\":");
  }
  void Text(std::string_view key, std::string_view text,
            size_t bytes_max = kShortBytesMax) {
    Key(key);
    text = text.substr(0, bytes_max);
    if (!IsPlain(text)) return AppendJsonString(text, out_);
    out_->push_back('"');
    out_->append(text);
    out_->push_back('"');
  }
  void TextIfAny(std::string_view key, std::string_view text,
                 size_t bytes_max = kShortBytesMax) {
    if (!text.empty()) Text(key, text, bytes_max);
  }
  void Number(std::string_view key, int64_t value) {
    Key(key);
    AppendNumber(value, out_);
  }
  void NumberIfAny(std::string_view key, int64_t value) {
    if (value != 0) Number(key, value);
  }
  void TrueIf(std::string_view key, bool value) {
    if (!value) return;
    Key(key);
    out_->append("true");
  }
  void End() { out_->push_back('}'); }
  std::string* out() { return out_; }

 private:
  std::string* out_;
  bool first_ = true;
};

void WriteRate(const policy::RateDecision& rate, ObjectWriter* line) {
  line->Key("rate");
  ObjectWriter object(line->out());
  object.Number("limit", rate.limit);
  object.Number("remaining", rate.remaining);
  object.NumberIfAny("retry_after_us", rate.retry_after_us);
  object.NumberIfAny("delay_us", rate.delay_us);
  object.NumberIfAny("would_delay_us", rate.would_delay_us);
  object.TrueIf("shadow_denied", rate.would_deny);
  object.TrueIf("candidate_denied", rate.candidate_denies);
  object.TrueIf("overflow", rate.overflow);
  object.End();
}

void WriteDecision(const policy::Decision& decision, ObjectWriter* line) {
  line->Text("decision", decision.allowed() ? "allow" : "deny");
  if (!decision.allowed()) {
    line->Text("refusal", policy::RefusalName(decision.refusal));
    line->TextIfAny("rule", decision.rule);
    line->TextIfAny("location", decision.location);
    if (decision.error != nullptr) line->Text("error", decision.error->name);
  }
  if (decision.limited) WriteRate(decision.rate, line);
}

void WriteNames(const ExchangeRecord& record, ObjectWriter* line) {
  line->Text("request_id", record.request_id);
  line->Text("peer", record.peer);
  line->Text("method", record.method);
  line->Text("path", record.path, kPathBytesMax);
  const policy::Decision* decision = record.decision;
  if (decision != nullptr && decision->service != nullptr) {
    line->Text("service", decision->service->name);
  }
  if (decision != nullptr && decision->operation != nullptr) {
    line->Text("operation", decision->operation->name);
  }
  line->TextIfAny("app", record.app);
}

void WriteUpstream(const ExchangeRecord& record, ObjectWriter* line) {
  if (!record.upstream.empty()) {
    line->Text("upstream", record.upstream);
    line->Number("upstream_status", record.upstream_status);
    line->Number("retries", record.retries);
  }
  line->TextIfAny("mapped", record.mapped);
  line->TextIfAny("detail", record.detail, kDetailBytesMax);
}

void WriteFigures(const ExchangeRecord& record, ObjectWriter* line) {
  const int64_t started_us = record.started.monotonic_us;
  line->Number("total_us", record.ended.monotonic_us - started_us);
  if (record.decided_us > 0) {
    line->Number("decide_us", record.decided_us - started_us);
  }
  if (record.upstream_started_us > 0 && record.upstream_ended_us > 0) {
    line->Number("upstream_us",
                 record.upstream_ended_us - record.upstream_started_us);
  }
  line->Number("bytes_in", record.bytes_in);
  line->Number("bytes_out", record.bytes_out);
  line->TrueIf("aborted", record.aborted);
}

}  // namespace

void AppendAccessLogLine(const ExchangeRecord& record, std::string* out) {
  ObjectWriter line(out);
  line.Key("time");
  out->push_back('"');
  AppendTime(record.started.unix_us, out);
  out->push_back('"');
  WriteNames(record, &line);
  if (record.decision == nullptr) {
    line.Text("decision", "none");
  } else {
    WriteDecision(*record.decision, &line);
  }
  line.Number("status", record.status);
  line.TrueIf("local_reply", record.local_reply);
  WriteUpstream(record, &line);
  WriteFigures(record, &line);
  line.End();
  out->push_back('\n');
}

}  // namespace headgate::proxy
