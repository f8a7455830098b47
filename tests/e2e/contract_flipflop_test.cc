// The contract flipflop: its two operations and their neighbours, passed and
// refused, with every code of api/flipflop.md.
#include <string>
#include <vector>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/support/contract_sidecar.h"

namespace headgate::test {
namespace {

constexpr char kGuest[] = "POST /v2/apps/me/members/guest-chat-tokens";
constexpr char kMember[] = "POST /v2/apps/me/members/2MwN1UVGBpDL/chat-tokens";
constexpr char kGuestOperation[] = "issue_guest_chat_token";
constexpr char kMemberOperation[] = "issue_member_chat_token";
constexpr char kToken[] =
    R"({"chatServerWebSocketUrl":"wss://chat.example.com/ws",)"
    R"("chatToken":"eyJ0","appId":"ffl-dev-1","userId":"2MwN1UVGBpDL",)"
    R"("userName":"GUEST_2MwN1UVGBpDL","avatarProfileUrl":null})";

SidecarOptions FlipFlop() {
  return {.service = "flipflop", .authorization = "Basic a2V5OnNlY3JldA=="};
}

std::string Error(const std::string& code, const std::string& message) {
  return StrCat(R"({"errorCode":")", code, R"(","errorMessage":")", message,
                "\"}");
}

Answer Unauthorized(const std::string& code, const std::string& message) {
  Answer answer = Json(401, Error(code, message));
  answer.challenge = "Basic realm=\"flipflop\"";
  return answer;
}

class ContractFlipFlopTest : public testing::Test {
 protected:
  ContractFlipFlopTest() : sidecar_(FlipFlop()) {
    if (!sidecar_.started()) ADD_FAILURE() << sidecar_.headgate().err();
  }

  // `body` is what the upstream gets.
  void ExpectPasses(const Call& call, const std::string& operation,
                    const std::string& body, int status = 200,
                    const std::string& answer_body = kToken) {
    SCOPED_TRACE(call.line + " " + call.body);
    sidecar_.upstream().Next(
        Reply::Text(status, "application/json", answer_body));
    const Message answer = sidecar_.Send(call);
    EXPECT_EQ(Describe(answer), Describe(Json(status, answer_body, operation)));
    EXPECT_EQ(sidecar_.upstream().last_request().message.wire,
              sidecar_.Forwarded(call, call.line, body));
  }

  void ExpectRefused(const Call& call, const Answer& expected) {
    SCOPED_TRACE(call.line + " " + call.body);
    EXPECT_EQ(Describe(sidecar_.Send(call)), Describe(expected));
    EXPECT_EQ(sidecar_.upstream().received_bytes(), 0u);
  }

  Sidecar sidecar_;
};

TEST_F(ContractFlipFlopTest, GuestTokensPass) {
  for (const std::string& body : std::vector<std::string>{
           "", "{}",
           R"({"accessToken":"a","appUserId":"Guest1","appUserName":"Ann",)"
           R"("appUserProfileImgUrl":"https://img.example/1.png"})",
           R"({"appUserId":null,"appUserName":null,"accessToken":null,)"
           R"("appUserProfileImgUrl":null})",
           R"({ "appUserId": "AbC", "other": 1 })",
           StrCat(R"({"appUserId":")", std::string(64, 'a'), "\"}")}) {
    ExpectPasses({kGuest, body}, kGuestOperation, body);
  }
}

TEST_F(ContractFlipFlopTest, MemberTokensPassWithAnEmptyBodyInEachOfItsForms) {
  ExpectPasses({kMember}, kMemberOperation, "");
  ExpectPasses({kMember, "{}"}, kMemberOperation, "{}");
  ExpectPasses({kMember, "''"}, kMemberOperation, "{}");
  ExpectPasses({kMember, "''", "Content-Type: text/plain\r\n"},
               kMemberOperation, "{}");
  const std::string u64(64, 'Z');
  ExpectPasses({StrCat("POST /v2/apps/me/members/", u64, "/chat-tokens")},
               kMemberOperation, "");
}

TEST_F(ContractFlipFlopTest, CredentialsAreAsked) {
  const Answer empty = Unauthorized("EMPTY_APP_CREDENTIALS",
                                    "'Authorization: Basic' header is empty.");
  const Answer invalid = Unauthorized("INVALID_APP_CREDENTIALS",
                                      "The app credentials are not valid.");
  for (const std::string line : {kGuest, kMember}) {
    for (const char* field : {"", "Basic", "Bearer a2V5OnNlY3JldA=="}) {
      ExpectRefused({line, "", "", field}, empty);
    }
    // Not base64; no colon; no key; a control character.
    for (const char* field : {"Basic !", "Basic a2V5", "Basic OnNlY3JldA==",
                              "Basic a2UKeTpz", "Basic a2V5OnNlY3JldA= ="}) {
      ExpectRefused({line, "", "", field}, invalid);
    }
  }
}

TEST_F(ContractFlipFlopTest, CredentialsAreVerifiedWhereAskedFor) {
  SidecarOptions options = FlipFlop();
  options.keys =
      "    authenticate: verify\n"
      "    apps: [{app_id: ffl-dev-1, api_key: key, api_secret: secret}]\n";
  Sidecar sidecar(options);
  ASSERT_TRUE(sidecar.started()) << sidecar.headgate().err();
  EXPECT_EQ(sidecar.Send({kMember}).status, 200);
  const size_t before = sidecar.upstream().received_bytes();
  // "key:secreT", "Key:secret", "key:", "other:secret".
  for (const char* field : {"Basic a2V5OnNlY3JlVA==", "Basic S2V5OnNlY3JldA==",
                            "Basic a2V5Og==", "Basic b3RoZXI6c2VjcmV0"}) {
    EXPECT_EQ(Describe(sidecar.Send({kMember, "", "", field})),
              Describe(Unauthorized("INVALID_APP_CREDENTIALS",
                                    "The app credentials are not valid.")));
  }
  EXPECT_EQ(sidecar.upstream().received_bytes(), before);
}

TEST_F(ContractFlipFlopTest, AppUserIdsAreLettersAndDigits) {
  const std::string text = Error("INVALID_APP_USER_ID_FORMAT",
                                 "appUserId must be 1 to 64 letters and "
                                 "digits.");
  const std::string a65(65, 'a');
  for (const std::string& id : std::vector<std::string>{
           a65, "a-b", "0b7e4c4e-8a0f-4a39-9d5c-6a7f0c3b2d11", "a_b", "a.b",
           "a%20b", "%C3%B6", "a,b"}) {
    ExpectRefused({StrCat("POST /v2/apps/me/members/", id, "/chat-tokens")},
                  Json(400, text, kMemberOperation));
  }
  for (const std::string& id : std::vector<std::string>{
           "\"" + a65 + "\"", "\"a-b\"", "\"\xC3\xB6\"", "7", "[]", "true"}) {
    ExpectRefused({kGuest, StrCat("{\"appUserId\":", id, "}")},
                  Json(400, text, kGuestOperation));
  }
}

TEST_F(ContractFlipFlopTest, EmptyAppUserIdsHaveTheirOwnError) {
  const std::string text = Error("EMPTY_APP_USER_ID", "appUserId is empty.");
  ExpectRefused({"POST /v2/apps/me/members//chat-tokens"},
                Json(400, text, kMemberOperation));
  ExpectRefused({kGuest, R"({"appUserId":""})"},
                Json(400, text, kGuestOperation));
  ExpectRefused({"POST /v2/apps/me/members", R"({"appUserId":""})"},
                Json(400, text, "create_member"));
  ExpectRefused({"POST /v2/apps/me/members", "{}"},
                Json(400, text, "create_member"));
  ExpectRefused({"POST /v2/apps/me/members/login", "{}"},
                Json(400, text, "login_member"));
}

TEST_F(ContractFlipFlopTest, BodiesThatAreNoneOfTheDocumentedOnes) {
  const std::string text =
      Error("INVALID_HTTP_MESSAGE_BODY", "The HTTP message body is not valid.");
  for (const char* body :
       {"{", "'", "\"\"", "[]", "null", R"({"appUserId":"a","appUserId":"b"})",
        R"({"appUserName":7})", R"({"accessToken":[]})", "a=b",
        "{\"appUserName\":\"\xFF\"}"}) {
    ExpectRefused({kGuest, body}, Json(400, text, kGuestOperation));
  }
  for (const char* body : {"{", "''{}", "[]", "7"}) {
    ExpectRefused({kMember, body}, Json(400, text, kMemberOperation));
  }
  ExpectRefused({kGuest, "{}", "Content-Type: text/plain\r\n"},
                Json(415,
                     Error("UNSUPPORTED_MEDIA_TYPE",
                           "The HTTP message body must be JSON."),
                     kGuestOperation));
}

TEST_F(ContractFlipFlopTest, BodiesOverTheLimit) {
  const Message answer =
      sidecar_.Send({kGuest, "", "Content-Length: 1048577\r\n"});
  EXPECT_EQ(answer.status, 413) << answer;
  EXPECT_EQ(answer.body,
            Error("PAYLOAD_TOO_LARGE", "The HTTP message body is too large."));
}

TEST_F(ContractFlipFlopTest, WrongMethodsAre400AndUnknownUrls404) {
  const Answer method =
      Json(400, Error("UNSUPPORTED_HTTP_METHOD",
                      "This HTTP method is not supported here."));
  for (const char* line :
       {"PUT /v2/apps/me/members/guest-chat-tokens",
        "GET /v2/apps/me/members/bob/chat-tokens",
        "DELETE /v2/apps/me/members/bob/chat-tokens",
        "OPTIONS /v2/apps/me/members/bob/chat-tokens",
        "PUT /v2/apps/me/members", "POST /v2/apps/me/members/bob"}) {
    ExpectRefused({line}, method);
  }
  for (const char* line : {"GET /v2/apps/me", "GET /v2/apps/me/nothing",
                           "POST /v2/apps/me/members/bob/chat-token",
                           "POST /v2/apps/me/members/bob/x/chat-tokens"}) {
    ExpectRefused(
        {line}, Json(404, Error("NOT_FOUND", "There is nothing at this URL.")));
  }
}

TEST_F(ContractFlipFlopTest, TheCodesOfTheServicePass) {
  struct Case {
    int status;
    const char* code;
  };
  const Case kCases[] = {
      {400, "UNSUPPORTED_HTTP_METHOD"},
      {400, "INVALID_HTTP_MESSAGE_BODY"},
      {401, "EMPTY_APP_CREDENTIALS"},
      {401, "INVALID_APP_CREDENTIALS"},
      {400, "EMPTY_APP_USER_ID"},
      {400, "INVALID_APP_USER_ID_FORMAT"},
      {400, "INVALID_ACCESS_TOKEN"},
      {404, "MEMBER_NOT_FOUND"},
      {409, "MEMBER_ALREADY_EXISTS"},
      {500, "INTERNAL_SERVER_ERROR"},
      {404, "NOT_FOUND"},
      {413, "PAYLOAD_TOO_LARGE"},
      {415, "UNSUPPORTED_MEDIA_TYPE"},
      {429, "TOO_MANY_REQUESTS"},
      {502, "BAD_GATEWAY"},
      {503, "SERVICE_UNAVAILABLE"},
      {504, "GATEWAY_TIMEOUT"},
  };
  for (const Case& c : kCases) {
    const std::string body = Error(c.code, "In the service's own words.");
    ExpectPasses({kMember}, kMemberOperation, "", c.status, body);
    ExpectPasses({kGuest, "{}"}, kGuestOperation, "{}", c.status, body);
  }
}

TEST_F(ContractFlipFlopTest, TheNeighboursPass) {
  struct Case {
    Call call;
    std::string operation;
    int status = 200;
  };
  const std::string members = " /v2/apps/me/members";
  const std::string member =
      R"({"appUserId":"Bob1","appUserName":"Bob","appUserProfileImgUrl":null})";
  const Case kCases[] = {
      {{"POST" + members, member}, "create_member", 201},
      {{"POST" + members + "/login", member}, "login_member"},
      {{"POST" + members + "/login-as-guest"}, "login_guest"},
      {{"GET" + members + "?page=0&size=20"}, "list_members"},
      {{"GET" + members + "/Bob1"}, "get_member"},
      {{"PATCH" + members + "/Bob1", R"({"appUserName":"B"})"},
       "update_member"},
  };
  for (const Case& c : kCases) {
    ExpectPasses(c.call, c.operation, c.call.body, c.status, "{}");
  }
}

TEST_F(ContractFlipFlopTest, MembersAreDeletedWithoutABody) {
  for (const char* ids : {"Bob1", "Bob1%2CAnn2"}) {
    const Call call = {StrCat("DELETE /v2/apps/me/members/", ids)};
    sidecar_.upstream().Next(Reply::Raw("HTTP/1.1 204 No Content\r\n\r\n"));
    const Message answer = sidecar_.Send(call);
    EXPECT_EQ(answer.status, 204) << answer;
    EXPECT_FALSE(answer.HasHeader("Content-Length")) << answer;
    EXPECT_EQ(sidecar_.upstream().last_request().message.wire,
              sidecar_.Forwarded(call, call.line, ""));
  }
}

TEST_F(ContractFlipFlopTest, PagesOfMembersAreNumbers) {
  for (const char* query : {"page=-1", "page=x", "size=0", "size="}) {
    ExpectRefused({StrCat("GET /v2/apps/me/members?", query)},
                  Json(400, Error("BAD_REQUEST", "The request is not valid."),
                       "list_members"));
  }
}

}  // namespace
}  // namespace headgate::test
