// Every error of the contract page "agora-chat", as the page prints it.
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/catalogue.h"
#include "tests/policy/builtin_contract.h"

namespace headgate::policy {
namespace {

// {u} on the page is "bob" here, {id} is "42", {org}/{app} acme/chat.
struct Row {
  const char* name;
  int status;
  const char* error;
  const char* description;
  int64_t bound = 0;
  const char* value = "bob";
};

constexpr Row kRows[] = {
    // The eight operations.
    {.name = "unknown_room",
     .status = 404,
     .error = "resource_not_found",
     .description = "grpID 42 does not exist!",
     .value = "42"},
    {.name = "unknown_room_listed",
     .status = 404,
     .error = "service_resource_not_found",
     .description = "do not find this group:42",
     .value = "42"},
    {"unknown_user", 400, "illegal_argument", "username bob doesn't exist!"},
    {"unknown_user_among_many", 404, "resource_not_found",
     "username bob doesn't exist!"},
    {"already_member", 400, "forbidden_op",
     "can not join this group, reason:user: bob already in group: 42"},
    {"too_many_to_add", 400, "invalid_parameter",
     "addMembers: addMembers number more than maxSize : 60", 60},
    {"too_many_to_remove", 400, "invalid_parameter",
     "kickMember: kickMembers number more than maxSize : 100", 100},
    {"usernames_missing", 400, "invalid_parameter",
     "usernames must be provided"},
    {"illegal_username", 400, "illegal_argument",
     "username [bob] is not legal"},
    {"room_full", 403, "exceed_limit",
     "members size is greater than max user size !"},
    {"too_many_rooms", 403, "forbidden_op",
     "can not join this group, reason:user bob has joined too many "
     "chatrooms!"},
    {"blocked", 403, "forbidden_op",
     "can not join this group, reason:user: bob is in the block list of "
     "group: 42"},
    {"not_a_member", 400, "forbidden_op",
     "users [bob] are not members of this group!"},
    {"owner_protected", 403, "forbidden_op",
     "Forbidden operation on group owner!"},
    {"not_in_room", 404, "resource_not_found",
     "user: bob doesn't exist in group: 42"},
    {"too_many_admins", 403, "exceed_limit",
     "admins size is greater than max admin size : 99", 99},
    {"not_an_admin", 403, "forbidden_op", "user:bob is not admin of group:42"},
    {"newadmin_missing", 400, "invalid_parameter", "newadmin must be provided"},
    {"group_authorization", 401, "group_authorization",
     "you have no permission to do this, group admin permission is required"},
    // Errors of every call.
    {"invalid_request", 400, "illegal_argument", "This is an invalid request."},
    {"json_parse", 400, "json_parse", "Unexpected character."},
    {"unauthorized", 401, "unauthorized",
     "Unable to authenticate due to expired access token."},
    {"corrupt_token", 401, "auth_bad_access_token",
     "Unable to authenticate due to corrupt access token."},
    {"unable_to_authenticate", 401, "auth_bad_access_token",
     "Unable to authenticate."},
    {"unknown_application", 404, "organization_application_not_found",
     "Could not find application for acme/chat from URI: /acme/chat/users"},
    {"request_entity_too_large", 413, "request_entity_too_large",
     "Request Entity Too Large"},
    {"unsupported_media_type", 415, "web_application",
     "Unsupported Media Type."},
    {"reach_limit", 429, "reach_limit", "This request has reached api limit"},
    {.name = "resource_limited",
     .status = 429,
     .error = "resource_limited",
     .description = "You have exceeded the limit of the free edition. Please "
                    "upgrade to higher edition.",
     .value = "free"},
    {"unsupported_service_operation", 500, "unsupported_service_operation",
     "Service operation not supported."},
    {"service_not_found", 404, "service_resource_not_found",
     "Service resource not found."},
    {"internal_server_error", 500, "internal_server_error",
     "Internal Server Error"},
    {"bad_gateway", 502, "bad_gateway", "Bad Gateway"},
    {"service_unavailable", 503, "service_unavailable", "Service Unavailable"},
    {"gateway_timeout", 504, "gateway_timeout", "Gateway Timeout"},
    // The neighbours.
    {"client_id_missing", 400, "illegal_argument",
     "client_id must be provided."},
    {"client_secret_missing", 400, "illegal_argument",
     "client_secret must be provided"},
    {"client_id_mismatch", 400, "invalid_grant", "client_id does not match"},
    {"client_secret_mismatch", 400, "invalid_grant",
     "client_secret does not match"},
    {"invalid_password", 400, "invalid_grant", "invalid password"},
    {"unknown_token_user", 404, "invalid_grant", "user not found"},
    {"duplicate_username", 400, "duplicate_unique_property_exists",
     "Application 1-2-3 Entity user requires that property named username be "
     "unique, value of bob exists."},
    {"username_missing", 400, "illegal_argument",
     "Entity 'user' requires a property named username."},
    {"owner_missing", 400, "invalid_parameter", "owner must be provided"},
    {"room_name_missing", 400, "invalid_parameter",
     "chatroom must contain title/name field!"},
    {"room_name_too_long", 403, "exceed_limit", "title cannot exceed to 128",
     128},
    {"room_description_too_long", 403, "exceed_limit",
     "desc cannot exceed to 512", 512},
    {"room_too_large", 403, "exceed_limit", "maxUsers cannot exceed 10000",
     10000},
    {.name = "unknown_fields",
     .status = 400,
     .error = "invalid_parameter",
     .description = "some of [color] are not valid fields",
     .value = "color"},
    {"too_many_names", 400, "invalid_parameter",
     "userNames size is more than max limit : 60", 60},
    {"not_a_member_to_mute", 400, "invalid_parameter",
     "users [bob] are not members of this group!"},
    // Ours.
    {.name = "invalid_parameter",
     .status = 400,
     .error = "invalid_parameter",
     .description = "pagesize [-1] is not valid",
     .value = "-1"},
    {"forbidden", 403, "forbidden_op", "Forbidden operation."},
    {"superadmin_missing", 400, "invalid_parameter",
     "superadmin must be provided"},
    {"request_timeout", 408, "request_timeout", "Request Timeout"},
    {"uri_too_long", 414, "uri_too_long", "URI Too Long"},
    {"expectation_failed", 417, "expectation_failed", "Expectation Failed"},
    {"request_header_fields_too_large", 431, "request_header_fields_too_large",
     "Request Header Fields Too Large"},
    {"not_implemented", 501, "not_implemented", "Not Implemented"},
    {"http_version_not_supported", 505, "http_version_not_supported",
     "HTTP Version Not Supported"},
};

// The page's list of `exception` values, and its rule for the others.
std::string ExceptionOf(std::string_view error) {
  constexpr std::pair<std::string_view, std::string_view> kDocumented[] = {
      {"forbidden_op", "com.easemob.group.exception.ForbiddenOpException"},
      {"resource_not_found",
       "com.easemob.group.exception.ResourceNotFoundException"},
      {"service_resource_not_found",
       "com.easemob.group.exception.ServiceResourceNotFoundException"},
      {"invalid_parameter",
       "com.easemob.group.exception.InvalidParameterException"},
      {"group_authorization",
       "com.easemob.group.exception.GroupAuthorizationException"},
      {"unauthorized", "EasemobSecurityException"},
      {"auth_bad_access_token", "EasemobSecurityException"},
      {"illegal_argument", "java.lang.IllegalArgumentException"},
      {"duplicate_unique_property_exists",
       "DuplicateUniquePropertyExistsException"},
      {"exceed_limit", "ExceedLimitException"},
      {"json_parse", "JsonParseException"},
      {"reach_limit", "ReachLimitException"},
      {"web_application", "WebApplicationException"},
      {"invalid_grant", "InvalidGrantException"},
  };
  for (const auto& [code, exception] : kDocumented) {
    if (code == error) return std::string(exception);
  }
  std::string name;
  for (const std::string_view word : Split(error, '_')) {
    name += static_cast<char>(word[0] - 'a' + 'A');
    name += word.substr(1);
  }
  return name + "Exception";
}

ErrorContext ContextOf(
    const Row& row,
    const std::vector<std::pair<std::string_view, std::string_view>>* vars) {
  ErrorContext context;
  context.now = {.monotonic_us = 8'000, .unix_us = 1'700'000'000'123'000};
  context.started = {.monotonic_us = 5'000};
  context.method = "POST";
  context.path = "/acme/chat/users";
  context.value = row.value;
  context.location = "pagesize";
  context.bound = row.bound;
  context.variables = vars;
  return context;
}

TEST(AgoraChatErrorsTest, EachRowIsAsThePagePrintsIt) {
  const Catalogue catalogue(ReadBuiltin("agora-chat"));
  const std::vector<std::pair<std::string_view, std::string_view>> variables = {
      {"org_name", "acme"},
      {"app_name", "chat"},
      {"chatroom_id", "42"},
      {"application", "1-2-3"}};
  for (const Row& row : kRows) {
    const CatalogueError* error = catalogue.Find(row.name);
    ASSERT_NE(error, nullptr) << row.name;
    EXPECT_EQ(error->status, row.status) << row.name;
    EXPECT_EQ(error->code, row.error) << row.name;
    std::string body;
    Catalogue::Render(*error, ContextOf(row, &variables), &body);
    EXPECT_EQ(body, StrCat("{\"error\":\"", row.error, "\",\"exception\":\"",
                           ExceptionOf(row.error),
                           "\",\"timestamp\":1700000000123,\"duration\":3,"
                           "\"error_description\":\"",
                           row.description, "\"}"));
    const CatalogueError* recognised = catalogue.Recognize(row.status, body);
    ASSERT_NE(recognised, nullptr) << row.name;
    EXPECT_EQ(recognised->code, row.error);
  }
  EXPECT_EQ(catalogue.content_type(), "application/json;charset=UTF-8");
}

TEST(AgoraChatErrorsTest, ThereIsNoOtherRow) {
  std::set<std::string> expected;
  for (const Row& row : kRows) expected.insert(row.name);
  std::set<std::string> found;
  for (const auto& [name, error] : ReadBuiltin("agora-chat").errors) {
    found.insert(name);
  }
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace headgate::policy
