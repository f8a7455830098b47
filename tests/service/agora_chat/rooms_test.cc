// Rooms, users, mutes, blocks, the allow list and super admins.
#include "gtest/gtest.h"
#include "tests/service/agora_chat/chat.h"

namespace headgate::service {
namespace {

class RoomsTest : public testing::Test {
 protected:
  RoomsTest() {
    chat_.Register({"amy", "bob", "carl", "dora"});
    chat_.room = chat_.MakeRoom({"amy", "bob", "carl"});
  }
  std::string Members() {
    return chat_.Ask("GET /acme/chat/chatrooms/$/users");
  }
  Chat chat_;
};

TEST_F(RoomsTest, ARoomHasTheDocumentedDetails) {
  chat_.room = chat_.MakeRoom(
      {"amy", "bob"},
      R"(,"description":"talk","maxusers":7,"custom":"{\"a\":1}")");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/$"),
            R"(200 [{"id":"$","name":"room","description":"talk",)"
            R"("membersonly":false,"allowinvites":false,"maxusers":7,)"
            R"("owner":"amy","created":1767225600000,)"
            R"("custom":"{\"a\":1}","mute":false,"affiliations_count":2,)"
            R"("affiliations":[{"member":"bob"},{"owner":"amy"}],)"
            R"("public":true}])");
}

TEST_F(RoomsTest, IdsAreFourteenDigitsThatGrow) {
  const std::string next = chat_.MakeRoom({"amy"});
  EXPECT_EQ(chat_.room, "17672256000000");
  EXPECT_EQ(next, "17672256000001");
}

TEST_F(RoomsTest, SeveralRoomsComeTogetherOrNotAtAll) {
  const std::string other = chat_.MakeRoom({"bob"});
  const Reply reply =
      chat_.Send("GET /acme/chat/chatrooms/" + chat_.room + "," + other);
  EXPECT_EQ(At(reply.body, "count"), "2");
  EXPECT_EQ(At(reply.body, "data.0.id"), chat_.room);
  EXPECT_EQ(At(reply.body, "data.1.owner"), "bob");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/$,7"),
            "404 service_resource_not_found: do not find this group:7");
}

TEST_F(RoomsTest, RefusesRoomsThatCannotBe) {
  const struct {
    std::string body;
    std::string answer;
  } kCases[] = {
      {R"({"name":"r"})", "400 invalid_parameter: owner must be provided"},
      {R"({"owner":"amy"})",
       "400 invalid_parameter: chatroom must contain title/name field!"},
      {R"({"name":"r","owner":"zoe"})",
       "404 resource_not_found: username zoe doesn't exist!"},
      {R"({"name":"r","owner":"amy","members":["bob","zoe"]})",
       "404 resource_not_found: username zoe doesn't exist!"},
      {R"({"name":"r","owner":"amy","maxusers":10001})",
       "403 exceed_limit: maxUsers cannot exceed 10000"},
      {R"({"name":"r","owner":"amy","maxusers":2,"members":["bob","carl"]})",
       "403 exceed_limit: members size is greater than max user size !"},
      {"{\"name\":\"" + std::string(129, 'n') + "\",\"owner\":\"amy\"}",
       "403 exceed_limit: title cannot exceed to 128"},
      {"{\"name\":\"r\",\"owner\":\"amy\",\"description\":\"" +
           std::string(513, 'd') + "\"}",
       "403 exceed_limit: desc cannot exceed to 512"},
  };
  for (const auto& row : kCases) {
    EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms", row.body), row.answer)
        << row.body;
  }
  EXPECT_EQ(At(chat_.Send("GET /acme/chat/chatrooms").body, "count"), "1");
}

TEST_F(RoomsTest, ListsRoomsByCursor) {
  std::vector<std::string> made = {chat_.room};
  for (int i = 0; i < 4; ++i) made.push_back(chat_.MakeRoom({"bob"}));
  std::vector<std::string> listed;
  std::string cursor;
  for (int page = 0; page < 3; ++page) {
    const Reply reply =
        chat_.Send("GET /acme/chat/chatrooms?limit=2&cursor=" + cursor);
    const int count = std::stoi(At(reply.body, "count"));
    EXPECT_EQ(count, page < 2 ? 2 : 1);
    for (int i = 0; i < count; ++i) {
      listed.push_back(At(reply.body, StrCat("data.", i, ".id")));
    }
    cursor = At(reply.body, "cursor");
  }
  EXPECT_EQ(cursor, "(none)");
  EXPECT_EQ(listed, made);
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms?cursor=%21"),
            "400 invalid_parameter: cursor [!] is not valid");
}

TEST_F(RoomsTest, ChangesWhatWasSent) {
  EXPECT_EQ(
      chat_.Ask("PUT /acme/chat/chatrooms/$", R"({"name":"new","maxusers":9})"),
      R"(200 {"groupname":true,"maxusers":true})");
  EXPECT_EQ(chat_.Ask("PUT /acme/chat/chatrooms/$", R"({"description":"d"})"),
            R"(200 {"description":true})");
  const Reply reply = chat_.Send("GET /acme/chat/chatrooms/" + chat_.room);
  EXPECT_EQ(At(reply.body, "data.0.name"), "new");
  EXPECT_EQ(At(reply.body, "data.0.description"), "d");
  EXPECT_EQ(At(reply.body, "data.0.maxusers"), "9");
  EXPECT_EQ(chat_.Ask("PUT /acme/chat/chatrooms/$", R"({"colour":"red"})"),
            "400 invalid_parameter: some of [colour] are not valid fields");
  EXPECT_EQ(chat_.Ask("PUT /acme/chat/chatrooms/$", "{}"),
            "400 illegal_argument: This is an invalid request.");
}

TEST_F(RoomsTest, ANewOwnerComesFromTheMembers) {
  EXPECT_EQ(chat_.Ask("PUT /acme/chat/chatrooms/$", R"({"newowner":"dora"})"),
            "404 resource_not_found: user: dora doesn't exist in group: $");
  chat_.Ask("POST /acme/chat/chatrooms/$/admin", R"({"newadmin":"bob"})");
  EXPECT_EQ(chat_.Ask("PUT /acme/chat/chatrooms/$", R"({"newowner":"bob"})"),
            R"(200 {"newowner":true})");
  EXPECT_EQ(Members(),
            R"(200 [{"owner":"bob"},{"member":"carl"},{"member":"amy"}])");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/$/admin"), "200 []");
}

TEST_F(RoomsTest, NothingOfADisbandedRoomIsLeft) {
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$"),
            R"(200 {"success":true,"id":"$"})");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/$"),
            "404 service_resource_not_found: do not find this group:$");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/users/bob/joined_chatrooms"), "200 []");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/users/amy/joined_chatrooms"), "200 []");
}

TEST_F(RoomsTest, ListsTheRoomsOfAUser) {
  EXPECT_EQ(chat_.Ask("GET /acme/chat/users/bob/joined_chatrooms"),
            R"(200 [{"id":"$","name":"room"}])");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/users/bob/joined_chatrooms?pagenum=2"),
            "200 []");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/users/zoe/joined_chatrooms"),
            "404 service_resource_not_found: Service resource not found.");
  chat_.UseUser("bob");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/users/bob/joined_chatrooms"),
            R"(200 [{"id":"$","name":"room"}])");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/users/amy/joined_chatrooms"),
            "403 forbidden_op: Forbidden operation.");
}

TEST_F(RoomsTest, AUserWhoIsDeletedLeavesEveryRoom) {
  const std::string second = chat_.MakeRoom({"bob", "amy"});
  EXPECT_EQ(
      At(chat_.Send("DELETE /acme/chat/users/bob").body, "entities.0.username"),
      "bob");
  EXPECT_EQ(Members(), R"(200 [{"owner":"amy"},{"member":"carl"}])");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/" + second),
            "404 service_resource_not_found: do not find this group:" + second);
  EXPECT_EQ(chat_.Ask("GET /acme/chat/users/bob"),
            "404 service_resource_not_found: Service resource not found.");
}

TEST_F(RoomsTest, ABlockOutlivesTheUser) {
  chat_.Ask("POST /acme/chat/chatrooms/$/blocks/users/bob");
  chat_.Send("DELETE /acme/chat/users/bob");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/$/blocks/users"),
            R"(200 ["bob"])");
  chat_.Register({"bob"});
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/users/bob"),
            "403 forbidden_op: can not join this group, reason:user: bob is in "
            "the block list of group: $");
}

TEST_F(RoomsTest, MutesMembersUntilATime) {
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/mute",
                      R"({"usernames":["bob","carl"],"mute_duration":5000})"),
            R"(200 [{"result":true,"expire":1767225605000,"user":"bob"},)"
            R"({"result":true,"expire":1767225605000,"user":"carl"}])");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/mute/carl"),
            R"(200 [{"result":true,"user":"carl"}])");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/$/mute"),
            R"(200 [{"expire":1767225605000,"user":"bob"}])");
  chat_.clock().Advance(absl::Seconds(5));
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/$/mute"), "200 []");
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/mute",
                      R"({"usernames":["dora","amelie"]})"),
            "400 invalid_parameter: users [dora, amelie] are not members of "
            "this group!");
  EXPECT_EQ(
      chat_.Ask("POST /acme/chat/chatrooms/$/mute", R"({"usernames":["amy"]})"),
      "403 forbidden_op: Forbidden operation on group owner!");
}

TEST_F(RoomsTest, ListsMutesWithCountAndParameters) {
  chat_.Ask("POST /acme/chat/chatrooms/$/mute",
            R"({"usernames":["bob"],"mute_duration":1000})");
  chat_.Ask("POST /acme/chat/chatrooms/$/mute", R"({"usernames":["carl"]})");
  const std::string line =
      "GET /acme/chat/chatrooms/" + chat_.room + "/mute?resource=web_1";
  const std::string both = chat_.Send(line).body;
  EXPECT_EQ(At(both, "data"), R"([{"expire":1767225601000,"user":"bob"},)"
                              R"({"expire":4638873600000,"user":"carl"}])");
  EXPECT_EQ(At(both, "count"), "2");
  EXPECT_EQ(At(both, "params"), R"({"resource":["web_1"]})");
  // What has run out does not count.
  chat_.clock().Advance(absl::Seconds(1));
  EXPECT_EQ(At(chat_.Send(line).body, "count"), "1");
}

TEST_F(RoomsTest, MutesAll) {
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/ban"),
            R"(200 {"mute":true})");
  EXPECT_EQ(At(chat_.Send("GET /acme/chat/chatrooms/" + chat_.room).body,
               "data.0.mute"),
            "true");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/ban"),
            R"(200 {"mute":false})");
}

TEST_F(RoomsTest, ABlockedUserLosesTheMembershipAndCannotComeBack) {
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/blocks/users/bob"),
            R"(200 {"result":true,"action":"add_blocks","user":"bob",)"
            R"("id":"$"})");
  EXPECT_EQ(Members(), R"(200 [{"owner":"amy"},{"member":"carl"}])");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/$/blocks/users"),
            R"(200 ["bob"])");
  const std::string refused =
      "403 forbidden_op: can not join this group, reason:user: bob is in the "
      "block list of group: $";
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/users/bob"), refused);
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/users",
                      R"({"usernames":["dora","bob"]})"),
            refused);
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/blocks/users/bob"),
            R"(200 {"result":true,"action":"remove_blocks","user":"bob",)"
            R"("id":"$"})");
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/users/bob"),
            R"(200 {"result":true,"action":"add_member","id":"$",)"
            R"("user":"bob"})");
}

TEST_F(RoomsTest, BlocksManyAndTellsWhyNot) {
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/blocks/users",
                      R"({"usernames":["bob","dora","amy"]})"),
            R"(200 [{"result":true,"action":"add_blocks","user":"bob",)"
            R"("id":"$"},{"result":false,"action":"add_blocks",)"
            R"("reason":"user: dora doesn't exist in group: $",)"
            R"("user":"dora","id":"$"},{"result":false,)"
            R"("action":"add_blocks",)"
            R"("reason":"Forbidden operation on group owner!",)"
            R"("user":"amy","id":"$"}])");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/blocks/users/bob,dora"),
            R"(200 [{"result":true,"action":"remove_blocks","user":"bob",)"
            R"("id":"$"},{"result":false,"action":"remove_blocks",)"
            R"("reason":"user: dora doesn't exist in blacklist of group: $",)"
            R"("user":"dora","id":"$"}])");
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/blocks/users/amy"),
            "403 forbidden_op: Forbidden operation on group owner!");
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/blocks/users/dora"),
            "400 forbidden_op: users [dora] are not members of this group!");
}

TEST_F(RoomsTest, AllowsMembers) {
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/white/users/bob"),
            R"(200 {"result":true,"action":"add_user_whitelist",)"
            R"("user":"bob","id":"$"})");
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/white/users",
                      R"({"usernames":["carl","dora"]})"),
            R"(200 [{"result":true,"action":"add_user_whitelist",)"
            R"("user":"carl","id":"$"},{"result":false,)"
            R"("action":"add_user_whitelist",)"
            R"("reason":"user: dora doesn't exist in group: $",)"
            R"("user":"dora","id":"$"}])");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/$/white/users"),
            R"(200 ["bob","carl"])");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/white/users/bob"),
            R"(200 {"result":true,"action":"remove_user_whitelist",)"
            R"("user":"bob","id":"$"})");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/white/users/bob,carl"),
            R"(200 [{"result":false,"action":"remove_user_whitelist",)"
            R"("reason":"user: bob doesn't exist in whitelist of group: $",)"
            R"("user":"bob","id":"$"},{"result":true,)"
            R"("action":"remove_user_whitelist","user":"carl","id":"$"}])");
}

TEST_F(RoomsTest, SuperAdminsMayCreateRooms) {
  chat_.UseUser("bob");
  const std::string make = R"({"name":"r","owner":"bob"})";
  const std::string refused =
      "401 group_authorization: you have no permission to do this, group "
      "admin permission is required";
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms", make), refused);
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/super_admin",
                      R"({"superadmin":"bob"})"),
            "403 forbidden_op: Forbidden operation.");
  chat_.UseApp();
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/super_admin",
                      R"({"superadmin":"Bob"})"),
            R"(200 {"result":"success","resource":""})");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/super_admin"),
            R"(200 ["bob"])");
  chat_.UseUser("bob");
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms", make),
            R"(200 {"id":"17672256000001"})");
  chat_.UseApp();
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/super_admin/bob"),
            R"(200 {"result":"success","resource":""})");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/super_admin"), "200 []");
}

}  // namespace
}  // namespace headgate::service
