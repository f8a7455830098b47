// The three built-in contracts against their pages: requests, limits, rules,
// refusals. (Their errors: agora_chat_errors_test.cc, token_errors_test.cc.)
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "base/strings.h"
#include "config/config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/catalogue.h"
#include "policy/refusal.h"
#include "tests/policy/builtin_contract.h"

namespace headgate::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Call {
  const char* name;
  const char* request;  // behind the family's prefix
  int64_t per_second = 100;
};

constexpr Call kAgoraChat[] = {
    {"add_chatroom_member", "POST /chatrooms/{chatroom_id}/users/{username}"},
    {"add_chatroom_members", "POST /chatrooms/{chatroom_id}/users"},
    {"list_chatroom_members", "GET /chatrooms/{chatroom_id}/users"},
    {"remove_chatroom_member",
     "DELETE /chatrooms/{chatroom_id}/users/{username}"},
    {"remove_chatroom_members",
     "DELETE /chatrooms/{chatroom_id}/users/{usernames}"},
    {"add_chatroom_admin", "POST /chatrooms/{chatroom_id}/admin"},
    {"list_chatroom_admins", "GET /chatrooms/{chatroom_id}/admin"},
    {"remove_chatroom_admin",
     "DELETE /chatrooms/{chatroom_id}/admin/{oldadmin}"},
    {"list_super_admins", "GET /chatrooms/super_admin"},
    {"add_super_admin", "POST /chatrooms/super_admin"},
    {"remove_super_admin", "DELETE /chatrooms/super_admin/{superadmin}"},
    {"put_super_admins", "PUT /chatrooms/super_admin"},
    {"delete_super_admins", "DELETE /chatrooms/super_admin"},
    {"get_super_admin", "GET /chatrooms/super_admin/{superadmin}"},
    {"post_super_admin", "POST /chatrooms/super_admin/{superadmin}"},
    {"get_below_super_admin",
     "GET /chatrooms/super_admin/{superadmin}/{rest...}"},
    {"post_below_super_admin",
     "POST /chatrooms/super_admin/{superadmin}/{rest...}"},
    {"delete_below_super_admin",
     "DELETE /chatrooms/super_admin/{superadmin}/{rest...}"},
    {"create_token", "POST /token", 300},
    {"create_users", "POST /users"},
    {"get_user", "GET /users/{username}"},
    {"delete_user", "DELETE /users/{username}"},
    {"list_joined_chatrooms", "GET /users/{username}/joined_chatrooms", 50},
    {"create_chatroom", "POST /chatrooms", 50},
    {"list_chatrooms", "GET /chatrooms", 50},
    {"get_chatroom", "GET /chatrooms/{chatroom_id}"},
    {"get_chatrooms", "GET /chatrooms/{chatroom_ids}"},
    {"update_chatroom", "PUT /chatrooms/{chatroom_id}"},
    {"delete_chatroom", "DELETE /chatrooms/{chatroom_id}"},
    {"add_chatroom_mutes", "POST /chatrooms/{chatroom_id}/mute"},
    {"list_chatroom_mutes", "GET /chatrooms/{chatroom_id}/mute"},
    {"remove_chatroom_mute", "DELETE /chatrooms/{chatroom_id}/mute/{username}"},
    {"remove_chatroom_mutes",
     "DELETE /chatrooms/{chatroom_id}/mute/{usernames}"},
    {"mute_chatroom", "POST /chatrooms/{chatroom_id}/ban"},
    {"unmute_chatroom", "DELETE /chatrooms/{chatroom_id}/ban"},
    {"list_chatroom_blocks", "GET /chatrooms/{chatroom_id}/blocks/users"},
    {"add_chatroom_block",
     "POST /chatrooms/{chatroom_id}/blocks/users/{username}"},
    {"add_chatroom_blocks", "POST /chatrooms/{chatroom_id}/blocks/users"},
    {"remove_chatroom_block",
     "DELETE /chatrooms/{chatroom_id}/blocks/users/{username}"},
    {"remove_chatroom_blocks",
     "DELETE /chatrooms/{chatroom_id}/blocks/users/{usernames}"},
    {"list_chatroom_allow_list", "GET /chatrooms/{chatroom_id}/white/users"},
    {"add_chatroom_allowed",
     "POST /chatrooms/{chatroom_id}/white/users/{username}"},
    {"add_chatroom_allowed_many", "POST /chatrooms/{chatroom_id}/white/users"},
    {"remove_chatroom_allowed",
     "DELETE /chatrooms/{chatroom_id}/white/users/{username}"},
    {"remove_chatroom_allowed_many",
     "DELETE /chatrooms/{chatroom_id}/white/users/{usernames}"},
};

constexpr Call kFlipflop[] = {
    {"issue_guest_chat_token", "POST /members/guest-chat-tokens"},
    {"issue_member_chat_token", "POST /members/{appUserId}/chat-tokens"},
    {"create_member", "POST /members"},
    {"login_member", "POST /members/login"},
    {"login_guest", "POST /members/login-as-guest"},
    {"list_members", "GET /members"},
    {"get_member", "GET /members/{appUserId}"},
    {"update_member", "PATCH /members/{appUserId}"},
    {"delete_member", "DELETE /members/{appUserId}"},
    {"delete_members", "DELETE /members/{appUserIds}"},
};

constexpr Call kPrivateServices[] = {
    {"create_chat_member_token", "POST /chat.tokens.private.v1.Service/Create"},
    {"create_room_member_token", "POST /room.tokens.private.v1.Service/Create"},
    {"revoke_chat_member_token", "POST /chat.tokens.private.v1.Service/Revoke"},
    {"revoke_room_member_token", "POST /room.tokens.private.v1.Service/Revoke"},
    {"introspect_token", "POST /oauth2/introspect"},
    {"list_paseto_keys", "GET /.well-known/paseto-keys"},
};

const config::Operation& Find(const config::Contract& contract,
                              std::string_view name) {
  for (const config::Operation& operation : contract.operations) {
    if (operation.name == name) return operation;
  }
  static const config::Operation none;
  ADD_FAILURE() << "no operation " << name;
  return none;
}

const config::FieldSpec& FieldOf(const std::vector<config::FieldSpec>& fields,
                                 std::string_view name) {
  for (const config::FieldSpec& field : fields) {
    if (field.name == name) return field;
  }
  static const config::FieldSpec none;
  ADD_FAILURE() << "no field " << name;
  return none;
}

template <size_t n>
void ExpectCalls(const config::Contract& contract, const std::string& prefix,
                 const Call (&calls)[n]) {
  EXPECT_EQ(contract.operations.size(), n);
  for (const Call& call : calls) {
    const config::Operation& operation = Find(contract, call.name);
    std::string request = call.request;
    request.insert(request.find('/'), prefix);
    EXPECT_EQ(StrCat(operation.method, " ", operation.path), request);
    const auto own = contract.limits.find(call.name);
    const config::Limit& limit = own == contract.limits.end()
                                     ? *contract.limits.at("default")
                                     : *own->second;
    EXPECT_EQ(limit.limit, call.per_second) << call.name;
    EXPECT_EQ(limit.window, absl::Seconds(1)) << call.name;
  }
}

TEST(BuiltinContractsTest, AgoraChatHasEveryCallOfThePage) {
  const config::Contract contract = ReadBuiltin("agora-chat");
  ExpectCalls(contract, "/{org_name}/{app_name}", kAgoraChat);
  EXPECT_EQ(contract.app_key, "{org_name}#{app_name}");
  EXPECT_EQ(contract.credentials, "bearer");
  EXPECT_EQ(Find(contract, "create_token").credentials, "none");
  ASSERT_EQ(contract.aliases.size(), 1u);
  EXPECT_EQ(contract.aliases[0].also, "/app-id/{app_id}");
  EXPECT_EQ(contract.aliases[0].app_key, "{app_id}");
}

TEST(BuiltinContractsTest, FlipflopHasEveryCallOfThePage) {
  const config::Contract contract = ReadBuiltin("flipflop");
  ExpectCalls(contract, "/v2/apps/me", kFlipflop);
  EXPECT_EQ(contract.app_key, "{basic_user}");
  EXPECT_EQ(contract.credentials, "basic");
  EXPECT_THAT(Find(contract, "create_member").answers, ElementsAre(201));
  EXPECT_THAT(Find(contract, "delete_member").answers, ElementsAre(204));
}

TEST(BuiltinContractsTest, PrivateServicesHasEveryCallOfThePage) {
  const config::Contract contract = ReadBuiltin("private-services");
  ExpectCalls(contract, "", kPrivateServices);
  EXPECT_EQ(contract.app_key, "{bearer_token}");
  EXPECT_EQ(contract.credentials, "api_key");
  EXPECT_EQ(Find(contract, "list_paseto_keys").credentials, "none");
  EXPECT_EQ(Find(contract, "introspect_token").body.kind,
            config::BodySpec::Kind::kAny);
}

TEST(BuiltinContractsTest, AgoraChatBoundsItsLists) {
  const config::Contract contract = ReadBuiltin("agora-chat");
  const auto& added = Find(contract, "add_chatroom_members").body.fields.at(0);
  EXPECT_EQ(added.items, (config::Range{1, 60}));
  EXPECT_EQ(added.too_many, "too_many_to_add");
  EXPECT_EQ(added.missing, "usernames_missing");
  EXPECT_EQ(added.error, "usernames_missing");
  const auto& removed =
      Find(contract, "remove_chatroom_members").path_variables.at("usernames");
  EXPECT_TRUE(removed.list);
  EXPECT_EQ(removed.separator, ',');
  EXPECT_EQ(removed.items, (config::Range{2, 100}));
  EXPECT_EQ(removed.too_many, "too_many_to_remove");
  EXPECT_EQ(Find(contract, "create_users").body.array, (config::Range{1, 60}));
}

TEST(BuiltinContractsTest, AgoraChatClampsThePageSize) {
  const config::Contract contract = ReadBuiltin("agora-chat");
  const auto& query = Find(contract, "list_chatroom_members").query;
  ASSERT_EQ(query.size(), 2u);
  EXPECT_EQ(query[0].default_value, 1);
  EXPECT_EQ(query[1].integer, (config::Range{0}));
  EXPECT_EQ(query[1].default_value, 1000);
  EXPECT_EQ(query[1].at_most, 1000);
  EXPECT_EQ(Find(contract, "list_super_admins").query[1].default_value, 10);
}

TEST(BuiltinContractsTest, AgoraChatNamesUnknownRoomsAsThePageDoes) {
  const config::Contract contract = ReadBuiltin("agora-chat");
  EXPECT_EQ(contract.values.at("chatroom_id").error, "unknown_room");
  for (const char* name : {"list_chatroom_members", "get_chatroom"}) {
    EXPECT_EQ(Find(contract, name).path_variables.at("chatroom_id").error,
              "unknown_room_listed");
  }
  EXPECT_THAT(Find(contract, "add_chatroom_admin").path_variables, IsEmpty());
}

TEST(BuiltinContractsTest, FlipflopTakesTheBodiesOfThePage) {
  const config::Contract contract = ReadBuiltin("flipflop");
  EXPECT_THAT(Find(contract, "issue_guest_chat_token").body.empty,
              ElementsAre(""));
  EXPECT_THAT(Find(contract, "issue_member_chat_token").body.empty,
              ElementsAre("", "''"));
  const config::ValueSpec& id = contract.values.at("appUserId");
  EXPECT_EQ(id.charset, "a-zA-Z0-9");
  EXPECT_EQ(id.length, (config::Range{1, 64}));
  EXPECT_EQ(id.empty, "empty_app_user_id");
  EXPECT_FALSE(id.fold_lower.value_or(false));
}

TEST(BuiltinContractsTest, PrivateServicesReadsArguments) {
  const config::Contract contract = ReadBuiltin("private-services");
  for (const char* kind : {"chat", "room"}) {
    const config::Operation& create =
        Find(contract, StrCat("create_", kind, "_member_token"));
    EXPECT_EQ(create.grants, "arguments.permissions");
    const config::FieldSpec& arguments =
        FieldOf(create.body.fields, "arguments");
    EXPECT_EQ(arguments.items, (config::Range{1, 100}));
    const auto& fields = arguments.fields;
    EXPECT_EQ(FieldOf(fields, "user_id").value, "uuid");
    EXPECT_EQ(FieldOf(fields, StrCat(kind, "_id")).value, "uuid");
    EXPECT_EQ(FieldOf(fields, "permissions").value,
              StrCat(kind, "_permission"));
    const config::FieldSpec& metadata = FieldOf(fields, "metadata");
    EXPECT_TRUE(metadata.optional);
    EXPECT_EQ(metadata.items, (config::Range{0, 64}));
    EXPECT_EQ(metadata.bytes_max, 4096);
    EXPECT_EQ(metadata.keys.at("mcuStream"), "boolean_text");
  }
}

TEST(BuiltinContractsTest, PermissionsAreNamedToTheLetter) {
  const config::Contract contract = ReadBuiltin("private-services");
  const std::vector<std::string> chat = {
      "PermissionChat",        "PermissionChatBlock",
      "PermissionChatUnblock", "PermissionChatMute",
      "PermissionChatUnmute",  "PermissionChatMessageDelete",
      "PermissionChatKick",    "permissionChatSlowmodeBypass"};
  const std::vector<std::string> room = {
      "PermissionRoom", "PermissionRoomBlock", "PermissionRoomUnblock",
      "PermissionRoomKick"};
  std::vector<std::string> both = chat;
  both.insert(both.end(), room.begin(), room.end());
  EXPECT_EQ(contract.values.at("chat_permission").one_of, chat);
  EXPECT_EQ(contract.values.at("room_permission").one_of, both);
  EXPECT_EQ(contract.implied.at("PermissionChat"),
            std::vector<std::string>(chat.begin() + 1, chat.end()));
  EXPECT_EQ(contract.implied.at("PermissionRoom"),
            std::vector<std::string>(room.begin() + 1, room.end()));
}

struct Refused {
  Refusal refusal;
  int agora_status;
  const char* agora_code;
  int flipflop_status;
  const char* flipflop_code;
  int private_status;
  const char* private_code;
};

constexpr Refused kRefused[] = {
    {Refusal::kNoOperation, 404, "service_resource_not_found", 404, "NOT_FOUND",
     404, "unimplemented"},
    {Refusal::kWrongMethod, 500, "unsupported_service_operation", 400,
     "UNSUPPORTED_HTTP_METHOD", 404, "unimplemented"},
    {Refusal::kBadPath, 400, "illegal_argument", 400, "BAD_REQUEST", 400,
     "invalid_argument"},
    {Refusal::kNoCredentials, 401, "unauthorized", 401, "EMPTY_APP_CREDENTIALS",
     401, "unauthenticated"},
    {Refusal::kMalformedCredentials, 401, "auth_bad_access_token", 401,
     "INVALID_APP_CREDENTIALS", 401, "unauthenticated"},
    {Refusal::kBadCredentials, 401, "auth_bad_access_token", 401,
     "INVALID_APP_CREDENTIALS", 401, "unauthenticated"},
    {Refusal::kUnknownApp, 404, "organization_application_not_found", 401,
     "INVALID_APP_CREDENTIALS", 401, "unauthenticated"},
    {Refusal::kRate, 429, "reach_limit", 429, "TOO_MANY_REQUESTS", 429,
     "resource_exhausted"},
    {Refusal::kForbidden, 403, "forbidden_op", 403, "FORBIDDEN", 403,
     "permission_denied"},
    {Refusal::kInvalid, 400, "illegal_argument", 400, "BAD_REQUEST", 400,
     "invalid_argument"},
    {Refusal::kInvalidQuery, 400, "invalid_parameter", 400, "BAD_REQUEST", 400,
     "invalid_argument"},
    {Refusal::kMissingField, 400, "illegal_argument", 400,
     "INVALID_HTTP_MESSAGE_BODY", 400, "invalid_argument"},
    {Refusal::kInvalidField, 400, "illegal_argument", 400,
     "INVALID_HTTP_MESSAGE_BODY", 400, "invalid_argument"},
    {Refusal::kNotJson, 400, "json_parse", 400, "INVALID_HTTP_MESSAGE_BODY",
     400, "invalid_argument"},
    {Refusal::kMediaType, 415, "web_application", 415, "UNSUPPORTED_MEDIA_TYPE",
     415, "invalid_argument"},
    {Refusal::kBodyTooLarge, 413, "request_entity_too_large", 413,
     "PAYLOAD_TOO_LARGE", 413, "resource_exhausted"},
    {Refusal::kBadRequest, 400, "illegal_argument", 400, "BAD_REQUEST", 400,
     "invalid_argument"},
    {Refusal::kRequestTimeout, 408, "request_timeout", 408, "REQUEST_TIMEOUT",
     408, "deadline_exceeded"},
    {Refusal::kUriTooLong, 414, "uri_too_long", 414, "URI_TOO_LONG", 414,
     "resource_exhausted"},
    {Refusal::kHeadTooLarge, 431, "request_header_fields_too_large", 431,
     "REQUEST_HEADER_FIELDS_TOO_LARGE", 431, "resource_exhausted"},
    {Refusal::kExpectationFailed, 417, "expectation_failed", 417,
     "EXPECTATION_FAILED", 417, "invalid_argument"},
    {Refusal::kNotImplemented, 501, "not_implemented", 501, "NOT_IMPLEMENTED",
     501, "unimplemented"},
    {Refusal::kHttpVersion, 505, "http_version_not_supported", 505,
     "HTTP_VERSION_NOT_SUPPORTED", 505, "unimplemented"},
    {Refusal::kOverloaded, 503, "service_unavailable", 503,
     "SERVICE_UNAVAILABLE", 503, "unavailable"},
    {Refusal::kDraining, 503, "service_unavailable", 503, "SERVICE_UNAVAILABLE",
     503, "unavailable"},
    {Refusal::kInternal, 500, "internal_server_error", 500,
     "INTERNAL_SERVER_ERROR", 500, "internal"},
    {Refusal::kUpstreamConnect, 503, "service_unavailable", 503,
     "SERVICE_UNAVAILABLE", 503, "unavailable"},
    {Refusal::kUpstreamTimeout, 504, "gateway_timeout", 504, "GATEWAY_TIMEOUT",
     504, "deadline_exceeded"},
    {Refusal::kUpstreamProtocol, 502, "bad_gateway", 502, "BAD_GATEWAY", 502,
     "unavailable"},
    {Refusal::kUpstreamTls, 502, "bad_gateway", 502, "BAD_GATEWAY", 502,
     "unavailable"},
};

TEST(BuiltinContractsTest, EachRefusalIsAnsweredInTheFamilysWords) {
  const Catalogue agora(ReadBuiltin("agora-chat"));
  const Catalogue flipflop(ReadBuiltin("flipflop"));
  const Catalogue private_services(ReadBuiltin("private-services"));
  std::set<Refusal> seen;
  for (const Refused& row : kRefused) {
    seen.insert(row.refusal);
    const auto told = [&](const Catalogue& catalogue) {
      const CatalogueError& error = catalogue.For(row.refusal);
      return StrCat(RefusalName(row.refusal), " ", error.status, " ",
                    error.code);
    };
    const auto expected = [&](int status, std::string_view code) {
      return StrCat(RefusalName(row.refusal), " ", status, " ", code);
    };
    EXPECT_EQ(told(agora), expected(row.agora_status, row.agora_code));
    EXPECT_EQ(told(flipflop), expected(row.flipflop_status, row.flipflop_code));
    EXPECT_EQ(told(private_services),
              expected(row.private_status, row.private_code));
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(kRefusals));
}

}  // namespace
}  // namespace headgate::policy
