// Any bytes as an access log: each line is read as a call, or refused with a
// reason. A call is decided by two policies, twice each with the same outcome,
// and reported.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "base/strings.h"
#include "cli/replay/call.h"
#include "cli/replay/replayer.h"
#include "cli/replay/report.h"
#include "config/load.h"
#include "policy/contracts/builtin.h"
#include "policy/policy.h"

namespace {

using headgate::StrCat;
using headgate::cli::CallReader;
using headgate::cli::ReplayCall;
using headgate::cli::Replayer;
using headgate::cli::ReplayOutcome;
using Policy = std::shared_ptr<const headgate::policy::Policy>;

Policy MakePolicy(const char* keys) {
  headgate::config::Diagnostics diagnostics;
  std::string text = "listeners: [{address: \"127.0.0.1:0\"}]\nservices:\n";
  for (const char* name : {"agora-chat", "flipflop", "private-services"}) {
    headgate::StrAppend(&text, "  ", name,
                        ": {upstream: {servers: [\"http://127.0.0.1:9\"]}",
                        keys, "}\n");
  }
  const auto config = headgate::config::LoadText(
      "headgate.yaml", text,
      headgate::config::SystemEnvironment(headgate::policy::BuiltinContracts()),
      &diagnostics);
  return headgate::policy::Policy::Compile(*config, &diagnostics);
}

// A limit of none, since what is counted differs the second time.
const Policy& Before() {
  static const Policy policy = MakePolicy(", limits: {default: 1000000/s}");
  return policy;
}
const Policy& After() {
  static const Policy policy =
      MakePolicy(", limits: {default: 0/s}, unlisted_apps: deny");
  return policy;
}

ReplayOutcome::Kind DecideTwice(const ReplayCall& call, Replayer* replayer) {
  const ReplayOutcome::Kind first = replayer->Decide(call).kind;
  if (replayer->Decide(call).kind != first) std::abort();
  return first;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  Replayer before(Before(), *Before()), after(After(), *Before());
  CallReader reader;
  ReplayCall call;
  headgate::cli::DiffReport report;
  for (const std::string_view line : headgate::Split(text, '\n')) {
    ++call.line;
    const CallReader::Found found = reader.Read(line, &call);
    if ((found == CallReader::Found::kNoLine) && reader.error().empty()) {
      std::abort();
    }
    if (found != CallReader::Found::kCall) continue;
    DecideTwice(call, &before);
    DecideTwice(call, &after);
    report.Add(call, before.Decide(call), after.Decide(call), "access.jsonl");
  }
  report.Pretty(/*color=*/false);
  report.Json();
  return 0;
}
