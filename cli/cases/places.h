// Where the rules of a policy look, one Place each: a variable of a path, a
// parameter of a query, a field of a body, or how many items one of them has.
// What coverage counts and mutants change is found here.
//
//   add_chatroom_members.body.usernames.items   count, 1..60
//   add_chatroom_members.path.username          length, 1..64
//
// Pure; the places point into the policy.
#ifndef HEADGATE_CLI_CASES_PLACES_H_
#define HEADGATE_CLI_CASES_PLACES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json_reader.h"
#include "cli/cases/case_file.h"
#include "cli/cases/line.h"
#include "config/contract.h"
#include "policy/policy.h"

namespace headgate::cli {

struct Place {
  enum class Source { kPath, kQuery, kBody };
  // kBytes: of a map's keys and values together.
  enum class Measure { kNone, kLength, kInteger, kCount, kBytes };
  const policy::CompiledOperation* operation = nullptr;
  std::string rule;  // as decisions name it
  config::Location at;
  Source source = Source::kBody;
  std::vector<std::string> names;  // "arguments", "user_id"; of a body itself:
                                   // none
  std::vector<std::string>
      known;           // keys of a map that have places of their own
  char separator = 0;  // a list in a path
  bool last = false;   // the last segment of a path
  Measure measure = Measure::kNone;
  config::Range range;    // of the measure
  bool deniable = true;   // false: whatever stands there is good
  bool required = false;  // "RULE.missing" may deny
  config::Location missing_at;
};

std::vector<Place> PlacesOf(const policy::CompiledOperation& operation);

// The contract's value with what the operator wrote over it; none: nobody wrote
// one.
std::optional<config::ValueSpec> EffectiveValue(
    const policy::CompiledService& service, const std::string& name);

// The words that may stand where an operation's `grants` look: "arguments.
// permissions"; none: nobody says which.
std::optional<std::vector<std::string>> PermissionsOf(
    const policy::CompiledOperation& operation);

// What stands at a place in a request: nothing if it is absent, else a number
// for each text, integer or list there (0 where nothing is measured).
class PlaceReader {
 public:
  // The views live until the next call of Use.
  void Use(const CaseRequest& request, const policy::Decision& decision);
  std::vector<int64_t> Read(const Place& place);

 private:
  std::vector<int64_t> ReadPath(const Place& place) const;
  std::vector<int64_t> ReadQuery(const Place& place) const;
  std::vector<int64_t> ReadBody(const Place& place) const;

  const CaseRequest* request_ = nullptr;
  const policy::Decision* decision_ = nullptr;
  JsonReader reader_;
  JsonValue root_;
};

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_PLACES_H_
