#include "policy/answers.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/policy/builtin_contract.h"

namespace headgate::policy {
namespace {

constexpr std::string_view kJson = "application/json;charset=UTF-8";
constexpr std::string_view kHtml = "text/html";

class AnswersTest : public testing::Test {
 protected:
  explicit AnswersTest(const std::string& name = "agora-chat")
      : AnswersTest(ReadBuiltin(name)) {}
  explicit AnswersTest(config::Contract contract) {
    service_.contract = std::move(contract);
    service_.catalogue = std::make_unique<Catalogue>(service_.contract);
  }

  // "row: reason", or "passes".
  std::string Map(const UpstreamAnswer& answer) const {
    return Told(MapAnswer(service_, &operation_, answer));
  }
  static std::string Told(const Mapped& mapped) {
    if (mapped.error == nullptr) return "passes";
    return mapped.error->name + ": " + std::string(mapped.reason);
  }

  CompiledService service_;
  CompiledOperation operation_;  // succeeds with 200
};

struct Case {
  int status;
  std::string_view content_type, body;
  const char* told;
};

TEST_F(AnswersTest, PassesWhatIsDocumentedAndReplacesTheRest) {
  constexpr std::string_view kOther = R"({"error":"no_such_error"})";
  const Case kCases[] = {
      // Documented successes.
      {200, kJson, "{\"data\":[]}", "passes"},
      {200, "application/json", "[]", "passes"},
      {200, "Application/JSON ; charset=x", "{}", "passes"},
      {200, "application/problem+json", "{}", "passes"},
      // Successes that are none.
      {200, kHtml, "<html>", "bad_gateway: content_type"},
      {200, "", "{}", "bad_gateway: content_type"},
      {200, "text/plain, application/json", "{}", "bad_gateway: content_type"},
      {200, kJson, "", "bad_gateway: body"},
      {200, kJson, "<html>", "bad_gateway: body"},
      {200, kJson, "{\"data\":", "bad_gateway: body"},
      {200, kJson, "{\"a\":1,\"a\":2}", "bad_gateway: body"},
      {201, kJson, "{}", "bad_gateway: undocumented_status"},
      {204, "", "", "bad_gateway: undocumented_status"},
      {302, kHtml, "", "bad_gateway: undocumented_status"},
      {199, kJson, "{}", "bad_gateway: undocumented_status"},
      // Documented errors.
      {400, kJson, R"({"error":"illegal_argument"})", "passes"},
      {429, kJson, R"({"error":"resource_limited"})", "passes"},
      {500, kJson, R"({"error":"unsupported_service_operation"})", "passes"},
      {404, kJson, R"({"error":"resource_not_found","x":1})", "passes"},
      // Errors that are none.
      {400, kJson, kOther, "invalid_request: undocumented_error"},
      {404, kJson, R"({"error":"illegal_argument"})",
       "invalid_request: undocumented_error"},
      {418, kJson, R"({"error":"illegal_argument"})",
       "invalid_request: undocumented_status"},
      {429, kHtml, "slow down", "reach_limit: undocumented_error"},
      {500, kHtml, "<html>", "internal_server_error: undocumented_error"},
      {501, kHtml, "<html>", "internal_server_error: undocumented_error"},
      {502, kHtml, "<html>", "bad_gateway: undocumented_error"},
      {503, kHtml, "<html>", "service_unavailable: undocumented_error"},
      {504, kHtml, "<html>", "gateway_timeout: undocumented_error"},
      {599, kJson, kOther, "internal_server_error: undocumented_status"},
      {600, kJson, kOther, "bad_gateway: undocumented_status"},
  };
  for (const auto& [status, content_type, body, told] : kCases) {
    EXPECT_EQ(
        Map({.status = status, .content_type = content_type, .body = body}),
        told)
        << status << " " << content_type << " " << body;
  }
}

TEST_F(AnswersTest, WhatIsStreamedIsJudgedByItsBeginning) {
  const auto map = [&](int status, std::string_view body) {
    return Map({.status = status,
                .content_type = kJson,
                .body = body,
                .streaming = true});
  };
  EXPECT_EQ(map(200, " {\"data\":["), "passes");
  EXPECT_EQ(map(200, "[1,"), "passes");
  EXPECT_EQ(map(200, "<html>"), "bad_gateway: body");
  EXPECT_EQ(map(200, "  "), "bad_gateway: body");
  EXPECT_EQ(map(404, R"({"error":"resource_not_found"})"),
            "invalid_request: undocumented_error");
}

TEST_F(AnswersTest, AnswersWithoutABodyAreJudgedByTheirStatus) {
  EXPECT_EQ(Map({.status = 200, .head_request = true}), "passes");
  EXPECT_EQ(Map({.status = 404, .head_request = true}), "passes");
  EXPECT_EQ(Map({.status = 404,
                 .content_type = "application/json",
                 .head_request = true}),
            "passes");
  EXPECT_EQ(
      Map({.status = 404, .content_type = "text/html", .head_request = true}),
      Map({.status = 404, .content_type = "text/html", .body = "<html>"}));
  EXPECT_EQ(Map({.status = 418, .head_request = true}),
            "invalid_request: undocumented_status");
  operation_.spec.answers = {204};
  EXPECT_EQ(Map({.status = 204}), "passes");
  EXPECT_EQ(Map({.status = 200, .content_type = kJson, .body = "{}"}),
            "bad_gateway: undocumented_status");
}

TEST_F(AnswersTest, WhatIsNoOperationPassesUntouched) {
  EXPECT_EQ(Told(MapAnswer(service_, nullptr, {.status = 777})), "passes");
}

TEST_F(AnswersTest, FailuresBecomeTheirDocumentedErrors) {
  const auto map = [&](Refusal failure) {
    return Told(MapFailure(service_, failure));
  };
  EXPECT_EQ(map(Refusal::kUpstreamConnect),
            "service_unavailable: upstream_connect");
  EXPECT_EQ(map(Refusal::kUpstreamTimeout),
            "gateway_timeout: upstream_timeout");
  EXPECT_EQ(map(Refusal::kUpstreamProtocol), "bad_gateway: upstream_protocol");
  EXPECT_EQ(map(Refusal::kUpstreamTls), "bad_gateway: upstream_tls");
}

class OwnAnswersTest : public AnswersTest {
 protected:
  OwnAnswersTest()
      : AnswersTest(ReadBuiltins({R"(contract: ours
app_key: all
errors:
  first: {status: 520}
  second: {status: 521}
  third: {status: 522}
operations:
  ping: {request: GET /ping}
upstream_answers:
  - {when: {status: 500}, answer: first}
  - {when: {status: 5xx}, answer: second}
  - {when: {failure: timeout}, answer: third}
  - {when: {status: 200..299}, answer: third}
)"})["ours"]) {}
};

TEST_F(OwnAnswersTest, TheFirstRuleThatMatchesWins) {
  EXPECT_EQ(Map({.status = 500}), "first: undocumented_status");
  EXPECT_EQ(Map({.status = 501}), "second: undocumented_status");
  EXPECT_EQ(Map({.status = 201}), "third: undocumented_status");
  EXPECT_EQ(Map({.status = 200, .content_type = kHtml}), "third: content_type");
  EXPECT_EQ(Told(MapFailure(service_, Refusal::kUpstreamTimeout)),
            "third: upstream_timeout");
}

TEST_F(OwnAnswersTest, WhereNoRuleMatchesTheRefusalsRowAnswers) {
  EXPECT_EQ(Map({.status = 404}), "upstream_protocol: undocumented_status");
  EXPECT_EQ(Told(MapFailure(service_, Refusal::kUpstreamConnect)),
            "upstream_connect: upstream_connect");
}

}  // namespace
}  // namespace headgate::policy
