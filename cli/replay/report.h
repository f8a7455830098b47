// What two policies decide differently about the same calls: `headgate diff`.
// Changes are grouped by rule and app, with how often they occur and the first
// one as an example.
//
// Belongs to one thread. Memory does not grow with the log: groups beyond
// kGroupsMax are counted together.
#ifndef HEADGATE_CLI_REPLAY_REPORT_H_
#define HEADGATE_CLI_REPLAY_REPORT_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "cli/replay/call.h"
#include "cli/replay/replayer.h"

namespace headgate::cli {

// One decision, as a report shows it.
struct ShownDecision {
  std::string decision;  // "allow", "deny", "open"
  std::string rule;      // that denied
  std::string at;        // where it stands: "new.yaml:9:7"
  int status = 0;        // of the answer to what was denied
  std::string error;     // the family's code; empty: none
};

class DiffReport {
 public:
  static constexpr size_t kGroupsMax = 1000;

  struct Group {
    std::string rule, app;  // the rule that began or ceased to deny
    int64_t calls = 0;
    // The first one.
    ShownDecision before, after;
    std::string log;  // its file and line
    std::string time, request_id, method, path;
  };
  // Of either policy: what it says beside its decisions.
  struct Counts {
    int64_t allowed = 0, denied = 0;
    int64_t delayed = 0, shadow_denied = 0, candidate_denied = 0;
  };

  // One call, decided twice. `log` is the log's name.
  void Add(const ReplayCall& call, const ReplayOutcome& before,
           const ReplayOutcome& after, const std::string& log);
  // A line that cannot be decided again.
  void AddUnknown(std::string_view why) { ++unknown_[std::string(why)]; }
  void AddNotDecided() { ++not_decided_; }
  void AddLate(int64_t calls) { late_ += calls; }

  int64_t changed() const { return changed_; }
  int64_t decided() const { return decided_; }
  // Most calls first.
  std::vector<const Group*> Groups() const;

  std::string Pretty(bool color) const;
  std::string Json() const;

 private:
  using Key = std::tuple<std::string, std::string, std::string, std::string>;

  void Count(const ReplayOutcome& outcome, Counts* counts);
  int64_t unknown() const;
  std::string Notes() const;

  std::map<Key, Group> groups_;
  std::map<std::string, int64_t> unknown_;  // by reason
  Counts before_, after_;
  int64_t decided_ = 0, changed_ = 0, ungrouped_ = 0;
  int64_t as_recorded_ = 0;  // decided by the old policy as the log says
  int64_t not_decided_ = 0, late_ = 0;
};

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_REPLAY_REPORT_H_
