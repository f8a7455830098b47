#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/json_reader.h"
#include "policy/policy.h"
#include "proxy/access_log.h"

namespace headgate::proxy {
namespace {

using ::testing::HasSubstr;

std::string LineOf(const ExchangeRecord& record) {
  std::string line;
  AppendAccessLogLine(record, &line);
  return line;
}

// What proxy/replay_record.h makes, with every key.
constexpr char kReplay[] =
    R"({"at_us":4,"scheme":"bearer","credentials":"good","key":"3fa29c01",)"
    R"("query":"page=1","query_more":1,"query_cut":true,"path_cut":true,)"
    R"("body_is":"none","body_text":"''","body_type":"other","body":[7]})";

// A record with everything set, and all that it views.
struct Full {
  Full() {
    service.name = "agora-chat";
    operation.name = "create_token";
    error.name = "reach_limit";
    decision.service = &service;
    decision.operation = &operation;
    decision.outcome = policy::Decision::Outcome::kDeny;
    decision.refusal = policy::Refusal::kRate;
    decision.rule = "agora-chat.limits.default";
    decision.location = "usernames[3]";
    decision.error = &error;
    decision.limited = true;
    decision.rate.limit = 100;
    decision.rate.remaining = 7;
    decision.rate.retry_after_us = 9000;
    decision.rate.delay_us = 4;
    decision.rate.would_delay_us = 5;
    decision.rate.would_deny = true;
    decision.rate.candidate_denies = true;
    decision.rate.overflow = true;
    // Secrets and what clients send: none of it may be shown.
    decision.app_key = "SECRET-key";
    decision.query = "token=SECRET-query";
    decision.body = "SECRET-body";
    decision.value = "SECRET-value";
    record.started = {.monotonic_us = 1000, .unix_us = 1'767'225'600'000'042};
    record.ended = {.monotonic_us = 4000, .unix_us = 0};
    record.decided_us = 1100;
    record.upstream_started_us = 1200;
    record.upstream_ended_us = 3900;
    record.request_id = "req-1";
    record.peer = "127.0.0.1:40312";
    record.method = "POST";
    record.path = "/acme/chat/token";
    record.app = "acme#chat";
    record.decision = &decision;
    record.status = 429;
    record.local_reply = true;
    record.upstream = "http://127.0.0.1:9001";
    record.upstream_status = 200;
    record.retries = 1;
    record.mapped = "content_type";
    record.detail = "text/html";
    record.bytes_in = 120;
    record.bytes_out = 345;
    record.aborted = true;
    record.replay = kReplay;
  }
  policy::CompiledService service;
  policy::CompiledOperation operation;
  policy::CatalogueError error;
  policy::Decision decision;
  ExchangeRecord record;
};

TEST(AccessLogLineTest, ShowsTheWholeExchange) {
  const Full full;
  EXPECT_EQ(
      LineOf(full.record),
      R"({"time":"2026-01-01T00:00:00.000042Z","request_id":"req-1",)"
      R"("peer":"127.0.0.1:40312","method":"POST","path":"/acme/chat/token",)"
      R"("service":"agora-chat","operation":"create_token",)"
      R"("app":"acme#chat","decision":"deny","refusal":"rate",)"
      R"("rule":"agora-chat.limits.default","location":"usernames[3]",)"
      R"("error":"reach_limit","rate":{"limit":100,"remaining":7,)"
      R"("retry_after_us":9000,"delay_us":4,"would_delay_us":5,)"
      R"("shadow_denied":true,"candidate_denied":true,"overflow":true},)"
      R"("status":429,"local_reply":true,"upstream":"http://127.0.0.1:9001",)"
      R"("upstream_status":200,"retries":1,"mapped":"content_type",)"
      R"("detail":"text/html","total_us":3000,"decide_us":100,)"
      R"("upstream_us":2700,"bytes_in":120,"bytes_out":345,)"
      R"("aborted":true,"replay":)" +
          std::string(kReplay) + "}\n");
}

TEST(AccessLogLineTest, LeavesOutWhatDoesNotApply) {
  ExchangeRecord record;
  record.started = {.monotonic_us = 5, .unix_us = 0};
  record.ended = {.monotonic_us = 6, .unix_us = 1};
  record.request_id = "r";
  record.peer = "unix:";
  EXPECT_EQ(LineOf(record),
            R"({"time":"1970-01-01T00:00:00.000000Z","request_id":"r",)"
            R"("peer":"unix:","method":"","path":"","decision":"none",)"
            R"("status":0,"total_us":1,"bytes_in":0,"bytes_out":0})"
            "\n");
}

TEST(AccessLogLineTest, NeverShowsASecret) {
  const Full full;
  EXPECT_EQ(LineOf(full.record).find("SECRET"), std::string::npos);
}

TEST(AccessLogLineTest, HostileBytesStayOneLineOfValidJson) {
  Full full;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = std::string("a") + static_cast<char>(byte) + "\"}";
    full.record.path = full.record.method = full.record.detail = text;
    full.record.app = full.record.upstream = text;
    std::string line = LineOf(full.record);
    ASSERT_EQ(line.find('\n'), line.size() - 1) << byte;
    JsonReader reader;
    const JsonValue root = reader.Read(line);
    ASSERT_TRUE(root) << byte << ": " << reader.error();
    if (byte < 0x80) {
      EXPECT_EQ(root.Find("path").string(), text);
    }
  }
}

TEST(AccessLogLineTest, CutsWhatIsTooLong) {
  Full full;
  const std::string text(1'000'000, '\x01');
  full.record.path = full.record.method = full.record.detail = text;
  full.record.request_id = full.record.app = full.record.upstream = text;
  EXPECT_LT(LineOf(full.record).size(), 120'000u);
  full.record.replay = {};
  EXPECT_LT(LineOf(full.record).size(), 32'000u);
}

TEST(AccessLogLineTest, APathThatIsDecidedAgainIsKeptWhole) {
  Full full;
  const std::string path(10'000, 'a');
  full.record.path = path;
  EXPECT_THAT(LineOf(full.record), HasSubstr(path));
  full.record.replay = {};
  EXPECT_THAT(LineOf(full.record),
              HasSubstr("\"" + path.substr(0, 2048) + "\""));
}

TEST(AccessLogLineTest, TimesAreRfc3339) {
  const struct {
    int64_t unix_us;
    const char* expected;
  } kCases[] = {
      {951'782'400'000'000, "2000-02-29T00:00:00.000000Z"},
      {1'709'251'199'999'999, "2024-02-29T23:59:59.999999Z"},
      {253'402'300'799'000'000, "9999-12-31T23:59:59.000000Z"},
  };
  for (const auto& test : kCases) {
    ExchangeRecord record;
    record.started.unix_us = test.unix_us;
    EXPECT_THAT(LineOf(record), HasSubstr(test.expected));
  }
}

void ExpectDocumented(JsonValue object, const std::string& manual) {
  for (const JsonMember member : object.members()) {
    EXPECT_THAT(manual, HasSubstr("| `" + std::string(member.key) + "` |"));
    if (member.value.is_object()) ExpectDocumented(member.value, manual);
  }
}

TEST(AccessLogLineTest, TheManualListsEveryKey) {
  std::ifstream file(HEADGATE_SOURCE_DIR "/docs/access_log.md");
  std::stringstream manual;
  manual << file.rdbuf();
  const Full full;
  JsonReader reader;
  ExpectDocumented(reader.Read(LineOf(full.record)), manual.str());
}

}  // namespace
}  // namespace headgate::proxy
