// What a service or the way to it does wrong, in each family: the documented
// error reaches the client, the access log says why and what really came, and
// a counter has it by name.
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/contract_chat.h"

namespace headgate::test {
namespace {

using testing::HasSubstr;

// Rows of the error catalogue, by what they mean.
enum Row { kBadRequest, kRate, kInternal, kBadGateway, kUnavailable, kTimeout };

struct Family {
  SidecarOptions options;
  Call call;
  std::string operation;
  std::string content_type;
  std::map<Row, std::pair<int, std::string>> errors;
  // What the log tells of an error of nobody's.
  std::string members;
};

Family ChatFamily() {
  return {
      Chat(),
      {"GET /acme/chat/chatrooms/1/users"},
      "list_chatroom_members",
      "application/json;charset=UTF-8",
      {{kBadRequest,
        {400, ChatError("illegal_argument", "This is an invalid request.")}},
       {kRate,
        {429, ChatError("reach_limit", "This request has reached api limit")}},
       {kInternal,
        {500, ChatError("internal_server_error", "Internal Server Error")}},
       {kBadGateway, {502, ChatError("bad_gateway", "Bad Gateway")}},
       {kUnavailable,
        {503, ChatError("service_unavailable", "Service Unavailable")}},
       {kTimeout, {504, ChatError("gateway_timeout", "Gateway Timeout")}}},
      ": error=of_nobody, errorCode, code"};
}

Family FlipFlopFamily() {
  const auto error = [](int status, std::string code, std::string text) {
    return std::pair(status, StrCat(R"({"errorCode":")", code,
                                    R"(","errorMessage":")", text, "\"}"));
  };
  return {
      {.service = "flipflop", .authorization = "Basic a2V5OnNlY3JldA=="},
      {"POST /v2/apps/me/members/bob/chat-tokens"},
      "issue_member_chat_token",
      "application/json",
      {{kBadRequest, error(400, "BAD_REQUEST", "The request is not valid.")},
       {kRate, error(429, "TOO_MANY_REQUESTS", "Too Many Requests")},
       {kInternal,
        error(500, "INTERNAL_SERVER_ERROR", "Internal Server Error")},
       {kBadGateway, error(502, "BAD_GATEWAY", "Bad Gateway")},
       {kUnavailable, error(503, "SERVICE_UNAVAILABLE", "Service Unavailable")},
       {kTimeout, error(504, "GATEWAY_TIMEOUT", "Gateway Timeout")}},
      ": error, errorCode=X, code"};
}

Family PrivateServicesFamily() {
  const auto error = [](int status, std::string code, std::string text) {
    return std::pair(
        status, StrCat(R"({"code":")", code, R"(","message":")", text, "\"}"));
  };
  return {
      {.service = "private-services", .authorization = "Bearer company-key"},
      {"POST /chat.tokens.private.v1.Service/Create",
       R"({"arguments":[{"user_id":"0b7e4c4e-8a0f-4a39-9d5c-6a7f0c3b2d11",)"
       R"("chat_id":"0b7e4c4e-8a0f-4a39-9d5c-6a7f0c3b2d11",)"
       R"("permissions":[]}]})"},
      "create_chat_member_token",
      "application/json",
      {{kBadRequest,
        error(400, "invalid_argument", "the request is not valid")},
       {kRate, error(429, "resource_exhausted", "too many requests")},
       {kInternal, error(500, "internal", "internal error")},
       {kBadGateway, error(502, "unavailable", "bad gateway")},
       {kUnavailable, error(503, "unavailable", "the service is unavailable")},
       {kTimeout,
        error(504, "deadline_exceeded", "the service did not answer in time")}},
      ": error, errorCode, code=x"};
}

// `count` of headgate_mapped_answers_total for a service and a reason.
std::string CountOf(const HeadgateProcess& headgate, const std::string& service,
                    const std::string& reason) {
  const Message metrics = headgate.Admin("/metrics");
  for (const std::string_view line : Split(metrics.body, '\n')) {
    const auto has = [line](const std::string& text) {
      return line.find(text) != std::string_view::npos;
    };
    if (line.starts_with("headgate_mapped_answers_total{") &&
        has(StrCat("service=\"", service, "\"")) &&
        has(StrCat("reason=\"", reason, "\""))) {
      return std::string(line.substr(line.rfind(' ') + 1));
    }
  }
  return "none";
}

class ContractMappingTest : public testing::TestWithParam<Family (*)()> {
 protected:
  ContractMappingTest() : family_(GetParam()()) {}

  void Start(const std::string& upstream_keys = "") {
    family_.options.upstream_keys = upstream_keys;
    sidecar_ = std::make_unique<Sidecar>(family_.options);
    ASSERT_TRUE(sidecar_->started()) << sidecar_->headgate().err();
  }

  // One call and its answer. ExpectLogged() looks for the rest, since a line of
  // the log may take a moment.
  void ExpectMapped(Row row, const std::string& mapped, int upstream_status,
                    const std::string& detail) {
    const auto& [status, body] = family_.errors[row];
    // Of our limit nothing is told where the upstream's own was reached.
    const bool limited = upstream_status == 429;
    EXPECT_EQ(Describe(sidecar_->Send(family_.call)),
              Describe(Answer{.status = status,
                              .body = body,
                              .operation = limited ? "" : family_.operation,
                              .content_type = family_.content_type}));
    logged_.push_back({StrCat("\"mapped\":\"", mapped, "\""),
                       StrCat("\"status\":", status, ","),
                       StrCat("\"upstream_status\":", upstream_status, ",")});
    if (!detail.empty()) {
      logged_.back().push_back(StrCat("\"detail\":\"", detail));
    }
    ++counts_[mapped];
  }

  // What the log and the metrics tell of all calls until now.
  void ExpectLogged() {
    const std::vector<std::string> lines =
        sidecar_->headgate().AccessLog(logged_.size());
    ASSERT_EQ(lines.size(), logged_.size());
    for (size_t i = 0; i < lines.size(); ++i) {
      for (const std::string& part : logged_[i]) {
        EXPECT_THAT(lines[i], HasSubstr(part));
      }
    }
    for (const auto& [mapped, count] : counts_) {
      EXPECT_EQ(CountOf(sidecar_->headgate(), family_.options.service, mapped),
                StrCat(count))
          << mapped;
    }
  }

  Family family_;
  std::unique_ptr<Sidecar> sidecar_;
  std::vector<std::vector<std::string>> logged_;  // parts of each line
  std::map<std::string, int> counts_;
};

TEST_P(ContractMappingTest, AnswersThatAreNotDocumented) {
  struct Case {
    int status;
    std::string type, body;
    Row row;
    std::string mapped;
    std::string members = "";  // of a JSON object, as the log tells them
  };
  const std::string html = "<html>an answer of nginx</html>";
  const std::string json =
      R"({"error":"of_nobody","errorCode":"X","code":"x"})";
  const std::string type = "application/json";
  const Case kCases[] = {
      {502, "text/html", html, kBadGateway, "undocumented_error"},
      {503, "text/html", html, kUnavailable, "undocumented_error"},
      {504, "text/html", html, kTimeout, "undocumented_error"},
      {500, "text/html", html, kInternal, "undocumented_error"},
      {507, "text/html", html, kInternal, "undocumented_status"},
      {429, "text/html", html, kRate, "undocumented_error"},
      {404, "text/html", html, kBadRequest, "undocumented_error"},
      {418, "text/html", html, kBadRequest, "undocumented_status"},
      {400, type, json, kBadRequest, "undocumented_error", family_.members},
      {500, type, json, kInternal, "undocumented_error", family_.members},
      {500, type, "[]", kInternal, "undocumented_error"},
      {301, "text/html", html, kBadGateway, "undocumented_status"},
      {201, type, "{}", kBadGateway, "undocumented_status"},
      {299, type, "{}", kBadGateway, "undocumented_status"},
      {200, "text/html", html, kBadGateway, "content_type"},
      {200, "text/plain", "{}", kBadGateway, "content_type"},
      {200, type, "{\\", kBadGateway, "body"},
      {200, type, "", kBadGateway, "body"},
      {200, type, "{} {}", kBadGateway, "body"},
      {200, type, html, kBadGateway, "body"},
  };
  Start();
  for (const Case& c : kCases) {
    SCOPED_TRACE(StrCat(c.status, " ", c.type, " ", c.body));
    sidecar_->upstream().Next(Reply::Text(c.status, c.type, c.body));
    ExpectMapped(c.row, c.mapped, c.status,
                 StrCat(c.status, " ", c.type, ", ", c.body.size(), " bytes",
                        c.members, "\""));
  }
  ExpectLogged();
  EXPECT_TRUE(EndsWell(&sidecar_->headgate()));
}

TEST_P(ContractMappingTest, AnswersThatAreNotHttp) {
  const std::string kHeads[] = {
      "SSH-2.0-OpenSSH_9.2\r\n\r\n",
      "HTTP/1.1 two hundred\r\n\r\n",
      "HTTP/3.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
      "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}",
      "HTTP/1.1 200 OK\r\nBad Name: 1\r\nContent-Length: 2\r\n\r\n{}",
      // Cut off.
      "HTTP/1.1 200 OK\r\nContent-Type: applicat",
  };
  // Whose head said 200.
  const std::string kBodies[] = {
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n{}\r\n",
      // Cut off.
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
      "Content-Length: 100\r\n\r\n{\"a\":",
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
      "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":",
  };
  Start();
  const auto expect = [this](const std::string& bytes, int status) {
    SCOPED_TRACE(bytes);
    sidecar_->upstream().Next(Reply::Raw(bytes).Close());
    ExpectMapped(kBadGateway, "upstream_protocol", status,
                 sidecar_->upstream().url());
  };
  for (const std::string& bytes : kHeads) expect(bytes, 0);
  for (const std::string& bytes : kBodies) expect(bytes, 200);
  ExpectLogged();
}

TEST_P(ContractMappingTest, AServiceThatRefusesConnections) {
  Start();
  sidecar_->upstream().StopListening();
  sidecar_->upstream().CloseConnections();
  ExpectMapped(kUnavailable, "upstream_connect", 0, sidecar_->upstream().url());
  sidecar_->upstream().Listen();
}

TEST_P(ContractMappingTest, AServiceThatNeverAnswers) {
  Start(", response_timeout: 50ms");
  const std::string detail =
      StrCat(sidecar_->upstream().url(), ": no answer within 50ms");
  sidecar_->upstream().Next(Reply::Never());
  ExpectMapped(kTimeout, "upstream_timeout", 0, detail);
  // Nor in the middle of an answer that has not been passed on yet.
  sidecar_->upstream().Next(
      Reply::Raw("HTTP/1.1 200 OK\r\nContent-Type: appl").Hang());
  ExpectMapped(kTimeout, "upstream_timeout", 0, detail);
  ExpectLogged();
}

TEST_P(ContractMappingTest, TheNextCallPasses) {
  Start();
  sidecar_->upstream().Next(Reply::Text(502, "text/html", "<html>"));
  ExpectMapped(kBadGateway, "undocumented_error", 502,
               "502 text/html, 6 bytes\"");
  EXPECT_EQ(sidecar_->Send(family_.call).status, 200);
  EXPECT_THAT(sidecar_->headgate().AccessLog(2).back(),
              testing::Not(HasSubstr("mapped")));
}

INSTANTIATE_TEST_SUITE_P(
    Families, ContractMappingTest,
    testing::Values(&ChatFamily, &FlipFlopFamily, &PrivateServicesFamily),
    [](const testing::TestParamInfo<Family (*)()>& family) {
      std::string name = family.param().options.service;
      std::erase(name, '-');
      return name;
    });

}  // namespace
}  // namespace headgate::test
