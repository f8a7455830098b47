#include "cli/cases/case_file.h"

#include "absl/time/time.h"
#include "config/amount.h"

namespace headgate::cli {

int64_t CaseFile::calls() const {
  int64_t calls = 0;
  for (const Case& test : cases) {
    for (const CaseStep& step : test.steps) calls += step.repeat;
  }
  return calls;
}

std::string CaseTimeText(int64_t us) {
  return us == 0 ? "0ms" : config::DurationText(absl::Microseconds(us));
}

}  // namespace headgate::cli
