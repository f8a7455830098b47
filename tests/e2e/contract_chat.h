// What the tests of the contract agora-chat share: its error body, made from
// the contract page's own words and not from the catalogue under test.
#ifndef HEADGATE_TESTS_E2E_CONTRACT_CHAT_H_
#define HEADGATE_TESTS_E2E_CONTRACT_CHAT_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "base/strings.h"
#include "tests/support/contract_sidecar.h"

namespace headgate::test {

inline SidecarOptions Chat() {
  return {.service = "agora-chat", .authorization = "Bearer YWMtoken"};
}

// "exception values", and CamelCase for those that the page does not give.
inline std::string ExceptionOf(const std::string& error) {
  static const std::map<std::string, std::string> kKnown = {
      {"unauthorized", "EasemobSecurityException"},
      {"auth_bad_access_token", "EasemobSecurityException"},
      {"illegal_argument", "java.lang.IllegalArgumentException"},
      {"duplicate_unique_property_exists",
       "DuplicateUniquePropertyExistsException"},
  };
  const auto known = kKnown.find(error);
  if (known != kKnown.end()) return known->second;
  std::string name;
  for (const std::string_view word : Split(error, '_')) {
    name += static_cast<char>(word[0] - 'a' + 'A');
    name += word.substr(1);
  }
  const bool of_group =
      error == "forbidden_op" || error == "resource_not_found" ||
      error == "service_resource_not_found" || error == "invalid_parameter" ||
      error == "group_authorization";
  return StrCat(of_group ? "com.easemob.group.exception." : "", name,
                "Exception");
}

inline std::string ChatError(const std::string& error,
                             const std::string& description) {
  std::string quoted;
  AppendJsonString(description, &quoted);
  return StrCat("{\"error\":\"", error, "\",\"exception\":\"",
                ExceptionOf(error),
                "\",\"timestamp\":1542544296075,\"duration\":3,"
                "\"error_description\":",
                quoted, "}");
}

// {"usernames":["u1",...]}
inline std::string Usernames(int count) {
  std::vector<std::string> names;
  for (int i = 1; i <= count; ++i) names.push_back(StrCat("\"u", i, "\""));
  return StrCat("{\"usernames\":[", Join(names, ","), "]}");
}

// u1,u2,...
inline std::string NameList(int count, std::string_view separator) {
  std::vector<std::string> names;
  for (int i = 1; i <= count; ++i) names.push_back(StrCat("u", i));
  return Join(names, separator);
}

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_E2E_CONTRACT_CHAT_H_
