// LoadCases: a file of policy tests -> CaseFile. As strict as the config: every
// mistake comes in one run, with its place; a CaseFile comes back only if there
// was none, so nothing runs half.
//
// Everything has a limit, since a row times a list times a range grows fast.
#ifndef HEADGATE_CLI_CASES_LOAD_H_
#define HEADGATE_CLI_CASES_LOAD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/cases/case_file.h"
#include "config/diagnostic.h"
#include "config/load.h"

namespace headgate::cli {

inline constexpr size_t kCasesMax = 100'000;            // rows count
inline constexpr int64_t kRepeatMax = 1'000'000;        // calls of a step
inline constexpr int64_t kCallsMax = 10'000'000;        // calls of a file
inline constexpr int64_t kRangeItemsMax = 100'000;      // of one $range
inline constexpr size_t kRepeatsMax = 10'000'000;       // of one ${'a' * n}
inline constexpr size_t kExpandedNodesMax = 2'000'000;  // values, all rows
inline constexpr size_t kExpandedBytesMax = 64 << 20;   // bodies, all rows

// 2026-01-01T00:00:00Z, unless the file's `defaults.start` says otherwise.
inline constexpr int64_t kStartUnixUs = 1'767'225'600'000'000;

std::optional<CaseFile> LoadCases(const std::string& path,
                                  const config::Environment& environment,
                                  config::Diagnostics* diagnostics);

// The same from a text; `name` is what diagnostics call it, and its folder is
// where the policy is looked for.
std::optional<CaseFile> LoadCasesText(std::string name, std::string text,
                                      config::Diagnostics* diagnostics);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_LOAD_H_
