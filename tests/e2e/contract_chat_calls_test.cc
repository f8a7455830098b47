// The contract agora-chat: what passes. Each operation of api/agora_chat.md
// reaches the service as the design says (normalised path, folded names, a body
// of its own length), byte for byte, and its documented answer comes back as it
// was sent; so does what real clients send.
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "tests/e2e/contract_chat.h"

namespace headgate::test {
namespace {

constexpr std::string_view kPrefixes[] = {
    "/acme/chat", "/app-id/970CA35de60c44645bbae8a215061b33"};

struct Passed {
  Call call;         // "$" stands for the prefix
  std::string line;  // what the upstream gets; "": the same
  std::string body;  // likewise
  std::string operation;
  int quota = 100;
};

std::string Envelope(const std::string& data) {
  return StrCat(
      R"({"action":"post",)",
      R"("application":"8be024f0-e978-11e8-b697-5d598d5f8402",)",
      R"("applicationName":"chat","organization":"acme","uri":)",
      R"("http://chat.example/acme/chat/chatrooms/1/users","entities":[],)",
      R"("data":)", data, R"(,"timestamp":1542544296075,"duration":10})");
}

void ExpectPasses(Sidecar* sidecar, const Passed& row,
                  const std::string& answer_body) {
  for (const std::string_view prefix : kPrefixes) {
    Call call = row.call;
    call.line = Fill(call.line, prefix);
    SCOPED_TRACE(call.line + " " + call.body.substr(0, 100));
    const size_t before = sidecar->upstream().requests().size();
    sidecar->upstream().Next(Reply::Json(200, answer_body));
    const Message answer = sidecar->Send(call);
    EXPECT_EQ(Describe(answer),
              Describe(Answer{200, answer_body, row.operation, row.quota}));
    EXPECT_EQ(answer.body, answer_body);
    ASSERT_EQ(sidecar->upstream().requests().size(), before + 1);
    const std::string line =
        row.line.empty() ? call.line : Fill(row.line, prefix);
    EXPECT_EQ(sidecar->upstream().last_request().message.wire,
              sidecar->Forwarded(call, line,
                                 row.body.empty() ? call.body : row.body));
  }
}

void ExpectAllPass(const std::vector<Passed>& rows, const std::string& data) {
  Sidecar sidecar(Chat());
  ASSERT_TRUE(sidecar.started()) << sidecar.headgate().err();
  for (const Passed& row : rows) ExpectPasses(&sidecar, row, Envelope(data));
  EXPECT_TRUE(EndsWell(&sidecar.headgate()));
}

TEST(ContractChatCallsTest, TheEightOperationsPass) {
  struct Operation {
    Passed passed;
    std::string data;  // of the documented 200
  };
  const Operation kOperations[] = {
      {{{"POST $/chatrooms/66213271109633/users/User1"},
        "POST $/chatrooms/66213271109633/users/user1",
        "",
        "add_chatroom_member"},
       R"({"result":true,"action":"add_member","id":"66213271109633",)"
       R"("user":"user1"})"},
      {{{"POST $/chatrooms/66213271109633/users",
         R"({"usernames":["User1","u_2.B-c"]})"},
        "",
        R"({"usernames":["user1","u_2.b-c"]})",
        "add_chatroom_members"},
       R"({"newmembers":["user1","u_2.b-c"],"action":"add_member",)"
       R"("id":"66213271109633"})"},
      {{{"GET $/chatrooms/66213271109633/users?pagenum=2&pagesize=2"},
        "",
        "",
        "list_chatroom_members"},
       R"([{"owner":"user1"},{"member":"user2"}])"},
      {{{"DELETE $/chatrooms/66213271109633/users/USER1"},
        "DELETE $/chatrooms/66213271109633/users/user1",
        "",
        "remove_chatroom_member"},
       R"({"result":true,"action":"remove_member","user":"user1",)"
       R"("id":"66213271109633"})"},
      {{{"DELETE $/chatrooms/66213271109633/users/User1%2CUser2"},
        "DELETE $/chatrooms/66213271109633/users/user1%2Cuser2",
        "",
        "remove_chatroom_members"},
       R"([{"result":false,"action":"remove_member","reason":"user: user1 )"
       R"(doesn't exist in group: 66213271109633","user":"user1",)"
       R"("id":"66213271109633"},{"result":true,"action":"remove_member",)"
       R"("user":"user2","id":"66213271109633"}])"},
      {{{"POST $/chatrooms/66213271109633/admin", R"({"newadmin":"User1"})"},
        "",
        R"({"newadmin":"user1"})",
        "add_chatroom_admin"},
       R"({"result":"success","newadmin":"user1"})"},
      {{{"GET $/chatrooms/66213271109633/admin"},
        "",
        "",
        "list_chatroom_admins"},
       R"(["user1"])"},
      {{{"DELETE $/chatrooms/66213271109633/admin/User1"},
        "DELETE $/chatrooms/66213271109633/admin/user1",
        "",
        "remove_chatroom_admin"},
       R"({"result":"success","oldadmin":"user1"})"},
  };
  Sidecar sidecar(Chat());
  ASSERT_TRUE(sidecar.started()) << sidecar.headgate().err();
  for (const Operation& operation : kOperations) {
    ExpectPasses(&sidecar, operation.passed, Envelope(operation.data));
  }
}

TEST(ContractChatCallsTest, WhatRealClientsSendPasses) {
  const std::string list = "list_chatroom_members";
  ExpectAllPass(
      {
          {{"GET $/chatrooms/1/users?resource=web_1&_v=1"}, "", "", list},
          {{"GET $/chatrooms/1/users", "{}"}, "", "", list},
          {{"GET $/chatrooms/1/users", "", "Content-Type: \r\n"}, "", "", list},
          {{"GET $/chatrooms/1/users/"}, "GET $/chatrooms/1/users", "", list},
          {{"DELETE $/chatrooms/1/users/bob", "{}"},
           "",
           "",
           "remove_chatroom_member"},
          {{"DELETE $/chatrooms/1/users/A,b"},
           "DELETE $/chatrooms/1/users/a%2Cb",
           "",
           "remove_chatroom_members"},
          {{"DELETE $/chatrooms/1/users/a%2cB,c"},
           "DELETE $/chatrooms/1/users/a%2Cb%2Cc",
           "",
           "remove_chatroom_members"},
          {{"POST $/chatrooms/1/users/bob", "{}"},
           "",
           "",
           "add_chatroom_member"},
          {{"POST $/chatrooms/1/users/",
            "10\r\n{\"usernames\":[\"A\r\n3\r\n\"]}\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n"},
           "POST $/chatrooms/1/users",
           R"({"usernames":["a"]})",
           "add_chatroom_members"},
          {{"POST $/chatrooms/1/users", R"({"usernames":["a"]})",
            "Content-Type: application/json; charset=UTF-8\r\n"},
           "",
           "",
           "add_chatroom_members"},
          {{"POST $/chatrooms/1/users", R"({"usernames":["a"]})",
            "Content-Type: \r\n"},
           "",
           "",
           "add_chatroom_members"},
          {{"POST $/chatrooms/1/admin/", R"({"newadmin":"a"})"},
           "POST $/chatrooms/1/admin",
           "",
           "add_chatroom_admin"},
      },
      "[]");
}

TEST(ContractChatCallsTest, PathsAndQueriesAreForwardedNormalised) {
  const std::string list = "list_chatroom_members";
  const std::string add = "add_chatroom_member";
  const std::string u64(64, 'u');
  ExpectAllPass(
      {
          {{"POST $/chatrooms/1/users/%42o%62"},
           "POST $/chatrooms/1/users/bob",
           "",
           add},
          {{"POST $/./x/../chatrooms/1/users/bob"},
           "POST $/chatrooms/1/users/bob",
           "",
           add},
          {{"POST $/chatrooms/1/users/" + u64}, "", "", add},
          {{"POST $/chatrooms/12345678901234567890/users/a.B_c-9"},
           "POST $/chatrooms/12345678901234567890/users/a.b_c-9",
           "",
           add},
          {{"GET $/chatrooms/1/users?pagesize=1000"}, "", "", list},
          {{"GET $/chatrooms/1/users?pagesize=0&pagenum=1"}, "", "", list},
          {{"GET $/chatrooms/1/users?pagesize=1001"},
           "GET $/chatrooms/1/users?pagesize=1000",
           "",
           list},
          {{"GET $/chatrooms/1/users?a=b&pagesize=99999999999999999999&c"},
           "GET $/chatrooms/1/users?a=b&pagesize=1000&c",
           "",
           list},
      },
      "[]");
}

TEST(ContractChatCallsTest, BodiesOfFullSizePassAndKeepWhatNobodyChecks) {
  const std::string upper = R"({"usernames":["u1"],"note":{"Keep":"ME"}})";
  ExpectAllPass(
      {
          {{"POST $/chatrooms/1/users", Usernames(60)},
           "",
           "",
           "add_chatroom_members"},
          {{"POST $/chatrooms/1/users", " { \"usernames\" : [ \"u1\" ] } "},
           "",
           "",
           "add_chatroom_members"},
          {{"POST $/chatrooms/1/users", upper}, "", "", "add_chatroom_members"},
          {{"POST $/chatrooms/1/users",
            R"({ "usernames": ["U1"], "note": {"Keep":"ME"} })"},
           "",
           upper,
           "add_chatroom_members"},
          {{"POST $/chatrooms/1/users", R"({"usernames":["\u0041"]})"},
           "",
           R"({"usernames":["a"]})",
           "add_chatroom_members"},
          {{"DELETE $/chatrooms/1/users/" + NameList(100, "%2C")},
           "",
           "",
           "remove_chatroom_members"},
      },
      "[]");
}

// "Neighbours": each at its own limit.
TEST(ContractChatCallsTest, TheNeighboursPass) {
  const std::string names = R"({"usernames":["u1"]})";
  const Call token = {"POST $/token",
                      R"({"grant_type":"client_credentials","client_id":"i",)"
                      R"("client_secret":"s"})",
                      "", ""};
  ExpectAllPass(
      {
          {token, "", "", "create_token", 300},
          {{"POST $/users", R"({"username":"U1","password":"P"})"},
           "",
           R"({"username":"u1","password":"P"})",
           "create_users"},
          {{"POST $/users", R"([{"username":"u1"},{"username":"u2"}])"},
           "",
           "",
           "create_users"},
          {{"GET $/users/u1"}, "", "", "get_user"},
          {{"DELETE $/users/u1"}, "", "", "delete_user"},
          {{"GET $/users/u1/joined_chatrooms?pagenum=1&pagesize=5"},
           "",
           "",
           "list_joined_chatrooms",
           50},
          {{"POST $/chatrooms",
            R"({"name":"n","description":"d","owner":"u1","maxusers":300})"},
           "",
           "",
           "create_chatroom",
           50},
          {{"GET $/chatrooms?limit=1000&cursor=abc"},
           "",
           "",
           "list_chatrooms",
           50},
          {{"GET $/chatrooms/1"}, "", "", "get_chatroom"},
          {{"GET $/chatrooms/1%2C2"}, "", "", "get_chatrooms"},
          {{"PUT $/chatrooms/1", R"({"name":"n"})"}, "", "", "update_chatroom"},
          {{"DELETE $/chatrooms/1"}, "", "", "delete_chatroom"},
          {{"GET $/chatrooms/super_admin?pagenum=1&pagesize=10"},
           "",
           "",
           "list_super_admins"},
          {{"POST $/chatrooms/super_admin", R"({"superadmin":"u1"})"},
           "",
           "",
           "add_super_admin"},
          {{"DELETE $/chatrooms/super_admin/u1"}, "", "", "remove_super_admin"},
          {{"POST $/chatrooms/1/mute",
            R"({"usernames":["u1"],"mute_duration":-1})"},
           "",
           "",
           "add_chatroom_mutes"},
          {{"GET $/chatrooms/1/mute"}, "", "", "list_chatroom_mutes"},
          {{"DELETE $/chatrooms/1/mute/u1"}, "", "", "remove_chatroom_mute"},
          {{"DELETE $/chatrooms/1/mute/u1%2Cu2"},
           "",
           "",
           "remove_chatroom_mutes"},
          {{"POST $/chatrooms/1/ban"}, "", "", "mute_chatroom"},
          {{"DELETE $/chatrooms/1/ban"}, "", "", "unmute_chatroom"},
          {{"GET $/chatrooms/1/blocks/users"}, "", "", "list_chatroom_blocks"},
          {{"POST $/chatrooms/1/blocks/users/u1"},
           "",
           "",
           "add_chatroom_block"},
          {{"POST $/chatrooms/1/blocks/users", names},
           "",
           "",
           "add_chatroom_blocks"},
          {{"DELETE $/chatrooms/1/blocks/users/u1"},
           "",
           "",
           "remove_chatroom_block"},
          {{"DELETE $/chatrooms/1/blocks/users/u1%2Cu2"},
           "",
           "",
           "remove_chatroom_blocks"},
          {{"GET $/chatrooms/1/white/users"},
           "",
           "",
           "list_chatroom_allow_list"},
          {{"POST $/chatrooms/1/white/users/u1"},
           "",
           "",
           "add_chatroom_allowed"},
          {{"POST $/chatrooms/1/white/users", names},
           "",
           "",
           "add_chatroom_allowed_many"},
          {{"DELETE $/chatrooms/1/white/users/u1"},
           "",
           "",
           "remove_chatroom_allowed"},
          {{"DELETE $/chatrooms/1/white/users/u1%2Cu2"},
           "",
           "",
           "remove_chatroom_allowed_many"},
      },
      "[]");
}

}  // namespace
}  // namespace headgate::test
