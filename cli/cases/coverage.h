// Coverage: which of a policy's rules, documented errors and limits a run of
// cases has met.
//
//   Coverage coverage(session);
//   RunSession(session, {.observer = &coverage});
//   PrintOut(coverage.Describe());
//
// A rule is met when it let a call through and when it denied one; an error
// when it was answered, by Headgate or by the upstream; a limit when what
// stands just inside of it, at it, and just outside of it was sent (limit - 1,
// limit, limit + 1). What several policies share, as the rules of a built-in
// contract, is met when it was met in one of them.
//
// Belongs to the thread that runs the cases; the session outlives it.
#ifndef HEADGATE_CLI_CASES_COVERAGE_H_
#define HEADGATE_CLI_CASES_COVERAGE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/cases/places.h"
#include "cli/cases/runner.h"
#include "cli/cases/session.h"

namespace headgate::cli {

class Coverage final : public CallObserver {
 public:
  enum class Subject { kRule, kError, kLimit };
  struct Point {
    Subject subject = Subject::kRule;
    std::string text;  // "add_chatroom_members.body.usernames: never denied"
    config::Location at;
    bool met = false;
  };
  struct Count {
    int64_t met = 0;
    int64_t all = 0;
    double percent() const;  // 100 if there is nothing to meet
  };

  explicit Coverage(const Session& session);

  void OnCall(const ObservedCall& call) override;

  Count Total() const;
  Count Of(Subject subject) const;
  const std::vector<Point>& points() const { return points_; }
  // The figures, and what was not met, in the order of the files.
  std::string Describe() const;

 private:
  using Key = std::pair<const void*, std::string>;

  void AddService(const policy::CompiledService& service);
  void AddOperation(const policy::CompiledOperation& operation);
  void AddRateLimit(const policy::CompiledService& service,
                    const std::string& rule, const config::Location& at,
                    int64_t limit);
  void AddGrants(const policy::CompiledOperation& operation);
  void AddPlace(const policy::CompiledService& service, const Place& place);
  void Add(const policy::CompiledService& service, Subject subject,
           const std::string& name, std::string_view never,
           const config::Location& at);
  void Meet(const policy::CompiledService& service, std::string_view name,
            std::string_view never);
  void MeetDenied(const policy::Decision& decision);
  void MeetRate(const policy::Decision& decision);
  void MeetGrants(const ObservedCall& call);
  void MeetPlaces(const ObservedCall& call);
  void MeetErrors(const CallOutcome& outcome);

  std::vector<Point> points_;
  std::map<Key, size_t> by_key_;            // the service, and the point's text
  std::map<std::string, size_t> by_place_;  // the place, and the point's text
  std::map<const policy::CompiledOperation*, std::vector<Place>> places_;
  PlaceReader reader_;
};

// "96.6 %": rounded down, so that 100 % is all of it.
std::string PercentText(double percent);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_COVERAGE_H_
