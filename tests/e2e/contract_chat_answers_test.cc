// The contract agora-chat: every error that api/agora_chat.md documents passes
// untouched when the service answers with it, whatever the operation.
#include <string>

#include "gtest/gtest.h"
#include "tests/e2e/contract_chat.h"

namespace headgate::test {
namespace {

struct Documented {
  int status;
  std::string error, description;
};

const Call kAddOne = {"POST /acme/chat/chatrooms/1/users/u1"};
const Call kAddMany = {"POST /acme/chat/chatrooms/1/users", Usernames(2)};
const Call kList = {"GET /acme/chat/chatrooms/1/users"};
const Call kRemoveOne = {"DELETE /acme/chat/chatrooms/1/users/u1"};
const Call kAddAdmin = {"POST /acme/chat/chatrooms/1/admin",
                        R"({"newadmin":"u1"})"};
const Call kRemoveAdmin = {"DELETE /acme/chat/chatrooms/1/admin/u1"};
const Call kToken = {"POST /acme/chat/token", "{}"};
const Call kUsers = {"POST /acme/chat/users", R"({"username":"u1"})"};
const Call kUser = {"GET /acme/chat/users/u1"};
const Call kRooms = {"POST /acme/chat/chatrooms",
                     R"({"name":"n","owner":"u1"})"};
const Call kMute = {"POST /acme/chat/chatrooms/1/mute", Usernames(1)};

class ContractChatAnswersTest : public testing::Test {
 protected:
  ContractChatAnswersTest() : sidecar_(Chat()) {}

  void ExpectUntouched(const Call& call, const std::string& operation,
                       int quota, const Documented& row) {
    const std::string body = ChatError(row.error, row.description);
    SCOPED_TRACE(call.line + " " + row.description);
    sidecar_.upstream().Next(Reply::Json(row.status, body));
    const Message answer = sidecar_.Send(call);
    EXPECT_EQ(Describe(answer),
              Describe(Answer{row.status, body, operation, quota}));
    EXPECT_EQ(answer.body, body);
  }

  Sidecar sidecar_;
};

TEST_F(ContractChatAnswersTest, TheCasesOfTheEightOperationsPass) {
  struct Case {
    const Call& call;
    std::string operation;
    Documented answer;
  };
  const std::string op = "forbidden_op";
  const Case kCases[] = {
      {kAddOne,
       "add_chatroom_member",
       {404, "resource_not_found", "grpID 1 does not exist!"}},
      {kList,
       "list_chatroom_members",
       {404, "service_resource_not_found", "do not find this group:1"}},
      {kAddOne,
       "add_chatroom_member",
       {400, "illegal_argument", "username u1 doesn't exist!"}},
      {kAddOne,
       "add_chatroom_member",
       {404, "resource_not_found", "username u1 doesn't exist!"}},
      {kAddMany,
       "add_chatroom_members",
       {404, "resource_not_found", "username u1 doesn't exist!"}},
      {kAddOne,
       "add_chatroom_member",
       {400, op,
        "can not join this group, reason:user: u1 already in group: 1"}},
      {kAddMany,
       "add_chatroom_members",
       {400, "invalid_parameter",
        "addMembers: addMembers number more than maxSize : 60"}},
      {kRemoveOne,
       "remove_chatroom_member",
       {400, "invalid_parameter",
        "kickMember: kickMembers number more than maxSize : 100"}},
      {kAddMany,
       "add_chatroom_members",
       {400, "invalid_parameter", "usernames must be provided"}},
      {kAddOne,
       "add_chatroom_member",
       {400, "illegal_argument", "username [u1] is not legal"}},
      {kAddOne,
       "add_chatroom_member",
       {403, "exceed_limit", "members size is greater than max user size !"}},
      {kAddOne,
       "add_chatroom_member",
       {403, op,
        "can not join this group, reason:user u1 has joined too many "
        "chatrooms!"}},
      {kRemoveOne,
       "remove_chatroom_member",
       {400, op, "users [u1] are not members of this group!"}},
      {kRemoveOne,
       "remove_chatroom_member",
       {403, op, "Forbidden operation on group owner!"}},
      {kAddAdmin,
       "add_chatroom_admin",
       {404, "resource_not_found", "user: u1 doesn't exist in group: 1"}},
      {kAddAdmin,
       "add_chatroom_admin",
       {403, "exceed_limit",
        "admins size is greater than max admin size : 99"}},
      {kRemoveAdmin,
       "remove_chatroom_admin",
       {403, op, "user:u1 is not admin of group:1"}},
      {kAddAdmin,
       "add_chatroom_admin",
       {400, "invalid_parameter", "newadmin must be provided"}},
      {kRemoveAdmin,
       "remove_chatroom_admin",
       {401, "group_authorization",
        "you have no permission to do this, group admin permission is "
        "required"}},
  };
  ASSERT_TRUE(sidecar_.started()) << sidecar_.headgate().err();
  for (const Case& c : kCases) {
    ExpectUntouched(c.call, c.operation, 100, c.answer);
  }
}

TEST_F(ContractChatAnswersTest, TheErrorsOfEveryCallPass) {
  const Documented kErrors[] = {
      {400, "illegal_argument", "This is an invalid request."},
      {400, "json_parse", "Unexpected character."},
      {401, "unauthorized",
       "Unable to authenticate due to expired access token."},
      {401, "auth_bad_access_token",
       "Unable to authenticate due to corrupt access token."},
      {401, "auth_bad_access_token", "Unable to authenticate."},
      {404, "organization_application_not_found",
       "Could not find application for acme/chat from URI: "
       "/acme/chat/chatrooms/1/users"},
      {413, "request_entity_too_large", "Request Entity Too Large"},
      {415, "web_application", "Unsupported Media Type."},
      {429, "reach_limit", "This request has reached api limit"},
      {429, "resource_limited",
       "You have exceeded the limit of the free edition. Please upgrade to "
       "higher edition."},
      {500, "unsupported_service_operation",
       "Service operation not supported."},
      {404, "service_resource_not_found", "Service resource not found."},
      {500, "internal_server_error", "Internal Server Error"},
      {502, "bad_gateway", "Bad Gateway"},
      {503, "service_unavailable", "Service Unavailable"},
      {504, "gateway_timeout", "Gateway Timeout"},
  };
  struct Operation {
    const Call& call;
    std::string name;
  };
  const Operation kOperations[] = {
      {kAddOne, "add_chatroom_member"},
      {kAddMany, "add_chatroom_members"},
      {kList, "list_chatroom_members"},
      {kRemoveOne, "remove_chatroom_member"},
      {{"DELETE /acme/chat/chatrooms/1/users/u1%2Cu2"},
       "remove_chatroom_members"},
      {kAddAdmin, "add_chatroom_admin"},
      {{"GET /acme/chat/chatrooms/1/admin"}, "list_chatroom_admins"},
      {kRemoveAdmin, "remove_chatroom_admin"},
  };
  ASSERT_TRUE(sidecar_.started()) << sidecar_.headgate().err();
  for (const Operation& operation : kOperations) {
    for (const Documented& row : kErrors) {
      ExpectUntouched(operation.call, operation.name, 100, row);
    }
  }
}

TEST_F(ContractChatAnswersTest, TheErrorsOfTheNeighboursPass) {
  struct Case {
    const Call& call;
    std::string operation;
    int quota;
    Documented answer;
  };
  const Case kCases[] = {
      {kToken,
       "create_token",
       300,
       {400, "illegal_argument", "client_id must be provided."}},
      {kToken,
       "create_token",
       300,
       {400, "illegal_argument", "client_secret must be provided"}},
      {kToken,
       "create_token",
       300,
       {400, "invalid_grant", "client_id does not match"}},
      {kToken,
       "create_token",
       300,
       {400, "invalid_grant", "client_secret does not match"}},
      {kToken, "create_token", 300, {400, "invalid_grant", "invalid password"}},
      {kToken, "create_token", 300, {404, "invalid_grant", "user not found"}},
      {kUsers,
       "create_users",
       100,
       {400, "duplicate_unique_property_exists",
        "Application 8be024f0 Entity user requires that property named "
        "username be unique, value of u1 exists."}},
      {kUsers,
       "create_users",
       100,
       {400, "illegal_argument",
        "Entity 'user' requires a property named username."}},
      {kUser,
       "get_user",
       100,
       {404, "service_resource_not_found", "Service resource not found."}},
      {kRooms,
       "create_chatroom",
       50,
       {400, "invalid_parameter", "owner must be provided"}},
      {kRooms,
       "create_chatroom",
       50,
       {400, "invalid_parameter", "chatroom must contain title/name field!"}},
      {kRooms,
       "create_chatroom",
       50,
       {403, "exceed_limit", "title cannot exceed to 128"}},
      {kRooms,
       "create_chatroom",
       50,
       {403, "exceed_limit", "desc cannot exceed to 512"}},
      {kRooms,
       "create_chatroom",
       50,
       {403, "exceed_limit", "maxUsers cannot exceed 10000"}},
      {kRooms,
       "create_chatroom",
       50,
       {400, "invalid_parameter", "some of [x] are not valid fields"}},
      {kMute,
       "add_chatroom_mutes",
       100,
       {400, "invalid_parameter",
        "userNames size is more than max limit : 60"}},
      {kMute,
       "add_chatroom_mutes",
       100,
       {400, "invalid_parameter", "users [u1] are not members of this group!"}},
  };
  ASSERT_TRUE(sidecar_.started()) << sidecar_.headgate().err();
  for (const Case& c : kCases) {
    ExpectUntouched(c.call, c.operation, c.quota, c.answer);
  }
}

}  // namespace
}  // namespace headgate::test
