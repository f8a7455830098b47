#include "proxy/admin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/json_reader.h"
#include "base/strings.h"
#include "tests/policy/engine_fixture.h"
#include "tests/support/fake_clock.h"

namespace headgate::proxy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kConfig[] = R"(
listeners: [{address: 127.0.0.1:0}]
services:
  agora-chat:
    upstream: {servers: [http://127.0.0.1:9001]}
    limits: {default: 3/s}
    apps:
      - {org_name: acme, app_name: vip, limits: {default: 50/s}}
  private-services:
    upstream: {servers: [http://127.0.0.1:9002]}
    authenticate: verify
    apps:
      - {name: backend, api_key: SECRET-api-key}
)";

class FakeControl : public Control {
 public:
  explicit FakeControl(const Clock&) : limiter_(policy::Limiter::Options{}) {
    UsePolicy(kConfig);
  }
  void UsePolicy(const std::string& config) {
    std::string mistakes;
    policy_ = policy::CompileText(config, "", &mistakes);
    EXPECT_NE(policy_, nullptr) << mistakes;
  }
  bool Ready() const override { return ready; }
  ReloadResult Reload() override { return reload; }
  void Drain() override { ready = false; }
  std::shared_ptr<const policy::Policy> policy() const override {
    return policy_;
  }
  policy::Limiter& limiter() override { return limiter_; }
  const policy::TokenVerifier* tokens() const override { return nullptr; }
  service::Runtime* runtime() override { return own_runtime.get(); }
  int64_t in_flight() const override { return 0; }
  std::string MetricsText() override { return "headgate_workers 2\n"; }

  bool ready = true;
  std::unique_ptr<service::Runtime> own_runtime;  // null: none
  ReloadResult reload{.ok = true, .text = "", .generation = 2};

 private:
  policy::Limiter limiter_;
  std::shared_ptr<const policy::Policy> policy_;
};

class AdminTest : public testing::Test {
 protected:
  AdminAnswer Get(std::string_view path, std::string_view query = "") {
    return handler_.Handle(
        {.method = "GET", .path = path, .query = query, .body = ""});
  }
  AdminAnswer Post(std::string_view path, std::string_view body = "") {
    return handler_.Handle(
        {.method = "POST", .path = path, .query = "", .body = body});
  }
  // Counts one call, as a worker does.
  void Spend(const policy::Request& request) {
    policy::Engine engine(&control_.limiter());
    policy::Decision decision;
    engine.EvaluateHead(*control_.policy(), request, clock_.Now(), &decision);
    EXPECT_TRUE(decision.limited);
  }
  static policy::Request GetRoom(std::string_view path) {
    policy::Request request;
    request.method = "GET";
    request.path = path;
    request.authorization = "Bearer token";
    return request;
  }

  test::FakeClock clock_;
  FakeControl control_{clock_};
  AdminHandler handler_{&control_, &clock_};
};

TEST_F(AdminTest, ReadinessFallsWhenItDrainsAndLivenessStays) {
  EXPECT_EQ(Get("/livez").body, "ok\n");
  EXPECT_EQ(Get("/readyz").status, 200);
  EXPECT_EQ(Get("/readyz").body, "ok\n");
  EXPECT_EQ(Get("/readyz").content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(Post("/drain").status, 202);
  EXPECT_EQ(Get("/readyz").status, 503);
  EXPECT_EQ(Get("/readyz").body, "draining\n");
  EXPECT_EQ(Get("/livez").status, 200);
}

TEST_F(AdminTest, GivesTheMetrics) {
  const AdminAnswer answer = Get("/metrics");
  EXPECT_EQ(answer.content_type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(answer.body, "headgate_workers 2\n");
}

TEST_F(AdminTest, TheConfigHasEveryDefaultAndNoSecret) {
  const AdminAnswer answer = Get("/config");
  EXPECT_EQ(answer.content_type, "application/yaml");
  EXPECT_THAT(answer.body, HasSubstr("head_bytes"));
  EXPECT_THAT(answer.body, HasSubstr("backend"));
  EXPECT_THAT(answer.body, Not(HasSubstr("SECRET")));
}

TEST_F(AdminTest, ReloadTellsTheGenerationOrEveryMistake) {
  AdminAnswer answer = Post("/reload");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.body, "{\"generation\":2}\n");
  control_.reload = {
      .ok = false, .text = "headgate.yaml:1:1: error: x", .generation = 2};
  answer = Post("/reload");
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(answer.body, "headgate.yaml:1:1: error: x\n");
}

TEST_F(AdminTest, RefusesWhatItDoesNotKnow) {
  const struct {
    AdminRequest request;
    int status;
    const char* allow;
    const char* body;
  } kCases[] = {
      {{"GET", "/", "", ""},
       404,
       "",
       R"({"type":"about:blank","title":"Not Found","status":404,)"
       R"("detail":"this path is not served here"})"
       "\n"},
      {{"GET", "/livez/", "", ""}, 404, "", nullptr},
      {{"GET", "/Livez", "", ""}, 404, "", nullptr},
      {{"POST", "/livez", "", ""},
       405,
       "GET, HEAD",
       R"({"type":"about:blank","title":"Method Not Allowed","status":405,)"
       R"("detail":"this path takes another method"})"
       "\n"},
      {{"OPTIONS", "/metrics", "", ""}, 405, "GET, HEAD", nullptr},
      {{"GET", "/reload", "", ""}, 405, "POST", nullptr},
      {{"HEAD", "/drain", "", ""}, 405, "POST", nullptr},
      {{"GET", "/livez", "verbose", ""},
       400,
       "",
       R"({"type":"about:blank","title":"Bad Request","status":400,)"
       R"("detail":"this path takes no query"})"
       "\n"},
      {{"POST", "/drain", "", "x"},
       400,
       "",
       R"({"type":"about:blank","title":"Bad Request","status":400,)"
       R"("detail":"this path takes no body"})"
       "\n"},
  };
  for (const auto& test : kCases) {
    const AdminAnswer answer = handler_.Handle(test.request);
    EXPECT_EQ(answer.status, test.status) << test.request.path;
    EXPECT_EQ(answer.allow, test.allow);
    EXPECT_EQ(answer.content_type, "application/problem+json");
    if (test.body != nullptr) {
      EXPECT_EQ(answer.body, test.body);
    }
  }
  EXPECT_TRUE(control_.ready);
}

TEST_F(AdminTest, HeadIsAnsweredAsGet) {
  EXPECT_EQ(handler_.Handle({"HEAD", "/metrics", "", ""}).body,
            Get("/metrics").body);
}

TEST_F(AdminTest, LimitsShowsTheLimiter) {
  EXPECT_THAT(Get("/limits").body, StartsWith("{\"keys\":0,\"bytes\":"));
  Spend(GetRoom("/acme/chat/chatrooms/1/users"));
  EXPECT_THAT(Get("/limits").body, StartsWith("{\"keys\":1,\"bytes\":"));
  EXPECT_THAT(Get("/limits").body,
              HasSubstr("\"overflow_calls\":0,\"dropped_keys\":0}\n"));
}

TEST_F(AdminTest, LimitsShowsWhereAnAppStands) {
  Spend(GetRoom("/acme/chat/chatrooms/1/users"));
  const std::string query = "app=acme%23chat&operation=list_chatroom_members";
  // One call is spent and the next one would leave one; asking counts nothing.
  for (int i = 0; i < 3; ++i) {
    const AdminAnswer answer = Get("/limits", query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_THAT(answer.body,
                HasSubstr("\"service\":\"agora-chat\",\"operation\":"
                          "\"list_chatroom_members\",\"app\":"));
    EXPECT_THAT(answer.body, HasSubstr("\"limit\":3,\"remaining\":1,"));
    // Not a listed app: its key may be a secret.
    EXPECT_THAT(answer.body, Not(HasSubstr("acme")));
  }
}

TEST_F(AdminTest, LimitsKnowsAListedAppsOwnLimit) {
  Spend(GetRoom("/acme/vip/chatrooms/1/users"));
  const AdminAnswer answer =
      Get("/limits",
          "service=agora-chat&app=acme%23vip&operation=list_chatroom_members");
  EXPECT_THAT(answer.body, HasSubstr("\"app\":\"acme#vip\""));
  EXPECT_THAT(answer.body, HasSubstr("\"limit\":50,\"remaining\":48,"));
}

TEST_F(AdminTest, LimitsRefusesWhatItDoesNotUnderstand) {
  const struct {
    const char* query;
    const char* detail;
  } kCases[] = {
      {"ap=x", "unknown query parameter \\\"ap\\\"; did you mean \\\"app\\\"?"},
      {"app=x", "\\\"app\\\" and \\\"operation\\\" go together"},
      {"app=x&operation=nothing", "no such service or operation"},
      {"app=x&service=nothing&operation=create_token",
       "no such service or operation"},
      {"app=x&app=y", "repeated query parameter \\\"app\\\""},
      {"app", "malformed query parameter \\\"app\\\""},
      {"app=%zz", "malformed query parameter \\\"app=%zz\\\""},
      {"&", "malformed query parameter \\\"\\\""},
  };
  for (const auto& test : kCases) {
    const AdminAnswer answer = Get("/limits", test.query);
    EXPECT_EQ(answer.status, 400) << test.query;
    EXPECT_THAT(answer.body,
                HasSubstr(StrCat("\"detail\":\"", test.detail, "\"}\n")));
  }
}

TEST_F(AdminTest, ExplainShowsEachStepAndCountsNothing) {
  for (int i = 0; i < 5; ++i) {
    const AdminAnswer answer = Post(
        "/explain", R"({"method":"GET",)"
                    R"("path":"/acme/chat/chatrooms/1/users?pagesize=5000",)"
                    R"("headers":{"authorization":"Bearer SECRET"}})");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_THAT(answer.body, StartsWith("{\"decision\":\"allow\",\"service\":"
                                        "\"agora-chat\",\"operation\":"
                                        "\"list_chatroom_members\""));
    EXPECT_THAT(answer.body, HasSubstr("\"limit\":3,\"remaining\":"));
    EXPECT_THAT(answer.body,
                HasSubstr("\"forwarded\":{\"path\":"
                          "\"/acme/chat/chatrooms/1/users\",\"query\":"
                          "\"pagesize=1000\"}"));
    EXPECT_THAT(answer.body, HasSubstr("\"trace\":[{\"step\":\"route\""));
    EXPECT_THAT(answer.body, Not(HasSubstr("SECRET")));
  }
  EXPECT_EQ(control_.limiter().GetStats().keys, 0);
}

TEST_F(AdminTest, ExplainNamesTheRuleThatDenied) {
  const AdminAnswer answer = Post(
      "/explain", R"({"method":"POST","path":"/acme/chat/chatrooms/1/users",)"
                  R"("headers":{"Authorization":"Bearer t","Content-Type":)"
                  R"("application/json"},"body":{"usernames":["a","b c"]}})");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.body, StartsWith("{\"decision\":\"deny\",\"service\":"
                                      "\"agora-chat\",\"operation\":"
                                      "\"add_chatroom_members\""));
  EXPECT_THAT(answer.body, HasSubstr("\"error\":\"illegal_username\""));
  EXPECT_THAT(answer.body, HasSubstr("\"passed\":false}]}\n"));
}

TEST_F(AdminTest, ExplainRefusesPathsAsTheListenerDoes) {
  const AdminAnswer answer =
      Post("/explain", R"({"path":"/acme/chat/chatrooms/%00/users"})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("\"refusal\":\"bad_path\""));
}

TEST_F(AdminTest, ExplainNeverShowsAnApiKey) {
  const AdminAnswer answer = Post(
      "/explain",
      R"({"method":"POST","path":"/chat.tokens.private.v1.Service/Create",)"
      R"("headers":{"Authorization":"Bearer SECRET-api-key","Content-Type":)"
      R"("application/json"},"body":"{}"})");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr("\"service\":\"private-services\""));
  EXPECT_THAT(answer.body, Not(HasSubstr("SECRET")));
}

TEST_F(AdminTest, ExplainRefusesWhatItDoesNotUnderstand) {
  const struct {
    const char* body;
    const char* detail;
  } kCases[] = {
      {"[]", "the body must be a JSON object"},
      {"{}", "\\\"path\\\" must begin with \\\"/\\\""},
      {R"({"path":"x"})", "\\\"path\\\" must begin with \\\"/\\\""},
      {R"({"path":1})", "\\\"path\\\" must be a string"},
      {R"({"path":"/","method":"GET /"})", "\\\"method\\\" is no method"},
      {R"({"path":"/","url":"/"})",
       "unknown key \\\"url\\\": expected method, path, headers or body"},
      {R"({"path":"/","headers":[]})", "\\\"headers\\\" must be an object"},
      {R"({"path":"/","headers":{"a b":"c"}})",
       "\\\"headers\\\": a name is no field name"},
      {R"({"path":"/","headers":{"A":1}})",
       "\\\"headers\\\": \\\"A\\\" is no string that a field can hold"},
      {R"({"path":"/","headers":{"A":"b\nc"}})",
       "\\\"headers\\\": \\\"A\\\" is no string that a field can hold"},
      {R"({"path":"/","headers":{"Authorization":"a","authorization":"b"}})",
       "\\\"headers\\\": \\\"authorization\\\" comes twice"},
  };
  for (const auto& test : kCases) {
    const AdminAnswer answer = Post("/explain", test.body);
    EXPECT_EQ(answer.status, 400) << test.body;
    EXPECT_THAT(answer.body,
                HasSubstr(StrCat("\"detail\":\"", test.detail, "\"}\n")))
        << test.body;
  }
  EXPECT_THAT(Post("/explain", "{").body, HasSubstr("the body is no JSON: "));
  EXPECT_EQ(Post("/explain", std::string(AdminHandler::kBodyBytesMax + 1, ' '))
                .status,
            413);
}

constexpr char kStandalone[] = R"(
listeners: [{address: 127.0.0.1:0}]
services:
  agora-chat:
    apps: [{org_name: acme, app_name: chat}]
  flipflop:
    chat_server_url: ws://chat
    apps: [{app_id: ffl, api_key: k, api_secret: s}]
)";

TEST_F(AdminTest, RevokeRevokesAllTokensOfAUserUntilNow) {
  control_.UsePolicy(kStandalone);
  control_.own_runtime = *service::Runtime::Open({.inline_passwords = true});
  const AdminAnswer answer =
      Post("/revoke", R"({"app":"acme#chat","user":"amy"})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "{\"revoked\":true}\n");
  const service::Revocations& revocations = control_.own_runtime->revocations();
  const int64_t now_ms = clock_.Now().unix_ms();
  EXPECT_TRUE(revocations.IsRevoked("id", "acme#chat", "amy", now_ms));
  EXPECT_FALSE(revocations.IsRevoked("id", "acme#chat", "amy", now_ms + 1));
  EXPECT_FALSE(revocations.IsRevoked("id", "acme#chat", "bob", now_ms));
  EXPECT_FALSE(revocations.IsRevoked("id", "acme#other", "amy", now_ms));
}

TEST_F(AdminTest, RevokeSpellsTheUserAsItsServiceDoes) {
  control_.UsePolicy(kStandalone);
  control_.own_runtime = *service::Runtime::Open({.inline_passwords = true});
  Post("/revoke", R"({"app":"acme#chat","user":"AMY"})");
  Post("/revoke", R"({"app":"ffl","user":"AMY"})");
  Post("/revoke", R"({"app":"acme#chat","user":""})");
  const service::Revocations& revocations = control_.own_runtime->revocations();
  const int64_t now_ms = clock_.Now().unix_ms();
  EXPECT_TRUE(revocations.IsRevoked("id", "acme#chat", "amy", now_ms));
  EXPECT_TRUE(revocations.IsRevoked("id", "ffl", "AMY", now_ms));
  EXPECT_FALSE(revocations.IsRevoked("id", "ffl", "amy", now_ms));
  EXPECT_TRUE(revocations.IsRevoked("id", "acme#chat", "", now_ms));
}

TEST_F(AdminTest, RevokeRefusesAnAppWhoseTokensAreNotOpenedHere) {
  control_.UsePolicy(kStandalone);
  control_.own_runtime = *service::Runtime::Open({.inline_passwords = true});
  AdminAnswer answer = Post("/revoke", R"({"app":"acme#chta","user":"amy"})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body, HasSubstr("\"detail\":\"no tokens are for an app "
                                     "\\\"acme#chta\\\"; did you mean "
                                     "\\\"acme#chat\\\"?\"}"));
  answer = Post("/revoke", R"({"app":"backend","user":"amy"})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_THAT(answer.body,
              HasSubstr("\"detail\":\"no tokens are for an app "
                        "\\\"backend\\\"; there are acme#chat, ffl\"}"));
  EXPECT_EQ(control_.own_runtime->revocations().Size(), 0u);
}

TEST_F(AdminTest, RevokeRefusesWhatItDoesNotUnderstand) {
  const std::string kBad[] = {"",
                              "[]",
                              "{",
                              "{}",
                              R"({"app":"a"})",
                              R"({"user":"u"})",
                              R"({"app":"","user":"u"})",
                              R"({"app":"a","user":1})",
                              R"({"app":"a","user":"u","more":"x"})"};
  for (const std::string& body : kBad) {
    const AdminAnswer answer = Post("/revoke", body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_THAT(answer.body, HasSubstr("expected {")) << body;
  }
  EXPECT_THAT(Post("/revoke", R"({"app":"a","user":"u"})").body,
              HasSubstr("every service has an upstream: no token was issued "
                        "here"));
}

}  // namespace
}  // namespace headgate::proxy
