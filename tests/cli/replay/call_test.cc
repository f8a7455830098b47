#include "cli/replay/call.h"

#include <string>

#include "base/strings.h"
#include "gtest/gtest.h"

namespace headgate::cli {
namespace {

using Found = CallReader::Found;

constexpr char kTime[] = R"("time":"2026-01-01T00:00:00.000042Z")";

std::string Line(std::string_view rest) {
  return StrCat("{", kTime, R"(,"decision":"allow")", rest, "}");
}

TEST(CallReaderTest, ReadsAWholeLine) {
  CallReader reader;
  ReplayCall call;
  ASSERT_EQ(
      reader.Read(
          StrCat("{", kTime,
                 R"(,"request_id":"r1","peer":"x","method":"POST","path":"/a",)"
                 R"("service":"s","operation":"o","app":"a","decision":"deny",)"
                 R"("rule":"s.authenticate","reason":"expired","replay":{)"
                 R"("at_us":40,"scheme":"bearer","credentials":"bad",)"
                 R"("key":"3fa29c01","query":"page=1","query_more":2,)"
                 R"("body":{"a":[1]},"body_type":"other"}})"),
          &call),
      Found::kCall)
      << reader.error();
  EXPECT_EQ(call.started_us, 1'767'225'600'000'042);
  EXPECT_EQ(call.decided_us, 1'767'225'600'000'082);
  EXPECT_EQ(call.request_id, "r1");
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.path, "/a");
  EXPECT_EQ(call.service, "s");
  EXPECT_EQ(call.operation, "o");
  EXPECT_EQ(call.app, "a");
  EXPECT_FALSE(call.allowed);
  EXPECT_EQ(call.rule, "s.authenticate");
  EXPECT_EQ(call.reason, "expired");
  EXPECT_EQ(call.credentials.scheme,
            policy::RecordedCredentials::Scheme::kBearer);
  EXPECT_EQ(call.credentials.result, policy::RecordedCredentials::Result::kBad);
  EXPECT_EQ(call.key_label, "3fa29c01");
  EXPECT_EQ(call.query, "page=1");
  EXPECT_EQ(call.query_more, 2);
  EXPECT_EQ(call.body_state, ReplayCall::Body::kJson);
  EXPECT_EQ(call.body, R"({"a":[1]})");
  EXPECT_TRUE(call.other_media_type);
  // The next one has nothing of it.
  ASSERT_EQ(reader.Read(Line(R"(,"replay":{})"), &call), Found::kCall);
  EXPECT_EQ(StrCat(call.request_id, call.rule, call.query, call.key_label), "");
  EXPECT_EQ(call.body_state, ReplayCall::Body::kNone);
  EXPECT_EQ(call.query_more, 0);
  EXPECT_FALSE(call.other_media_type);
}

TEST(CallReaderTest, TellsWhatALineIs) {
  const struct {
    std::string line;
    Found found;
    std::string error;
  } rows[] = {
      {Line(""), Found::kNotDecided, ""},
      {Line(R"(,"decide_us":4)"), Found::kNoRecord, ""},
      {Line("").substr(0, 30), Found::kCutLine, ""},
      {"{\"ti", Found::kCutLine, ""},
      {"[1]", Found::kNoLine, "not an object"},
      {"{}", Found::kNoLine,
       "\"time\" must be a time as 2026-01-01T00:00:00.000000Z"},
      {R"({"time":7})", Found::kNoLine, "\"time\" must be a text"},
      {StrCat("{", kTime, "}"), Found::kNoLine,
       "\"decision\" must be allow, deny or none"},
      {Line(R"(,"path":7)"), Found::kNoLine, "\"path\" must be a text"},
      {Line(R"(,"replay":7)"), Found::kNoLine, "\"replay\" must be an object"},
      {Line(R"(,"replay":{"at_us":-1})"), Found::kNoLine,
       "\"at_us\" must be a number from 0"},
      {Line(R"(,"replay":{"at_us":86400000001})"), Found::kNoLine,
       "\"at_us\" must be at most a day"},
      {Line(R"(,"replay":{"scheme":"x"})"), Found::kNoLine,
       "\"scheme\" must be bearer, basic or other"},
      {Line(R"(,"replay":{"credentials":"x"})"), Found::kNoLine,
       "\"credentials\" must be missing, malformed, present, good or bad"},
      {Line(R"(,"replay":{"query_cut":1})"), Found::kNoLine,
       "\"query_cut\" must be true or false"},
      {Line(R"(,"replay":{"body_type":"x"})"), Found::kNoLine,
       "\"body_type\" must be other"},
      {Line(R"(,"replay":{"body_is":"x"})"), Found::kNoLine,
       "\"body_is\" must be none, not_json, unread or too_large"},
  };
  for (const auto& row : rows) {
    CallReader reader;
    ReplayCall call;
    EXPECT_EQ(reader.Read(row.line, &call), row.found) << row.line;
    EXPECT_EQ(reader.error(), row.error) << row.line;
  }
}

}  // namespace
}  // namespace headgate::cli
