// Whether a JSON text holds what is expected of it: an object may have more
// members, a list has as many items, a value is the same (1 and 1.0 are).
//
//   expected {a: [1, {b: 2}]}, got {"a":[1,{"b":2,"c":3}],"d":4}: holds
//
// Belongs to one thread; keeps its readers' buffers.
#ifndef HEADGATE_CLI_CASES_JSON_SUBSET_H_
#define HEADGATE_CLI_CASES_JSON_SUBSET_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "cli/cases/case_file.h"
#include "cli/cases/runner.h"

namespace headgate::cli {

class JsonSubset {
 public:
  // `field` is what a mismatch begins with: "json" of "json.data.id". Appends
  // the first difference; true: there is none.
  bool Check(std::string_view field, const Expected<std::string>& expected,
             std::string_view text, std::vector<Mismatch>* mismatches);

 private:
  JsonReader expected_reader_, actual_reader_;
};

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_JSON_SUBSET_H_
