// The eight operations: each row of the contract page's case table.
#include "gtest/gtest.h"
#include "tests/service/agora_chat/chat.h"

namespace headgate::service {
namespace {

constexpr char kNoRole[] =
    "401 group_authorization: you have no permission to do this, group admin "
    "permission is required";
constexpr char kUsers[] = "/acme/chat/chatrooms/$/users";

class MembersTest : public testing::Test {
 protected:
  explicit MembersTest(const std::string& keys = "") : chat_(keys) {
    chat_.Register({"amy", "bob", "carl", "dora", "eve"});
    chat_.room = chat_.MakeRoom({"amy", "bob"});
  }
  std::string Members(const std::string& query = "") {
    return chat_.Ask(std::string("GET ") + kUsers + query);
  }
  Chat chat_;
};

TEST_F(MembersTest, AddsOne) {
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/users/Carl"),
            R"(200 {"result":true,"action":"add_member","id":"$",)"
            R"("user":"carl"})");
  EXPECT_EQ(Members(),
            R"(200 [{"owner":"amy"},{"member":"bob"},{"member":"carl"}])");
}

TEST_F(MembersTest, RefusesToAddOne) {
  const struct {
    std::string path;
    std::string answer;
  } kCases[] = {
      {"/1/users/bob", "404 resource_not_found: grpID 1 does not exist!"},
      {"/none/users/bob", "404 resource_not_found: grpID none does not exist!"},
      {"/$/users/zoe", "400 illegal_argument: username zoe doesn't exist!"},
      {"/$/users/bob",
       "400 forbidden_op: can not join this group, reason:user: bob already "
       "in group: $"},
      {"/$/users/amy",
       "400 forbidden_op: can not join this group, reason:user: amy already "
       "in group: $"},
      {"/$/users/b!b", "400 illegal_argument: username [b!b] is not legal"},
  };
  for (const auto& row : kCases) {
    EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms" + row.path), row.answer);
  }
  EXPECT_EQ(Members(), R"(200 [{"owner":"amy"},{"member":"bob"}])");
}

TEST_F(MembersTest, AddsManyAndAnswersEveryNameSent) {
  EXPECT_EQ(chat_.Ask(std::string("POST ") + kUsers,
                      R"({"usernames":["Carl","bob","dora","carl"]})"),
            R"(200 {"newmembers":["carl","bob","dora","carl"],)"
            R"("action":"add_member","id":"$"})");
  EXPECT_EQ(Members(),
            R"(200 [{"owner":"amy"},{"member":"bob"},{"member":"carl"},)"
            R"({"member":"dora"}])");
}

TEST_F(MembersTest, AddsNobodyIfOneOfManyIsUnknown) {
  EXPECT_EQ(chat_.Ask(std::string("POST ") + kUsers,
                      R"({"usernames":["carl","zoe"]})"),
            "404 resource_not_found: username zoe doesn't exist!");
  EXPECT_EQ(Members(), R"(200 [{"owner":"amy"},{"member":"bob"}])");
}

TEST_F(MembersTest, RefusesTheOneBeyondMaxUsers) {
  chat_.room = chat_.MakeRoom({"amy", "bob"}, R"(,"maxusers":3)");
  EXPECT_EQ(chat_.Ask(std::string("POST ") + kUsers,
                      R"({"usernames":["carl","dora"]})"),
            "403 exceed_limit: members size is greater than max user size !");
  chat_.Ask("POST /acme/chat/chatrooms/$/users/carl");
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/users/dora"),
            "403 exceed_limit: members size is greater than max user size !");
  // Who is in the room already takes no place.
  EXPECT_EQ(chat_.Ask(std::string("POST ") + kUsers,
                      R"({"usernames":["bob","carl"]})"),
            R"(200 {"newmembers":["bob","carl"],"action":"add_member",)"
            R"("id":"$"})");
}

TEST_F(MembersTest, ListsPageByPage) {
  chat_.Ask(std::string("POST ") + kUsers,
            R"({"usernames":["carl","dora","eve"]})");
  const struct {
    std::string query;
    std::string data;
  } kPages[] = {
      {"?pagenum=1&pagesize=2", R"([{"owner":"amy"},{"member":"bob"}])"},
      {"?pagenum=2&pagesize=2", R"([{"member":"carl"},{"member":"dora"}])"},
      {"?pagenum=3&pagesize=2", R"([{"member":"eve"}])"},
      {"?pagenum=4&pagesize=2", "[]"},
      {"?pagenum=9223372036854775807&pagesize=1000", "[]"},
      {"?pagesize=0", "[]"},
      {"?pagenum=1&pagesize=1", R"([{"owner":"amy"}])"},
      {"?pagenum=2&pagesize=1", R"([{"member":"bob"}])"},
  };
  for (const auto& page : kPages) {
    EXPECT_EQ(Members(page.query), "200 " + page.data) << page.query;
  }
}

TEST_F(MembersTest, ListsWithCountAndTheParametersThatWereSent) {
  const Reply reply = chat_.Send("GET /acme/chat/chatrooms/" + chat_.room +
                                 "/users?pagenum=1&pagesize=5000&_v=1");
  EXPECT_EQ(reply.content_type, "application/json;charset=UTF-8");
  EXPECT_EQ(At(reply.body, "action"), "get");
  EXPECT_EQ(At(reply.body, "applicationName"), "chat");
  EXPECT_EQ(At(reply.body, "organization"), "acme");
  EXPECT_EQ(At(reply.body, "uri"),
            "http://gateway/acme/chat/chatrooms/" + chat_.room + "/users");
  EXPECT_EQ(At(reply.body, "entities"), "[]");
  EXPECT_EQ(At(reply.body, "count"), "2");
  EXPECT_EQ(At(reply.body, "params"),
            R"({"pagenum":["1"],"pagesize":["5000"],"_v":["1"]})");
  EXPECT_EQ(At(reply.body, "timestamp"), "1767225600000");
  EXPECT_EQ(At(reply.body, "duration"), "0");
}

TEST_F(MembersTest, ListingAnUnknownRoomHasItsOwnWords) {
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/1/users"),
            "404 service_resource_not_found: do not find this group:1");
}

TEST_F(MembersTest, RemovesOne) {
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/users/bob"),
            R"(200 {"result":true,"action":"remove_member","user":"bob",)"
            R"("id":"$"})");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/users/bob"),
            "400 forbidden_op: users [bob] are not members of this group!");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/users/amy"),
            "403 forbidden_op: Forbidden operation on group owner!");
}

TEST_F(MembersTest, RemovesManyAndTellsWhyNotInTheOrderSent) {
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/users/carl%2Cbob,amy"),
            R"(200 [{"result":false,"action":"remove_member",)"
            R"("reason":"user: carl doesn't exist in group: $","user":"carl",)"
            R"("id":"$"},{"result":true,"action":"remove_member","user":"bob",)"
            R"("id":"$"},{"result":false,"action":"remove_member",)"
            R"("reason":"Forbidden operation on group owner!","user":"amy",)"
            R"("id":"$"}])");
}

TEST_F(MembersTest, MakesAndUnmakesAdmins) {
  EXPECT_EQ(
      chat_.Ask("POST /acme/chat/chatrooms/$/admin", R"({"newadmin":"Bob"})"),
      R"(200 {"result":"success","newadmin":"bob"})");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/$/admin"), R"(200 ["bob"])");
  // Again, and for the owner.
  EXPECT_EQ(
      chat_.Ask("POST /acme/chat/chatrooms/$/admin", R"({"newadmin":"bob"})"),
      R"(200 {"result":"success","newadmin":"bob"})");
  EXPECT_EQ(
      chat_.Ask("POST /acme/chat/chatrooms/$/admin", R"({"newadmin":"amy"})"),
      R"(200 {"result":"success","newadmin":"amy"})");
  EXPECT_EQ(
      chat_.Ask("POST /acme/chat/chatrooms/$/admin", R"({"newadmin":"carl"})"),
      "404 resource_not_found: user: carl doesn't exist in group: $");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/admin/bob"),
            R"(200 {"result":"success","oldadmin":"bob"})");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/admin/bob"),
            "403 forbidden_op: user:bob is not admin of group:$");
  EXPECT_EQ(Members(), R"(200 [{"owner":"amy"},{"member":"bob"}])");
}

TEST_F(MembersTest, RefusesTheHundredthAdmin) {
  std::vector<std::string> users = {"amy"};
  for (int i = 0; i < 100; ++i) users.push_back("u" + std::to_string(i));
  chat_.Register({users.begin() + 1, users.end()});
  chat_.room = chat_.MakeRoom(users);
  for (int i = 0; i < 99; ++i) {
    ASSERT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/admin",
                        R"({"newadmin":")" + users[i + 1] + "\"}"),
              R"(200 {"result":"success","newadmin":")" + users[i + 1] + "\"}");
  }
  EXPECT_EQ(
      chat_.Ask("POST /acme/chat/chatrooms/$/admin", R"({"newadmin":"u99"})"),
      "403 exceed_limit: admins size is greater than max admin size : 99");
}

TEST_F(MembersTest, LeavesNothingOfAMemberWhoWentAndCameBack) {
  chat_.Ask("POST /acme/chat/chatrooms/$/admin", R"({"newadmin":"bob"})");
  chat_.Ask("POST /acme/chat/chatrooms/$/mute", R"({"usernames":["bob"]})");
  chat_.Ask("DELETE /acme/chat/chatrooms/$/users/bob");
  chat_.Ask("POST /acme/chat/chatrooms/$/users/bob");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/$/admin"), "200 []");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/$/mute"), "200 []");
}

// Who may do what.
TEST_F(MembersTest, OnlyManagersManageMembers) {
  chat_.Ask("POST /acme/chat/chatrooms/$/users/carl");
  chat_.Ask("POST /acme/chat/chatrooms/$/admin", R"({"newadmin":"bob"})");
  const std::string kManaging[] = {
      "POST /acme/chat/chatrooms/$/users/dora",
      "DELETE /acme/chat/chatrooms/$/users/dora",
      "GET /acme/chat/chatrooms/$/blocks/users",
  };
  for (const std::string& line : kManaging) {
    for (const std::string manager : {"amy", "bob"}) {
      chat_.UseUser(manager);
      EXPECT_NE(chat_.Ask(line), kNoRole) << manager << ": " << line;
    }
    for (const std::string other : {"carl", "eve"}) {
      chat_.UseUser(other);
      EXPECT_EQ(chat_.Ask(line), kNoRole) << other << ": " << line;
    }
  }
}

TEST_F(MembersTest, OnlyTheOwnerAndTheAppManageAdmins) {
  chat_.Ask("POST /acme/chat/chatrooms/$/admin", R"({"newadmin":"bob"})");
  chat_.UseUser("bob");
  EXPECT_EQ(
      chat_.Ask("POST /acme/chat/chatrooms/$/admin", R"({"newadmin":"bob"})"),
      kNoRole);
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/admin/bob"), kNoRole);
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$"), kNoRole);
  chat_.UseUser("amy");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/admin/bob"),
            R"(200 {"result":"success","oldadmin":"bob"})");
}

// bob and carl are admins, dora is a member: what bob may do to each of them.
class AdminsTest : public MembersTest {
 protected:
  AdminsTest() {
    chat_.room = chat_.MakeRoom({"amy", "bob", "carl", "dora"});
    for (const std::string admin : {"bob", "carl"}) {
      chat_.Ask("POST /acme/chat/chatrooms/$/admin",
                R"({"newadmin":")" + admin + "\"}");
    }
    chat_.UseUser("bob");
  }
  static constexpr char kAll[] =
      R"(200 [{"owner":"amy"},{"member":"bob"},{"member":"carl"},)"
      R"({"member":"dora"}])";
};

TEST_F(AdminsTest, AnAdminDoesNothingToAnother) {
  const struct {
    std::string line;
    std::string body;
  } kCases[] = {
      {"DELETE /acme/chat/chatrooms/$/users/carl", ""},
      {"POST /acme/chat/chatrooms/$/blocks/users/carl", ""},
      {"POST /acme/chat/chatrooms/$/mute", R"({"usernames":["carl"]})"},
      {"POST /acme/chat/chatrooms/$/mute", R"({"usernames":["dora","carl"]})"},
      {"DELETE /acme/chat/chatrooms/$/mute/carl", ""},
      {"DELETE /acme/chat/chatrooms/$/mute/dora,carl", ""},
      // Nor to himself, but for leaving: the owner's mute would be worth
      // nothing.
      {"POST /acme/chat/chatrooms/$/blocks/users/bob", ""},
      {"DELETE /acme/chat/chatrooms/$/mute/bob", ""},
  };
  for (const auto& row : kCases) {
    EXPECT_EQ(chat_.Ask(row.line, row.body), kNoRole) << row.line;
  }
  EXPECT_EQ(Members(), kAll);
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/$/mute"), "200 []");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/chatrooms/$/blocks/users"), "200 []");
}

TEST_F(AdminsTest, AmongManyAnotherAdminStaysAndTheReasonIsTold) {
  const std::string no_role =
      R"("reason":"you have no permission to do this, group admin permission )"
      R"(is required",)";
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/users/carl,dora,amy"),
            R"(200 [{"result":false,"action":"remove_member",)" + no_role +
                R"("user":"carl","id":"$"},)"
                R"({"result":true,"action":"remove_member","user":"dora",)"
                R"("id":"$"},{"result":false,"action":"remove_member",)"
                R"("reason":"Forbidden operation on group owner!",)"
                R"("user":"amy","id":"$"}])");
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/blocks/users",
                      R"({"usernames":["carl","dora"]})"),
            R"(200 [{"result":false,"action":"add_blocks",)" + no_role +
                R"("user":"carl","id":"$"},)"
                R"({"result":false,"action":"add_blocks",)"
                R"("reason":"user: dora doesn't exist in group: $",)"
                R"("user":"dora","id":"$"}])");
  EXPECT_EQ(Members(),
            R"(200 [{"owner":"amy"},{"member":"bob"},{"member":"carl"}])");
}

TEST_F(AdminsTest, AnAdminManagesMembersAndMayLeave) {
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/mute",
                      R"({"usernames":["dora"],"mute_duration":1000})"),
            R"(200 [{"result":true,"expire":1767225601000,"user":"dora"}])");
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/blocks/users/dora"),
            R"(200 {"result":true,"action":"add_blocks","user":"dora",)"
            R"("id":"$"})");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/users/amy"),
            "403 forbidden_op: Forbidden operation on group owner!");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/users/bob"),
            R"(200 {"result":true,"action":"remove_member","user":"bob",)"
            R"("id":"$"})");
  chat_.UseUser("carl");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/users/carl,bob"),
            R"(200 [{"result":true,"action":"remove_member","user":"carl",)"
            R"("id":"$"},{"result":false,"action":"remove_member",)"
            R"("reason":"user: bob doesn't exist in group: $",)"
            R"("user":"bob","id":"$"}])");
  EXPECT_EQ(Members(), R"(200 [{"owner":"amy"}])");
}

TEST_F(AdminsTest, TheOwnerAndTheAppManageAdmins) {
  chat_.UseUser("amy");
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/mute",
                      R"({"usernames":["bob"],"mute_duration":1000})"),
            R"(200 [{"result":true,"expire":1767225601000,"user":"bob"}])");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/mute/bob"),
            R"(200 [{"result":true,"user":"bob"}])");
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/blocks/users/bob"),
            R"(200 {"result":true,"action":"add_blocks","user":"bob",)"
            R"("id":"$"})");
  chat_.UseApp();
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/users/carl"),
            R"(200 {"result":true,"action":"remove_member","user":"carl",)"
            R"("id":"$"})");
  EXPECT_EQ(Members(), R"(200 [{"owner":"amy"},{"member":"dora"}])");
}

class SettingsTest : public MembersTest {
 protected:
  SettingsTest()
      : MembersTest(
            "    settings: {unknown_user_status: '404',\n"
            "               already_member: accept,\n"
            "               remove_owner: accept,\n"
            "               rooms_per_user_max: 2}\n") {}
};

TEST_F(SettingsTest, AnUnknownUserMayBe404) {
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/users/zoe"),
            "404 resource_not_found: username zoe doesn't exist!");
}

TEST_F(SettingsTest, AMemberMayBeAddedAgain) {
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/users/bob"),
            R"(200 {"result":true,"action":"add_member","id":"$",)"
            R"("user":"bob"})");
}

TEST_F(SettingsTest, TheFirstMemberFollowsAnOwnerWhoGoes) {
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/users/amy"),
            R"(200 {"result":true,"action":"remove_member","user":"amy",)"
            R"("id":"$"})");
  EXPECT_EQ(Members(), R"(200 [{"owner":"bob"}])");
  // Nobody is left who could follow.
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/users/bob"),
            "403 forbidden_op: Forbidden operation on group owner!");
}

TEST_F(SettingsTest, AnAdminDoesNotTakeTheRoomFromItsOwner) {
  chat_.Ask("POST /acme/chat/chatrooms/$/admin", R"({"newadmin":"bob"})");
  chat_.UseUser("bob");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/users/amy"),
            "403 forbidden_op: Forbidden operation on group owner!");
  chat_.UseUser("amy");
  EXPECT_EQ(chat_.Ask("DELETE /acme/chat/chatrooms/$/users/amy"),
            R"(200 {"result":true,"action":"remove_member","user":"amy",)"
            R"("id":"$"})");
  EXPECT_EQ(Members(), R"(200 [{"owner":"bob"}])");
}

TEST_F(SettingsTest, AUserMayBeInTooManyRooms) {
  chat_.MakeRoom({"carl"});
  chat_.MakeRoom({"carl"});
  EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms/$/users/carl"),
            "403 forbidden_op: can not join this group, reason:user carl has "
            "joined too many chatrooms!");
  EXPECT_EQ(chat_.Ask(std::string("POST ") + kUsers,
                      R"({"usernames":["dora","carl"]})"),
            "403 forbidden_op: can not join this group, reason:user carl has "
            "joined too many chatrooms!");
  EXPECT_EQ(Members(), R"(200 [{"owner":"amy"},{"member":"bob"}])");
}

TEST_F(SettingsTest, ANewRoomCountsForItsOwnerAndMembersToo) {
  chat_.MakeRoom({"bob", "carl", "carl", "bob"});
  chat_.MakeRoom({"carl"});
  const struct {
    std::string body;
    std::string user;
  } kCases[] = {
      {R"({"name":"r","owner":"carl"})", "carl"},
      {R"({"name":"r","owner":"amy","members":["dora","bob","carl"]})", "bob"},
  };
  for (const auto& row : kCases) {
    EXPECT_EQ(chat_.Ask("POST /acme/chat/chatrooms", row.body),
              "403 forbidden_op: can not join this group, reason:user " +
                  row.user + " has joined too many chatrooms!");
  }
  EXPECT_EQ(At(chat_.Send("GET /acme/chat/chatrooms").body, "count"), "3");
  EXPECT_EQ(chat_.Ask("GET /acme/chat/users/dora/joined_chatrooms"), "200 []");
  // Who leaves one may be in another.
  chat_.Ask("DELETE /acme/chat/chatrooms/$/users/bob");
  chat_.MakeRoom({"amy", "dora", "bob"});
}

}  // namespace
}  // namespace headgate::service
