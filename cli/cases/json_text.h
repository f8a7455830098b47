// A YAML value as JSON text: `json:` of a request, an answer, an expectation.
//
//   {usernames: {$range: {from: 1, to: 60, format: "user%d"}}, n: 7, s: "7"}
//   {"usernames":["user1",...,"user60"],"n":7,"s":"7"}
//
// What is quoted is a string; what is not is a number, true, false or null if
// it looks like one. `$range` is a list of numbers, or of texts with `format`,
// in which %d stands for the number (%03d: with three digits).
#ifndef HEADGATE_CLI_CASES_JSON_TEXT_H_
#define HEADGATE_CLI_CASES_JSON_TEXT_H_

#include <string>

#include "cli/cases/expand.h"
#include "config/diagnostic.h"
#include "config/yaml.h"

namespace headgate::cli {

// False, with a diagnostic, if there is no such text.
bool WriteJsonText(const config::Node& node, Budget* budget,
                   config::Diagnostics* diagnostics, std::string* out);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_JSON_TEXT_H_
