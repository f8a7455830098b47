// The rows of `each`: a case is read once for each row, with the row's keys as
// variables. `expect` and `upstream` of a row are no variables: they go over
// the case's own, `expect` key by key.
//
//   each:
//     - {count: 60, expect: {decision: allow}}
#ifndef HEADGATE_CLI_CASES_ROWS_H_
#define HEADGATE_CLI_CASES_ROWS_H_

#include <string>

#include "cli/cases/expand.h"
#include "config/diagnostic.h"
#include "config/yaml.h"

namespace headgate::cli {

// False, with diagnostics, if it is no row.
bool CheckRow(const config::Node& row, config::Diagnostics* diagnostics);

// The row's variables, with those of the file and ${'a' * 64} replaced; `row`
// null: none. What ExpandRow returns outlives the scope that it is added to.
config::Node ExpandRow(const config::Node* row, const Expansion& expansion);
void AddRowVariables(const config::Node& variables, VariableScope* scope);
// The names that the case's steps save, and that of the call of a train.
void AddSavedNames(const config::Node& test, VariableScope* scope);

// The case as somebody would have written it without `each`; `row` null: it has
// no rows.
config::Node ExpandTest(const config::Node& test, const config::Node* row,
                        const Expansion& expansion);

// " [count: 60]", or nothing if the case's name tells the variables by itself.
std::string RowSuffix(const config::Node& test, const config::Node& row,
                      int number);

// A variable that nothing uses is a mistake: of spelling, most often.
void ReportUnused(const config::Node& variables, const VariableScope& scope,
                  config::Diagnostics* diagnostics);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_ROWS_H_
