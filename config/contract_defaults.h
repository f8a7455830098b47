// What a contract need not say: the refusals with the answer that each gets
// where no catalogue row is named, and what a row leaves out of its body.
//
// The table of refusals is the single truth: policy::Refusal has the same
// order, and policy/refusal.cc reads its names and statuses here.
//
// Constants and pure functions; any thread.
#ifndef HEADGATE_CONFIG_CONTRACT_DEFAULTS_H_
#define HEADGATE_CONFIG_CONTRACT_DEFAULTS_H_

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "config/contract.h"

namespace headgate::config {

// A reason for which Headgate itself answers.
struct RefusalDefault {
  std::string_view name;  // "no_operation", as contract files write it
  int status;             // 404
};
inline constexpr int kRefusalDefaults = 30;
extern const std::array<RefusalDefault, kRefusalDefaults> kRefusalTable;

std::vector<std::string> RefusalNames();

// The shape of a contract that gives none (and the body where no family is
// known): RFC 9457 with the member "code".
//   {"title":"Not Found","status":404,"code":"no_operation"}
ErrorShape NeutralShape();

// What the shape asks a row for: its placeholders, each once, but for those
// that the engine fills.
std::vector<std::string> ShapeAttributes(const ErrorShape& shape);

// The shape's placeholder that stands for the family's code: the first of
// {error}, {code}, {errorCode} that it names; "error" if it names none.
std::string CodeAttribute(const ErrorShape& shape);

// What a row has for an attribute that it leaves out: its code is its name,
// `description`, `message`, `errorMessage`, `title` and `detail` are the
// status' phrase, `exception` is the code in CamelCase and "Exception". False:
// there is no default; the row must say it.
bool DefaultAttribute(const ErrorSpec& error, std::string_view attribute,
                      const std::string& code, std::string* value);

// What the engine fills into a text by itself: "now_ms", "value", ...
std::vector<std::string> EnginePlaceholders();
// Those of them that are numbers: a member of the shape that is nothing but one
// of them is a JSON number.
bool IsNumericPlaceholder(std::string_view name);

// A text with placeholders, taken apart: literals[0] placeholders[0]
// literals[1] ... ; always one literal more than placeholders. "{{" and "}}"
// stand for braces. False if a brace has no partner or a name is empty.
struct Template {
  std::vector<std::string> literals;
  std::vector<std::string> placeholders;
};
bool ParseTextTemplate(std::string_view text, Template* result);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_CONTRACT_DEFAULTS_H_
