// A client program written for the hosted API works against Headgate unchanged:
// npm's easemob-sdk, which sends what such clients send (`{}` on GET and
// DELETE, names joined by a literal comma).
#include "gtest/gtest.h"
#include "tests/support/headgate_process.h"
#include "tests/support/npm.h"

namespace headgate::test {
namespace {

constexpr char kConfig[] = R"(
listeners: [{address: "127.0.0.1:0"}]
storage: memory
services:
  agora-chat:
    apps: [{org_name: acme, app_name: chat,
            client_id: demo-client, client_secret: demo-secret}]
)";

constexpr char kTranscript[] =
    R"(user.create 200 ["amy"])"
    "\n"
    R"(user.create_batch 200 ["bob","carl"])"
    "\n"
    R"(user.get 200 ["bob"])"
    "\n"
    R"(chatroom.create 200 ["id"])"
    "\n"
    R"(chatroom.add_member 200 {"result":true,"action":"add_member",)"
    R"("id":"ROOM","user":"carl"})"
    "\n"
    R"(chatroom.add_member 400 "forbidden_op")"
    "\n"
    R"(chatroom.add_member_batch 200 {"newmembers":["bob","carl"],)"
    R"("action":"add_member","id":"ROOM"})"
    "\n"
    R"(chatroom.get 200 [{"member":"bob"},{"member":"carl"},)"
    R"({"owner":"amy"}])"
    "\n"
    R"(chatroom.get_all 200 3)"
    "\n"
    R"(chatroom.get_user_chatroom 200 [{"id":"ROOM",)"
    R"("name":"testchatroom"}])"
    "\n"
    R"(chatroom.modify 200 {"groupname":true,"description":true,)"
    R"("maxusers":true})"
    "\n"
    R"(chatroom.remove_member 200 {"result":true,)"
    R"("action":"remove_member","user":"carl","id":"ROOM"})"
    "\n"
    R"(chatroom.remove_member_batch 200 [{"result":true,)"
    R"("action":"remove_member","user":"bob","id":"ROOM"},)"
    R"({"result":false,"action":"remove_member",)"
    R"("reason":"user: carl doesn't exist in group: ROOM","user":"carl",)"
    R"("id":"ROOM"}])"
    "\n"
    R"(chatroom.remove 200 {"success":true,"id":"ROOM"})"
    "\n"
    R"(user.remove 200 ["bob"])"
    "\n"
    R"(user.get 404 "service_resource_not_found")";

TEST(ClientSdkTest, EasemobSdkWorks) {
  HeadgateProcess headgate(kConfig);
  ASSERT_TRUE(headgate.started()) << headgate.err();
  EXPECT_EQ(RunNode("easemob.mjs", headgate.address()), kTranscript);
}

}  // namespace
}  // namespace headgate::test
