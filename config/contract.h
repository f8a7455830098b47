// A contract: the rules of an API family as its YAML file states them, typed,
// with the place of each rule. The built-in ones stand in policy/contracts/;
// the operator's files add a family or change one. Reading is config's work
// (config/read_contract.cc); compiling to what the engine runs is policy's.
//
// docs/contract_files.md explains every key with an example.
#ifndef HEADGATE_CONFIG_CONTRACT_H_
#define HEADGATE_CONFIG_CONTRACT_H_

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/diagnostic.h"

namespace headgate::config {

struct Limit;  // config/config.h

// "1..64", "1..": both ends belong to the range.
struct Range {
  int64_t min = 0;
  int64_t max = std::numeric_limits<int64_t>::max();
  bool operator==(const Range&) const = default;
};

// A named value: what a user name, a room id, a permission may be.
struct ValueSpec {
  std::optional<std::string> charset;  // "a-zA-Z0-9_.-", a class's inside
  std::optional<std::string> pattern;  // RE2, matched against the whole value
  std::optional<std::vector<std::string>> one_of;
  std::optional<Range> length;       // in characters (code points)
  std::optional<bool> fold_lower;    // `fold: lower`: ASCII, before checks
  std::optional<std::string> error;  // catalogue name; default `invalid`
  std::optional<std::string> empty;  // catalogue name for an empty value;
                                     // default: `error`
  Location at;
};

// One field of a JSON body, or of an object in it.
struct FieldSpec {
  enum class Kind { kValue, kInteger, kBoolean, kList, kObject, kMap, kAny };
  std::string name;
  Kind kind = Kind::kAny;
  bool optional = false;
  bool nullable = false;          // JSON null stands for absent
  std::string value;              // kValue, kList, kMap: the ValueSpec's name
  Range integer;                  // kInteger
  Range items;                    // kList: count; kMap: entries
  int64_t bytes_max = 0;          // kMap: keys and values together; 0: no bound
  std::vector<FieldSpec> fields;  // kObject, and kList of objects
  std::map<std::string, std::string> keys;  // kMap: value names of known keys
  // Catalogue names; empty: the refusals' `missing_field`, `invalid_field`.
  std::string missing, error, too_many, too_few;
  std::string too_large;  // kInteger, above its range; empty: `error`
  Location at, items_at;
};

// One query parameter.
struct QuerySpec {
  std::string name;
  std::optional<Range> integer;  // an integer in the range, or
  std::string value;             // a named value
  std::optional<int64_t> default_value;
  std::optional<int64_t> at_most;  // clamps; what is forwarded is the clamped
  std::string error;               // default: refusals' `invalid_query`
  Location at;
};

// A path variable's own rules where they differ from the value of its name.
struct PathSpec {
  std::string name;
  std::string value;     // ValueSpec; default: the variable's name
  bool list = false;     // separator-delimited names in one segment
  char separator = ',';  // written literally or as %2C
  Range items;
  std::string too_many, too_few, error;
  Location at, items_at;
};

struct BodySpec {
  enum class Kind { kNone, kAny, kJson };
  // kNone: the operation needs no body; one that comes is forwarded if it is
  // strict JSON (clients send "{}" on GET). kAny: bytes, streamed unread.
  Kind kind = Kind::kNone;
  std::vector<FieldSpec> fields;   // kJson
  std::vector<std::string> empty;  // bodies that stand for "{}"
  // kJson: the body may also be an array of this many elements, which are not
  // looked into (the service answers for each of them).
  std::optional<Range> array;
  std::string array_too_many;  // default: refusals' `invalid`
  Location at;
};

struct Operation {
  std::string name;
  std::string method;  // "POST"
  std::string path;    // "/{org_name}/{app_name}/chatrooms/{id}"
  std::optional<std::string> credentials;          // default: the contract's
  std::map<std::string, PathSpec> path_variables;  // those with own rules
  std::vector<QuerySpec> query;
  BodySpec body;
  std::vector<int> answers = {200};  // documented statuses of success
  // A body list of permission names that the caller's `grants` must cover,
  // e.g. "arguments.permissions"; empty: none.
  std::string grants;
  std::string deny;     // always this error; empty: none
  std::string handler;  // built-in handler; default: the name
  Location at, request_at;
};

// A row of the error catalogue. `attributes` fill the shape's placeholders:
// "error", "exception", "description", whatever the family has.
struct ErrorSpec {
  std::string name;
  int status = 500;
  std::map<std::string, std::string> attributes;
  std::map<std::string, Location> attributes_at;
  bool made = false;  // nobody wrote it: the reader's row for a refusal
  Location at;
};

// The family's error body: JSON keys in order, each with a template.
struct ErrorShape {
  std::vector<std::pair<std::string, std::string>> members;
  std::string content_type = "application/json";
  Location at;
};

// "when the upstream answers this, that error is the answer"; first match wins.
struct UpstreamRule {
  // "connect", "timeout", "protocol", "tls", or empty.
  std::string failure;
  int status_min = 0, status_max = 0;  // 0: any
  std::string answer;                  // catalogue name
  Location at;
};

// An alternative first part of every path. Both count as the same app where the
// config lists it.
struct Alias {
  std::string path;     // as the operations write it: "/{org_name}/{app_name}"
  std::string also;     // the alternative: "/app-id/{app_id}"
  std::string app_key;  // the alternative's: "{app_id}"
  Location at;
};

using NamedLists = std::map<std::string, std::vector<std::string>, std::less<>>;

struct Contract {
  std::string name;
  std::string app_key;  // "{org_name}#{app_name}"
  Location app_key_at;
  std::string credentials = "none";   // none, bearer, basic, api_key
  std::vector<std::string> prefixes;  // whose unmatched calls are ours; empty:
                                      // the operations' common prefix
  std::vector<Alias> aliases;
  ErrorShape shape;
  // Names that error texts may use beside the path's variables and the engine's
  // own ({value}, {bound}, ...): what built-in handlers fill in.
  std::vector<std::string> placeholders;
  std::map<std::string, ErrorSpec> errors;
  // Which catalogue row answers which refusal: "no_operation", "wrong_method",
  // "rate", "not_json", ... (the list: config/contract_defaults.h). The reader
  // fills it: every refusal has a row.
  std::map<std::string, std::string> refusals;
  std::map<std::string, ValueSpec> values;
  NamedLists implied;   // permissions
  NamedLists settings;  // choices, default
                        // first
  std::map<std::string, std::shared_ptr<const Limit>> limits;
  std::vector<Operation> operations;  // in the order of the file
  std::vector<UpstreamRule> upstream_answers;
  Location at;
};

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_CONTRACT_H_
