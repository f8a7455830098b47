#include "policy/catalogue.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/policy/builtin_contract.h"

namespace headgate::policy {
namespace {

constexpr char kOurs[] = R"(contract: ours
app_key: all
errors:
  shape: {"quoted \"key\"": "{code}: {text}", code: "{code}", bound: "{bound}",
          status: "{status}", where: "{method} {path} at {now_ms} {{}}"}
  echo: {status: 400, text: "[{value}]"}
  named: {status: 404, code: not_here, text: "{room} of {status}"}
operations:
  show: {request: "GET /rooms/{room}"}
)";

config::Contract Ours() { return std::move(ReadBuiltins({kOurs})["ours"]); }

std::string Render(const Catalogue& catalogue, std::string_view name,
                   const ErrorContext& context) {
  std::string body;
  Catalogue::Render(*catalogue.Find(name), context, &body);
  return body;
}

TEST(CatalogueTest, FillsTheShapeInItsOrder) {
  const Catalogue catalogue(Ours());
  ErrorContext context;
  context.now.unix_us = 5'000'999;
  context.method = "GET";
  context.path = "/rooms/7";
  context.value = "x";
  context.bound = 60;
  const std::vector<std::pair<std::string_view, std::string_view>> variables = {
      {"room", "7"}};
  context.variables = &variables;
  EXPECT_EQ(Render(catalogue, "echo", context),
            R"({"quoted \"key\"":"echo: [x]","code":"echo","bound":60,)"
            R"("status":400,"where":"GET /rooms/7 at 5000 {}"})");
  EXPECT_EQ(Render(catalogue, "named", context),
            R"({"quoted \"key\"":"not_here: 7 of 404","code":"not_here",)"
            R"("bound":60,"status":404,"where":"GET /rooms/7 at 5000 {}"})");
}

TEST(CatalogueTest, AVariableThatTheRequestLacksIsEmpty) {
  const Catalogue catalogue(Ours());
  EXPECT_THAT(Render(catalogue, "named", ErrorContext()),
              testing::HasSubstr("\"not_here:  of 404\""));
}

// What a client sent comes back in the body: it must stay inside its string.
TEST(CatalogueTest, HostileValuesStayInsideTheirString) {
  const Catalogue catalogue(Ours());
  const struct {
    std::string_view value, rendered;
  } kCases[] = {
      {R"("},{"error":"x)", R"([\"},{\"error\":\"x])"},
      {"a\\b", R"([a\\b])"},
      {std::string_view("\0\n\x1f", 3), R"([\u0000\n\u001F])"},
      {"\xc3\xa4", "[\xc3\xa4]"},
      {"a\xff", "[a\xef\xbf\xbd]"},
      {"{value}", "[{value}]"},
  };
  for (const auto& [value, rendered] : kCases) {
    ErrorContext context;
    context.value = value;
    const std::string body = Render(catalogue, "echo", context);
    EXPECT_THAT(body, testing::HasSubstr(std::string("echo: ") +
                                         std::string(rendered) + "\""));
    JsonReader reader;
    EXPECT_TRUE(reader.Read(body)) << body << reader.error();
  }
}

TEST(CatalogueTest, AnyByteMakesStrictJson) {
  const Catalogue catalogue(Ours());
  JsonReader reader;
  for (int first = 0; first < 256; ++first) {
    for (const int second : {0x00, 0x22, 0x5c, 0x80, 0xbf, 0xc2, 0xff}) {
      const std::string value = {static_cast<char>(first),
                                 static_cast<char>(second)};
      ErrorContext context;
      context.value = value;
      const std::string body = Render(catalogue, "echo", context);
      ASSERT_TRUE(reader.Read(body)) << first << " " << second;
    }
  }
}

TEST(CatalogueTest, LongValuesAreCutWithoutTearingACharacter) {
  const Catalogue catalogue(Ours());
  ErrorContext context;
  const std::string value = std::string(255, 'a') + "\xc3\xa4" + "tail";
  context.value = value;
  EXPECT_THAT(Render(catalogue, "echo", context),
              testing::HasSubstr("[" + std::string(255, 'a') + "]"));
}

TEST(CatalogueTest, RecognisesStatusAndCodeTogether) {
  const Catalogue catalogue(Ours());
  const struct {
    int status;
    std::string_view body;
    const char* row;  // null: none
  } kCases[] = {
      {404, R"({"code":"not_here"})", "named"},
      {404, R"({"more":[1],"code":"not_here","text":"any"})", "named"},
      {400, R"({"code":"not_here"})", nullptr},    // another status
      {404, R"({"code":"elsewhere"})", nullptr},   // no such code
      {404, R"({"error":"not_here"})", nullptr},   // another place
      {404, R"({"code":["not_here"]})", nullptr},  // another type
      {404, R"(["not_here"])", nullptr},
      {404, R"({"code":"not_here","code":"x"})", nullptr},  // not strict
      {404, R"({"code":"not_here"} x)", nullptr},
      {404, "<html>", nullptr},
      {404, "", nullptr},
      {405, R"({"code":"wrong_method"})", nullptr},  // nobody wrote that row
  };
  for (const auto& [status, body, row] : kCases) {
    const CatalogueError* error = catalogue.Recognize(status, body);
    EXPECT_EQ(error == nullptr ? "" : error->name, row == nullptr ? "" : row)
        << status << " " << body;
  }
}

TEST(CatalogueTest, EveryRefusalHasARow) {
  for (const auto& [name, contract] : ReadBuiltins({kOurs})) {
    const Catalogue catalogue(contract);
    for (int i = 0; i < kRefusals; ++i) {
      const auto refusal = static_cast<Refusal>(i);
      EXPECT_GE(catalogue.For(refusal).status, 400) << name;
    }
  }
}

TEST(CatalogueTest, TheNeutralShapeIsTheOneOfNoFamily) {
  const Catalogue catalogue(ReadBuiltins({R"(contract: ours
app_key: all
operations:
  ping: {request: GET /ping}
)"})["ours"]);
  for (int i = 0; i < kRefusals; ++i) {
    const auto refusal = static_cast<Refusal>(i);
    std::string problem, body;
    RenderProblem(refusal, &problem);
    Catalogue::Render(catalogue.For(refusal), ErrorContext(), &body);
    EXPECT_EQ(body, problem);
  }
  std::string body;
  RenderProblem(Refusal::kUriTooLong, &body);
  EXPECT_EQ(body, R"({"title":"URI Too Long","status":414,)"
                  R"("code":"uri_too_long"})");
  EXPECT_EQ(catalogue.content_type(), "application/problem+json");
}

}  // namespace
}  // namespace headgate::policy
