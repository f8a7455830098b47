// The formats that WriteReport (cli/cases/report.h) chooses from, and what they
// share.
#ifndef HEADGATE_CLI_CASES_REPORT_FORMATS_H_
#define HEADGATE_CLI_CASES_REPORT_FORMATS_H_

#include <string>

#include "cli/cases/report.h"

namespace headgate::cli {

std::string WritePretty(const Report& report, bool color);
std::string WriteJson(const Report& report);
std::string WriteTap(const Report& report);
std::string WriteJunit(const Report& report);
std::string WriteGithub(const Report& report);

// "status: expected 400, got 200".
std::string DescribeMismatch(const Mismatch& mismatch);
// "GET /acme/chat/chatrooms at 0s (call 2 of 9) was answered 200".
std::string DescribeCall(const FailedCall& call);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_REPORT_FORMATS_H_
