// Users and the tokens of apps and users.
#include "gtest/gtest.h"
#include "tests/service/agora_chat/chat.h"

namespace headgate::service {
namespace {

// AccessToken2 of the contract page: app and certificate of ChatService,
// issued at 1111111 for 600 seconds, so expired long ago.
constexpr char kExpiredAccessToken2[] =
    "007eJxTYNAIsnbS3v/A5t2TC6feR15r+6cq8bqAvfaW+tk/"
    "Vzz+p6xTYLA0N3B2NDZNSTUzSDYxMT"
    "MxTUpKTLVINDI0NTAzTDI2dv8iwBDBxMDAyADCrEDMCOZzMRhZWBgZmxgamRsDAB+lHrg=";

class UsersTest : public testing::Test {
 protected:
  std::string Token(const std::string& body) {
    return chat_.Ask("POST /acme/chat/token", body);
  }
  Chat chat_;
};

TEST_F(UsersTest, RegistersOne) {
  const Reply reply = chat_.Send("POST /acme/chat/users",
                                 R"({"username":"Amy","nickname":"A"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(At(reply.body, "path"), "/users");
  EXPECT_EQ(At(reply.body, "data"), "[]");
  EXPECT_EQ(At(reply.body, "entities.0.username"), "amy");
  EXPECT_EQ(At(reply.body, "entities.0.type"), "user");
  EXPECT_EQ(At(reply.body, "entities.0.activated"), "true");
  EXPECT_EQ(At(reply.body, "entities.0.created"), "1767225600000");
  EXPECT_EQ(At(reply.body, "entities.0.modified"), "1767225600000");
  EXPECT_EQ(At(reply.body, "entities.0.uuid").size(), 36u);
  const Reply found = chat_.Send("GET /acme/chat/users/AMY");
  EXPECT_EQ(At(found.body, "entities"), At(reply.body, "entities"));
}

TEST_F(UsersTest, RefusesToRegisterOne) {
  chat_.Register({"amy"});
  const std::string application =
      At(chat_.Send("GET /acme/chat/users/amy").body, "application");
  const struct {
    std::string body;
    std::string answer;
  } kCases[] = {
      {R"({"username":"amy"})",
       "400 duplicate_unique_property_exists: Application " + application +
           " Entity user requires that property named username be unique, "
           "value of amy exists."},
      {R"({"password":"x"})",
       "400 illegal_argument: Entity 'user' requires a property named "
       "username."},
      {R"({"username":"a b"})",
       "400 illegal_argument: username [a b] is not legal"},
      {R"({"username":"zoe","password":")" + std::string(1025, 'p') + "\"}",
       "400 illegal_argument: This is an invalid request."},
      {"[]", "400 illegal_argument: This is an invalid request."},
  };
  for (const auto& row : kCases) {
    EXPECT_EQ(chat_.Ask("POST /acme/chat/users", row.body), row.answer);
  }
}

TEST_F(UsersTest, NobodyIsRegisteredWithAPasswordThatIsNoText) {
  for (const std::string password :
       {"5", "null", R"("")", "true", "[]", R"({"a":"b"})"}) {
    EXPECT_EQ(chat_.Ask("POST /acme/chat/users",
                        R"({"username":"zoe","password":)" + password + "}"),
              "400 illegal_argument: This is an invalid request.")
        << password;
  }
  EXPECT_EQ(
      chat_.Ask("POST /acme/chat/users", R"({"username":"zoe","nickname":5})"),
      "400 illegal_argument: This is an invalid request.");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/users/zoe"),
            "404 service_resource_not_found: Service resource not found.");
  const Reply reply =
      chat_.Send("POST /acme/chat/users",
                 R"([{"username":"amy","password":5},{"username":"bob",)"
                 R"("nickname":null},{"username":"carl","nickname":[]}])");
  EXPECT_EQ(At(reply.body, "entities.0.username"), "bob");
  EXPECT_EQ(At(reply.body, "entities.1"), "(none)");
  EXPECT_EQ(At(reply.body, "data"),
            R"([{"username":"amy","registerUserFailReason":)"
            R"("password must be a text of 1 to 1024 bytes"},)"
            R"({"username":"carl","registerUserFailReason":)"
            R"("nickname must be a text of at most 1024 bytes"}])");
}

TEST_F(UsersTest, OfSeveralThoseThatFailAreNamed) {
  chat_.Register({"amy"});
  const Reply reply =
      chat_.Send("POST /acme/chat/users",
                 R"([{"username":"Bob"},{"username":"amy"},{"username":"a b"},)"
                 R"({"nickname":"x"},7,{"username":"bob"}])");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(At(reply.body, "entities.0.username"), "bob");
  EXPECT_EQ(At(reply.body, "entities.1"), "(none)");
  EXPECT_EQ(At(reply.body, "data"),
            R"([{"username":"amy","registerUserFailReason":)"
            R"("the amy already exists"},)"
            R"({"username":"a b","registerUserFailReason":)"
            R"("username [a b] is not legal"},)"
            R"({"username":"","registerUserFailReason":)"
            R"("Entity 'user' requires a property named username."},)"
            R"({"username":"","registerUserFailReason":)"
            R"("Entity 'user' requires a property named username."},)"
            R"({"username":"bob","registerUserFailReason":)"
            R"("the bob already exists"}])");
}

TEST_F(UsersTest, AUserMayNotRegisterOrDeleteOthers) {
  chat_.UseUser("amy");
  EXPECT_EQ(chat_.Ask("POST /acme/chat/users", R"({"username":"bob"})"),
            "403 forbidden_op: Forbidden operation.");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/users/amy"),
            "403 forbidden_op: Forbidden operation.");
}

TEST_F(UsersTest, AnAppTokenNeedsIdAndSecret) {
  const struct {
    std::string body;
    std::string answer;
  } kCases[] = {
      {R"({"grant_type":"client_credentials"})",
       "400 illegal_argument: client_id must be provided."},
      {R"({"grant_type":"client_credentials","client_id":"demo-client"})",
       "400 illegal_argument: client_secret must be provided"},
      {R"({"grant_type":"client_credentials","client_id":"x",)"
       R"("client_secret":"demo-secret"})",
       "400 invalid_grant: client_id does not match"},
      {R"({"grant_type":"client_credentials","client_id":"demo-client",)"
       R"("client_secret":"x"})",
       "400 invalid_grant: client_secret does not match"},
      {R"({"grant_type":"magic"})",
       "400 illegal_argument: This is an invalid request."},
      {"{}", "400 illegal_argument: This is an invalid request."},
  };
  for (const auto& row : kCases) EXPECT_EQ(Token(row.body), row.answer);
  EXPECT_EQ(chat_.Ask("POST /other/app/token",
                      R"({"grant_type":"client_credentials"})"),
            "404 organization_application_not_found: Could not find "
            "application for other/app from URI: /other/app/token");
  EXPECT_EQ(chat_.Ask("POST /app-id/none/token",
                      R"({"grant_type":"client_credentials"})"),
            "404 organization_application_not_found: Could not find "
            "application for /none from URI: /app-id/none/token");
}

TEST_F(UsersTest, ATokenLivesAsLongAsAsked) {
  const std::string ask =
      R"({"grant_type":"client_credentials","client_id":"demo-client",)"
      R"("client_secret":"demo-secret")";
  const auto lifetime = [&](const std::string& more) {
    return At(chat_.Send("POST /acme/chat/token", ask + more + "}").body,
              "expires_in");
  };
  EXPECT_EQ(lifetime(""), "86400");
  EXPECT_EQ(lifetime(R"(,"ttl":60)"), "60");
  EXPECT_EQ(lifetime(R"(,"ttl":"1024000")"), "1024000");
  EXPECT_EQ(lifetime(R"(,"ttl":null)"), "86400");
  // For ever; and there is no longer.
  for (const std::string ttl :
       {"0", R"("0")", "4294967295", "4294967296", "9223372036854775807",
        "18446744073709551615", R"("99999999999999999999")"}) {
    EXPECT_EQ(lifetime(",\"ttl\":" + ttl), "4294967295") << ttl;
  }
  chat_.set_authorization(chat_.Token(ask + R"(,"ttl":60})"));
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms"), "200 []");
  chat_.clock().Advance(absl::Seconds(60));
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms"),
            "401 auth_bad_access_token: Unable to authenticate.");
}

TEST_F(UsersTest, NoTokenLivesForWhatIsNoTime) {
  chat_.Register({"amy"});
  const std::string kGrants[] = {
      R"({"grant_type":"client_credentials","client_id":"demo-client",)"
      R"("client_secret":"demo-secret",)",
      R"({"grant_type":"inherit","username":"amy",)",
      R"({"grant_type":"password","username":"amy","password":"x",)",
  };
  for (const std::string& grant : kGrants) {
    for (const std::string ttl :
         {"-1", "-9223372036854775808", "1.5", "60.0", "1e3", "true", "[]",
          R"("")", R"("-1")", R"("60s")", R"(" 60")", R"("1.5")"}) {
      EXPECT_EQ(Token(grant + "\"ttl\":" + ttl + "}"),
                "400 illegal_argument: This is an invalid request.")
          << grant << ttl;
    }
  }
}

TEST_F(UsersTest, APasswordGivesAToken) {
  chat_.Ask("POST /acme/chat/users",
            R"({"username":"amy","password":"correct horse"})");
  chat_.Register({"bob"});
  const Reply reply = chat_.Send("POST /acme/chat/token",
                                 R"({"grant_type":"password","username":"Amy",)"
                                 R"("password":"correct horse"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(At(reply.body, "user.username"), "amy");
  EXPECT_EQ(At(reply.body, "expires_in"), "86400");
  chat_.set_authorization("Bearer " + At(reply.body, "access_token"));
  EXPECT_EQ(chat_.Ask("GET /acme/chat/users/amy/joined_chatrooms"), "200 []");
  const struct {
    std::string body;
    std::string answer;
  } kCases[] = {
      {R"({"grant_type":"password","username":"amy","password":"no"})",
       "400 invalid_grant: invalid password"},
      {R"({"grant_type":"password","username":"amy"})",
       "400 invalid_grant: invalid password"},
      {R"({"grant_type":"password","username":"bob","password":""})",
       "400 invalid_grant: invalid password"},
      {R"({"grant_type":"password","username":"zoe","password":"x"})",
       "404 invalid_grant: user not found"},
      {R"({"grant_type":"password","password":"x"})",
       "400 illegal_argument: Entity 'user' requires a property named "
       "username."},
  };
  for (const auto& row : kCases) EXPECT_EQ(Token(row.body), row.answer);
}

TEST_F(UsersTest, OnlyTheAppLetsAUserInherit) {
  const std::string ask = R"({"grant_type":"inherit","username":"amy"})";
  EXPECT_EQ(Token(ask), "404 invalid_grant: user not found");
  EXPECT_EQ(Token(R"({"grant_type":"inherit","username":"amy",)"
                  R"("autoCreateUser":false})"),
            "404 invalid_grant: user not found");
  EXPECT_EQ(Token(R"({"grant_type":"inherit","username":"amy",)"
                  R"("autoCreateUser":"true"})"),
            "400 illegal_argument: This is an invalid request.");
  EXPECT_EQ(Token(R"({"grant_type":"inherit","username":"a b",)"
                  R"("autoCreateUser":true})"),
            "400 illegal_argument: username [a b] is not legal");
  chat_.UseUser("amy");
  EXPECT_EQ(Token(ask), "401 auth_bad_access_token: Unable to authenticate.");
  chat_.set_authorization("");
  EXPECT_EQ(Token(ask),
            "401 unauthorized: Unable to authenticate due to expired access "
            "token.");
  chat_.set_authorization("Bearer \x01");
  EXPECT_EQ(Token(ask),
            "401 auth_bad_access_token: Unable to authenticate due to corrupt "
            "access token.");
}

TEST_F(UsersTest, EveryBadTokenIsRefusedAlike) {
  const std::string good = chat_.authorization();
  chat_.UseUser("amy");
  const std::string of_user = chat_.authorization();
  std::string altered = good;
  altered[60] = altered[60] == 'A' ? 'B' : 'A';
  const std::string kBad[] = {
      altered,
      good + "A",
      good.substr(0, good.size() - 1),
      "Bearer v2.local" + good.substr(good.find('.', 12)),
      "Bearer v4.public" + good.substr(good.find('.', 12)),
      "Bearer x",
      "Bearer " + std::string(8000, 'x'),
      std::string("Bearer ") + kExpiredAccessToken2,
      "Bearer 007",
  };
  for (const std::string& bad : kBad) {
    chat_.set_authorization(bad);
    EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms"),
              "401 auth_bad_access_token: Unable to authenticate.")
        << bad;
  }
  chat_.UseApp();
  chat_.Ask("DELETE /acme/chat/users/amy");
  chat_.set_authorization(of_user);
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms"),
            "401 auth_bad_access_token: Unable to authenticate.");
}

TEST_F(UsersTest, TokensOfANewNamesakeAreGood) {
  chat_.UseUser("amy");
  chat_.UseApp();
  chat_.Ask("DELETE /acme/chat/users/amy");
  chat_.clock().Advance(absl::Milliseconds(1));
  chat_.UseUser("amy");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms"), "200 []");
}

}  // namespace
}  // namespace headgate::service
