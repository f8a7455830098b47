#include "proxy/answer_summary.h"

#include <string>

#include "gtest/gtest.h"

namespace headgate::proxy {
namespace {

std::string Sum(std::string_view type, std::string_view body,
                bool complete = true) {
  return SumUp({.status = 502,
                .content_type = type,
                .body = body,
                .complete = complete,
                .code_key = "error"});
}

TEST(SumUpTest, TellsStatusTypeAndSize) {
  EXPECT_EQ(Sum("text/html; charset=utf-8", "<h1>Bad</h1>"),
            "502 text/html, 12 bytes");
  EXPECT_EQ(Sum("", ""), "502 without a type, 0 bytes");
  EXPECT_EQ(Sum("application/problem+json", "[1]"),
            "502 application/problem+json, 3 bytes");
  EXPECT_EQ(Sum("application/json", "{\"error\":\"a\"", false),
            "502 application/json, more than 12 bytes");
}

TEST(SumUpTest, TellsTheKeysOfAnObjectAndTheCodeOfAnError) {
  EXPECT_EQ(
      Sum("application/json", R"({"error":"of_nobody","message":"x","n":1})"),
      "502 application/json, 41 bytes: error=of_nobody, message, n");
  EXPECT_EQ(Sum("application/json", R"({"error":{"error":"x"}})"),
            "502 application/json, 23 bytes: error");
  EXPECT_EQ(Sum("a/b", R"({"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,)"
                       R"("i":1,"j":1})"),
            "502 a/b, 61 bytes: a, b, c, d, e, f, g, h, ...");
}

TEST(SumUpTest, TellsNothingThatMayBeASecret) {
  EXPECT_EQ(Sum("a/b", R"({"access_token":"YWMtSECRET","expires_in":1})"),
            "502 a/b, 44 bytes: access_token, expires_in");
  EXPECT_EQ(Sum("a/b", R"({"error":"Bearer YWMt0123"})"),
            "502 a/b, 27 bytes: error=?");
  EXPECT_EQ(Sum("a/b", R"({"YWMt0123":1,"":2})"), "502 a/b, 19 bytes: ?, ?");
  EXPECT_EQ(Sum("a/b", R"({"abcdefghijklmnopqrstuvwxyzabcdefg":"x"})"),
            "502 a/b, 41 bytes: ?");
  EXPECT_EQ(Sum("text/<script>", "x"), "502 of an odd type, 1 bytes");
  EXPECT_EQ(Sum(std::string(65, 'a'), "x"), "502 of an odd type, 1 bytes");
}

}  // namespace
}  // namespace headgate::proxy
