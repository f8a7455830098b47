#include "proxy/cors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"

namespace headgate::proxy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kOrigin[] = "https://app.example.com";

config::Cors Listed() {
  config::Cors cors;
  cors.origins = {"https://other.example.com", kOrigin};
  return cors;
}
config::Cors Anyone() {
  config::Cors cors;
  cors.origins = {"*"};
  return cors;
}

std::vector<std::string> Lines(const std::vector<http::OwnField>& fields) {
  std::vector<std::string> lines;
  for (const http::OwnField& field : fields) {
    lines.push_back(StrCat(http::FieldName(field.id), ": ", field.value));
  }
  return lines;
}

std::vector<std::string> Preflight(const config::Cors& cors,
                                   const CorsRequest& request) {
  std::string scratch;
  std::vector<http::OwnField> fields;
  AddPreflightFields(cors, request, "GET, POST", &scratch, &fields);
  return Lines(fields);
}

std::vector<std::string> Answer(const config::Cors& cors,
                                std::string_view origin,
                                std::string_view vary = "") {
  std::string scratch;
  std::vector<http::OwnField> fields;
  AddCorsFields(cors, origin, vary, &scratch, &fields);
  return Lines(fields);
}

TEST(CorsTest, APreflightIsOptionsWithOriginAndRequestMethod) {
  EXPECT_TRUE(IsPreflight({"OPTIONS", kOrigin, "POST", ""}));
  EXPECT_FALSE(IsPreflight({"GET", kOrigin, "POST", ""}));
  EXPECT_FALSE(IsPreflight({"OPTIONS", "", "POST", ""}));
  EXPECT_FALSE(IsPreflight({"OPTIONS", kOrigin, "", ""}));
}

TEST(CorsTest, AllowsAListedOrigin) {
  EXPECT_THAT(
      Preflight(Listed(), {"OPTIONS", kOrigin, "POST", "x-trace, X-App"}),
      ElementsAre("Vary: Origin, Access-Control-Request-Method, "
                  "Access-Control-Request-Headers",
                  "Access-Control-Allow-Origin: https://app.example.com",
                  "Access-Control-Allow-Methods: GET, POST",
                  "Access-Control-Allow-Headers: Authorization, Content-Type, "
                  "x-trace, X-App",
                  "Access-Control-Max-Age: 600"));
}

TEST(CorsTest, AllowsEverybodyIfTheFileSaysSo) {
  EXPECT_THAT(Preflight(Anyone(), {"OPTIONS", "null", "POST", ""}),
              ElementsAre("Vary: Origin, Access-Control-Request-Method, "
                          "Access-Control-Request-Headers",
                          "Access-Control-Allow-Origin: *",
                          "Access-Control-Allow-Methods: GET, POST",
                          "Access-Control-Allow-Headers: Authorization, "
                          "Content-Type",
                          "Access-Control-Max-Age: 600"));
}

TEST(CorsTest, TellsAnUnlistedOriginNothing) {
  for (const char* origin :
       {"https://evil.example.com", "https://app.example.com.evil.test",
        "http://app.example.com", "https://APP.example.com", "null",
        "https://app.example.com:443", "*", ""}) {
    EXPECT_THAT(Preflight(Listed(), {"OPTIONS", origin, "POST", ""}),
                ElementsAre("Vary: Origin, Access-Control-Request-Method, "
                            "Access-Control-Request-Headers"))
        << origin;
  }
}

TEST(CorsTest, DoesNotEchoFieldsThatAreNoTokensOrTooMany) {
  std::string many = "a";
  for (size_t i = 0; i < kAskedFieldsMax; ++i) many += ",a";
  for (const std::string& asked :
       {std::string("a b"), std::string("a,,b"), std::string("a: 1"), many,
        std::string(kAskedBytesMax + 1, 'a')}) {
    const auto lines = Preflight(Listed(), {"OPTIONS", kOrigin, "GET", asked});
    ASSERT_EQ(lines.size(), 5u);
    EXPECT_EQ(lines[3],
              "Access-Control-Allow-Headers: Authorization, Content-Type");
  }
}

TEST(CorsTest, AnswersExposeTheLimitFields) {
  EXPECT_THAT(
      Answer(Listed(), kOrigin),
      ElementsAre("Access-Control-Allow-Origin: "
                  "https://app.example.com",
                  "Access-Control-Expose-Headers: Retry-After, "
                  "RateLimit, RateLimit-Policy, X-Request-ID",
                  "Access-Control-Allow-Credentials: ", "Vary: Origin"));
}

TEST(CorsTest, AnswersToAnUnlistedOriginLoseTheUpstreamsOwnFields) {
  // An empty value removes the field.
  for (const char* origin : {"https://evil.example.com", ""}) {
    EXPECT_THAT(
        Answer(Listed(), origin),
        ElementsAre(
            "Access-Control-Allow-Origin: ", "Access-Control-Expose-Headers: ",
            "Access-Control-Allow-Credentials: ", "Vary: Origin"));
  }
}

TEST(CorsTest, KeepsTheAnswersOwnVary) {
  EXPECT_EQ(Answer(Listed(), kOrigin, "Accept-Encoding").back(),
            "Vary: Accept-Encoding, Origin");
  // Already said: the field stays as it is.
  EXPECT_EQ(Answer(Listed(), kOrigin, "accept, origin").size(), 3u);
  EXPECT_EQ(Answer(Listed(), kOrigin, "*").size(), 3u);
}

TEST(CorsTest, AnAnswerForEverybodyDoesNotVary) {
  EXPECT_THAT(Answer(Anyone(), kOrigin),
              ElementsAre("Access-Control-Allow-Origin: *",
                          "Access-Control-Expose-Headers: Retry-After, "
                          "RateLimit, RateLimit-Policy, X-Request-ID",
                          "Access-Control-Allow-Credentials: "));
}

TEST(CorsTest, AServiceWithoutOriginsIsLeftAlone) {
  EXPECT_THAT(Answer(config::Cors{}, kOrigin), IsEmpty());
}

}  // namespace
}  // namespace headgate::proxy
