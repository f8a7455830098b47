// The limits of the three contracts: the 101st call of a window is refused with
// the family's own answer, each operation and each app has its own budget, and
// neighbours have the limits that the pages give them.
//
// Windows of an hour keep the machine's speed out of the exact counts; the
// documented second is met by a flood at the end.
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "tests/e2e/contract_chat.h"

namespace headgate::test {
namespace {

constexpr char kTooMany[] = "This request has reached api limit";

// Sends the call `count` times at once, and reads the answers.
std::vector<Message> Flood(const Sidecar& sidecar, const std::string& address,
                           const Call& call, int count) {
  RawClient client(address);
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += sidecar.Bytes(call);
  client.Send(bytes);
  const std::string method = call.line.substr(0, call.line.find(' '));
  std::vector<Message> answers;
  for (int i = 0; i < count; ++i) answers.push_back(client.ReadAnswer(method));
  return answers;
}

struct Budget {
  Call call;
  std::string operation;
  int quota = 100;
};

// `quota` calls pass, each with one call less remaining; the next is `refused`.
void ExpectBudget(Sidecar* sidecar, const Budget& budget, Answer refused) {
  SCOPED_TRACE(budget.call.line + " " + budget.operation);
  const size_t before = sidecar->upstream().requests().size();
  const std::vector<Message> answers = Flood(
      *sidecar, sidecar->headgate().address(), budget.call, budget.quota + 2);
  for (int i = 0; i < budget.quota; ++i) {
    const Message& answer = answers[static_cast<size_t>(i)];
    ASSERT_EQ(answer.status, 200) << i << ": " << answer;
    const std::string remaining =
        StrCat("\"", budget.operation, "\";r=", budget.quota - 1 - i, ";t=");
    EXPECT_TRUE(answer.Header("RateLimit").starts_with(remaining))
        << i << ": " << answer;
  }
  refused.status = 429;
  refused.retry_after = true;
  refused.operation = budget.operation;
  refused.quota = budget.quota;
  refused.window_seconds = 3600;
  for (size_t i = answers.size() - 2; i < answers.size(); ++i) {
    EXPECT_EQ(Describe(answers[i]), Describe(refused));
    EXPECT_TRUE(answers[i].Header("RateLimit").find(";r=0;t=") !=
                std::string_view::npos)
        << answers[i];
  }
  EXPECT_EQ(sidecar->upstream().requests().size(),
            before + static_cast<size_t>(budget.quota));
}

TEST(ContractLimitsTest, EachOfTheEightOperationsHasItsOwnHundred) {
  SidecarOptions options = Chat();
  options.keys = "    limits: {default: 100/h}\n";
  Sidecar sidecar(options);
  ASSERT_TRUE(sidecar.started()) << sidecar.headgate().err();
  const Answer refused = {.body = ChatError("reach_limit", kTooMany)};
  const std::string users = "/acme/chat/chatrooms/1/users";
  const std::string admin = "/acme/chat/chatrooms/1/admin";
  const Budget kBudgets[] = {
      {{"POST " + users + "/u1"}, "add_chatroom_member"},
      {{"POST " + users, Usernames(2)}, "add_chatroom_members"},
      {{"GET " + users}, "list_chatroom_members"},
      {{"DELETE " + users + "/u1"}, "remove_chatroom_member"},
      {{"DELETE " + users + "/u1,u2"}, "remove_chatroom_members"},
      {{"POST " + admin, R"({"newadmin":"u1"})"}, "add_chatroom_admin"},
      {{"GET " + admin}, "list_chatroom_admins"},
      {{"DELETE " + admin + "/u1"}, "remove_chatroom_admin"},
      // Other apps, and the same operation of the other prefix.
      {{"GET /acme/other/chatrooms/1/users"}, "list_chatroom_members"},
      {{"GET /other/chat/chatrooms/1/users"}, "list_chatroom_members"},
      {{"GET /app-id/1/chatrooms/1/users"}, "list_chatroom_members"},
  };
  for (const Budget& budget : kBudgets) {
    ExpectBudget(&sidecar, budget, refused);
  }
}

TEST(ContractLimitsTest, ACallOfAnotherRoomOrUserIsTheSameBudget) {
  SidecarOptions options = Chat();
  options.keys = "    limits: {default: 3/h}\n";
  Sidecar sidecar(options);
  ASSERT_TRUE(sidecar.started()) << sidecar.headgate().err();
  for (const char* line : {"POST /acme/chat/chatrooms/1/users/u1",
                           "POST /acme/chat/chatrooms/2/users/u2",
                           "POST /acme/chat/chatrooms/3/users/u3?x=1"}) {
    EXPECT_EQ(sidecar.Send({line}).status, 200) << line;
  }
  EXPECT_EQ(sidecar.Send({"POST /acme/chat/chatrooms/4/users/u4/"}).status,
            429);
}

// A flood of malformed calls is a flood all the same.
TEST(ContractLimitsTest, MalformedCallsCountToo) {
  SidecarOptions options = Chat();
  options.keys = "    limits: {default: 2/h}\n";
  Sidecar sidecar(options);
  ASSERT_TRUE(sidecar.started()) << sidecar.headgate().err();
  const Call bad = {"POST /acme/chat/chatrooms/1/users/b!b"};
  EXPECT_EQ(sidecar.Send(bad).status, 400);
  EXPECT_EQ(sidecar.Send(bad).status, 400);
  EXPECT_EQ(sidecar.Send(bad).status, 429);
}

TEST(ContractLimitsTest, NeighboursHaveTheirOwnLimits) {
  SidecarOptions options = Chat();
  options.keys =
      "    limits: {create_token: 300/h, create_chatroom: 50/h,"
      " list_joined_chatrooms: 50/h, list_chatrooms: 50/h}\n";
  Sidecar sidecar(options);
  ASSERT_TRUE(sidecar.started()) << sidecar.headgate().err();
  const Answer refused = {.body = ChatError("reach_limit", kTooMany)};
  const Budget kBudgets[] = {
      {{"POST /acme/chat/token", "{}"}, "create_token", 300},
      {{"GET /acme/chat/users/u1/joined_chatrooms"},
       "list_joined_chatrooms",
       50},
      {{"POST /acme/chat/chatrooms", R"({"name":"n","owner":"u1"})"},
       "create_chatroom",
       50},
      {{"GET /acme/chat/chatrooms"}, "list_chatrooms", 50},
  };
  for (const Budget& budget : kBudgets) {
    ExpectBudget(&sidecar, budget, refused);
  }
}

TEST(ContractLimitsTest, MemberChatTokensHaveAHundredEach) {
  Sidecar sidecar({.service = "flipflop",
                   .authorization = "Basic a2V5OnNlY3JldA==",
                   .keys = "    limits: {default: 100/h}\n"});
  ASSERT_TRUE(sidecar.started()) << sidecar.headgate().err();
  const Answer refused = {.body = R"({"errorCode":"TOO_MANY_REQUESTS",)"
                                  R"("errorMessage":"Too Many Requests"})",
                          .content_type = "application/json"};
  const std::string members = "POST /v2/apps/me/members/";
  const Budget guest = {{members + "guest-chat-tokens"},
                        "issue_guest_chat_token"};
  const Budget member = {{members + "bob/chat-tokens"},
                         "issue_member_chat_token"};
  ExpectBudget(&sidecar, guest, refused);
  ExpectBudget(&sidecar, member, refused);
  Budget other = guest;
  other.call.authorization = "Basic b3RoZXI6c2VjcmV0";
  ExpectBudget(&sidecar, other, refused);
}

TEST(ContractLimitsTest, TokensOfPrivateServicesHaveAHundredEach) {
  Sidecar sidecar({.service = "private-services",
                   .authorization = "Bearer company-key",
                   .keys = "    limits: {default: 100/h}\n"});
  ASSERT_TRUE(sidecar.started()) << sidecar.headgate().err();
  const Answer refused = {
      .body = R"({"code":"resource_exhausted","message":"too many requests"})",
      .content_type = "application/json"};
  const auto create = [](const std::string& service, const std::string& id) {
    const std::string uuid = "\"0b7e4c4e-8a0f-4a39-9d5c-6a7f0c3b2d11\"";
    return Call{StrCat("POST /", service, ".tokens.private.v1.Service/Create"),
                StrCat("{\"arguments\":[{\"user_id\":", uuid, ",\"", id,
                       "\":", uuid, ",\"permissions\":[]}]}")};
  };
  const Budget chat = {create("chat", "chat_id"), "create_chat_member_token"};
  const Budget room = {create("room", "room_id"), "create_room_member_token"};
  ExpectBudget(&sidecar, chat, refused);
  ExpectBudget(&sidecar, room, refused);
  Budget other = chat;
  other.call.authorization = "Bearer other-key";
  ExpectBudget(&sidecar, other, refused);
}

// The documented limit itself, against the clock: what is admitted in `elapsed`
// is at most 100 for each second that was touched, and all of the first 100.
TEST(ContractLimitsTest, AFloodGetsAHundredInASecond) {
  Sidecar sidecar(Chat());
  ASSERT_TRUE(sidecar.started()) << sidecar.headgate().err();
  const auto started = std::chrono::steady_clock::now();
  const std::vector<Message> answers =
      Flood(sidecar, sidecar.headgate().address(),
            {"GET /acme/chat/chatrooms/1/users"}, 350);
  const auto elapsed = std::chrono::ceil<std::chrono::seconds>(
      std::chrono::steady_clock::now() - started);
  const Answer refused = {.status = 429,
                          .body = ChatError("reach_limit", kTooMany),
                          .operation = "list_chatroom_members",
                          .retry_after = true};
  int admitted = 0;
  for (size_t i = 0; i < answers.size(); ++i) {
    if (i < 100) {
      EXPECT_EQ(answers[i].status, 200) << i << ": " << answers[i];
    }
    if (answers[i].status == 200) {
      ++admitted;
      continue;
    }
    EXPECT_EQ(Describe(answers[i]), Describe(refused));
    EXPECT_EQ(answers[i].Header("Retry-After"), "1");
  }
  EXPECT_GE(admitted, 100);
  EXPECT_LE(admitted, 100 * elapsed.count());
}

}  // namespace
}  // namespace headgate::test
