// Boundary cases for a policy that has none: `headgate test --generate`.
//
// For each operation: a call that is allowed; each limit at limit - 1, limit
// and limit + 1; each charset just inside and just outside; each field that
// must be there left out; the rate limit's train. For each service: credentials
// that are missing or bad, URLs that are none of its own, and what becomes of
// its upstream's answers.
//
// Idea: the requests come from the policy's places (cli/cases/places.h); what
// to expect of them is what a Runner says. So the file loads and passes by
// construction. It pins what the policy does, and cannot know what it should
// do: its head says so.
//
// Pure.
#ifndef HEADGATE_CLI_CASES_GENERATE_H_
#define HEADGATE_CLI_CASES_GENERATE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "policy/policy.h"

namespace headgate::cli {

struct GenerateOptions {
  std::string policy_path;  // as the file is to name it
  // The operator's file: only secrets that stand in it in plain are repeated.
  std::string policy_text;
};

// The text of a file of cases. An error: one of its own cases does not load,
// which is a mistake of ours.
absl::StatusOr<std::string> GenerateCases(
    std::shared_ptr<const policy::Policy> policy,
    const GenerateOptions& options);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_GENERATE_H_
