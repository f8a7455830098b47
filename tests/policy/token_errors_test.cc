// Every error of the contract pages "flipflop" and "private-services".
#include <set>
#include <string>

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/catalogue.h"
#include "tests/policy/builtin_contract.h"

namespace headgate::policy {
namespace {

struct Row {
  const char* name;
  int status;
  const char* code;
  const char* message = nullptr;  // null: ours, not compared
};

constexpr Row kFlipflop[] = {
    {"unsupported_http_method", 400, "UNSUPPORTED_HTTP_METHOD"},
    {"invalid_http_message_body", 400, "INVALID_HTTP_MESSAGE_BODY"},
    {"empty_app_credentials", 401, "EMPTY_APP_CREDENTIALS",
     "'Authorization: Basic' header is empty."},
    {"invalid_app_credentials", 401, "INVALID_APP_CREDENTIALS"},
    {"empty_app_user_id", 400, "EMPTY_APP_USER_ID"},
    {"invalid_app_user_id_format", 400, "INVALID_APP_USER_ID_FORMAT"},
    {"invalid_access_token", 400, "INVALID_ACCESS_TOKEN"},
    {"member_not_found", 404, "MEMBER_NOT_FOUND"},
    {"member_already_exists", 409, "MEMBER_ALREADY_EXISTS"},
    {"internal_server_error", 500, "INTERNAL_SERVER_ERROR"},
    {"too_many_requests", 429, "TOO_MANY_REQUESTS"},
    {"not_found", 404, "NOT_FOUND"},
    {"payload_too_large", 413, "PAYLOAD_TOO_LARGE"},
    {"unsupported_media_type", 415, "UNSUPPORTED_MEDIA_TYPE"},
    {"bad_gateway", 502, "BAD_GATEWAY"},
    {"service_unavailable", 503, "SERVICE_UNAVAILABLE"},
    {"gateway_timeout", 504, "GATEWAY_TIMEOUT"},
    {"bad_request", 400, "BAD_REQUEST"},
    {"forbidden", 403, "FORBIDDEN"},
    {"request_timeout", 408, "REQUEST_TIMEOUT"},
    {"uri_too_long", 414, "URI_TOO_LONG"},
    {"expectation_failed", 417, "EXPECTATION_FAILED"},
    {"request_header_fields_too_large", 431, "REQUEST_HEADER_FIELDS_TOO_LARGE"},
    {"not_implemented", 501, "NOT_IMPLEMENTED"},
    {"http_version_not_supported", 505, "HTTP_VERSION_NOT_SUPPORTED"},
};

constexpr Row kPrivateServices[] = {
    {"invalid_field", 400, "invalid_argument",
     "arguments[2].permissions[0] is not valid"},
    {"missing_field", 400, "invalid_argument",
     "arguments[2].permissions[0] is missing"},
    {"not_a_uuid", 400, "invalid_argument",
     "arguments[2].permissions[0] is not a UUID"},
    {"unknown_permission", 400, "invalid_argument",
     "arguments[2].permissions[0] is not a permission of this token"},
    {"not_a_boolean_text", 400, "invalid_argument",
     "arguments[2].permissions[0] is neither \\\"true\\\" nor \\\"false\\\""},
    {"too_many_entries", 400, "invalid_argument",
     "arguments[2].permissions[0] has more than 100 entries"},
    {"too_few_entries", 400, "invalid_argument",
     "arguments[2].permissions[0] is empty"},
    {"invalid_request", 400, "invalid_argument"},
    {"not_json", 400, "invalid_argument"},
    {"unauthenticated", 401, "unauthenticated"},
    {"permission_denied", 403, "permission_denied",
     "arguments[2].permissions[0] is not granted to this API key"},
    {"forbidden", 403, "permission_denied"},
    {"unimplemented", 404, "unimplemented"},
    {"request_timeout", 408, "deadline_exceeded"},
    {"body_too_large", 413, "resource_exhausted"},
    {"uri_too_long", 414, "resource_exhausted"},
    {"media_type", 415, "invalid_argument"},
    {"form_type", 415, "invalid_argument",
     "the body must be application/x-www-form-urlencoded"},
    {"not_a_form", 400, "invalid_argument", "the body is not a form"},
    {"expectation_failed", 417, "invalid_argument"},
    {"rate", 429, "resource_exhausted"},
    {"head_too_large", 431, "resource_exhausted"},
    {"internal", 500, "internal"},
    {"not_implemented", 501, "unimplemented"},
    {"bad_gateway", 502, "unavailable"},
    {"unavailable", 503, "unavailable"},
    {"deadline_exceeded", 504, "deadline_exceeded"},
    {"http_version", 505, "unimplemented"},
};

ErrorContext Context() {
  ErrorContext context;
  context.location = "arguments[2].permissions[0]";
  context.bound = 100;
  return context;
}

// Every row is there, in the family's shape, and no other row is.
template <size_t n>
void ExpectRows(const std::string& contract, const Row (&rows)[n],
                const std::string& code_key, const std::string& message_key) {
  const Catalogue catalogue(ReadBuiltin(contract));
  std::set<std::string> expected, found;
  for (const Row& row : rows) {
    expected.insert(row.name);
    const CatalogueError* error = catalogue.Find(row.name);
    ASSERT_NE(error, nullptr) << row.name;
    EXPECT_EQ(error->status, row.status) << row.name;
    EXPECT_EQ(error->code, row.code);
    std::string body;
    Catalogue::Render(*error, Context(), &body);
    const std::string begin = StrCat("{\"", code_key, "\":\"", row.code,
                                     "\",\"", message_key, "\":\"");
    if (row.message == nullptr) {
      EXPECT_THAT(body, testing::StartsWith(begin));
    } else {
      EXPECT_EQ(body, StrCat(begin, row.message, "\"}"));
    }
    EXPECT_NE(catalogue.Recognize(row.status, body), nullptr) << row.name;
  }
  for (const auto& error : catalogue.errors()) found.insert(error->name);
  EXPECT_EQ(found, expected);
  EXPECT_EQ(catalogue.content_type(), "application/json");
}

TEST(TokenErrorsTest, EachRowOfFlipflopIsAsThePagePrintsIt) {
  ExpectRows("flipflop", kFlipflop, "errorCode", "errorMessage");
}

TEST(TokenErrorsTest, EachRowOfPrivateServicesIsAsThePagePrintsIt) {
  ExpectRows("private-services", kPrivateServices, "code", "message");
}

}  // namespace
}  // namespace headgate::policy
