// Which operation a request means: a trie over the segments of all path
// templates of all services.
//
//   GET  /{org_name}/{app_name}/chatrooms/super_admin     literal
//   GET  /{org_name}/{app_name}/chatrooms/{id}            variable
//   POST /{org_name}/{app_name}/internal/{rest...}        tail: the rest
//
// At each segment a literal child is tried before the variable, and that before
// the tail; where a way ends without the method, the next one is tried. So the
// winner is, of all templates that match, the one that is most literal from the
// left. A node's literal children are hashed: ten thousand operations cost what
// ten cost (tests/bench/router_bench.cc). tests/policy/router_test.cc holds it
// against a matcher that simply tries every template.
//
// A list variable (names parted by ',' in one segment) and a plain one may
// stand at the same place: a segment with the separator (as it is, or as %2C)
// takes the list first, one without it the plain variable first.
//
// A final slash is ignored, except in a tail. An empty segment inside of a path
// ("/members//tokens") matches nothing, or a variable that `may_be_empty`: one
// whose contract has an error of its own for it. Segments are compared as they
// are written: the caller normalised the path (RFC 3986 6.2.2).
//
// Immutable once built; then shared by all threads.
#ifndef HEADGATE_POLICY_ROUTER_H_
#define HEADGATE_POLICY_ROUTER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "base/strings.h"

namespace headgate::policy {

// One segment of a template.
struct TemplateSegment {
  enum class Kind { kLiteral, kVariable, kTail };
  Kind kind = Kind::kLiteral;
  std::string text;           // the literal, or the variable's name
  char separator = 0;         // kVariable: of a list; 0: one value
  bool may_be_empty = false;  // kVariable of one value
};

// "/a/{b}/{c...}" -> segments. False if a segment is neither a literal nor one
// whole variable, or a tail is not the last.
bool ParseTemplate(std::string_view path,
                   std::vector<TemplateSegment>* segments);

class Router {
 public:
  enum class Outcome { kFound, kWrongMethod, kNotFound };
  struct Match {
    // kFound: what Add was given. kWrongMethod: a route of another method.
    int route = -1;
    // Variables in the template's order, as written in the path.
    absl::InlinedVector<std::string_view, 8> variables;
  };

  Router();

  // Adds a template. Returns the route that already answers these very
  // requests, and adds nothing; or -1.
  int Add(std::string_view method, const std::vector<TemplateSegment>& segments,
          int route);

  // HEAD takes GET's route where it has none of its own. `path` begins with
  // '/'. kWrongMethod: a template matches, but with other methods only.
  Outcome Find(std::string_view method, std::string_view path,
               Match* match) const;

 private:
  struct Route {
    std::string method;
    int route;
    uint64_t may_be_empty;  // a bit for each variable, from the left
  };
  struct Methods {
    // A handful: a linear search is the fastest. `empty`: a bit for each
    // variable that is empty here.
    std::vector<Route> routes;
    int Find(std::string_view method, uint64_t empty) const;  // -1: none
  };
  struct Node {
    StringMap<uint32_t> literals;
    uint64_t literal_sizes = 0;          // a bit for each size that one has
    uint32_t variable = 0;               // 0: none
    bool variable_may_be_empty = false;  // in one of its templates
    std::vector<std::pair<char, uint32_t>> lists;  // by separator
    Methods here;                                  // the path ends here
    Methods tail;                                  // or goes on, anyhow
  };
  struct Search;

  // 0: none.
  static uint32_t FindLiteral(const Node& node, std::string_view segment);
  uint32_t Child(uint32_t node, const TemplateSegment& segment);
  bool Visit(const Node& node, std::string_view rest, Search* search) const;
  bool VisitVariables(const Node& node, std::string_view segment,
                      std::string_view rest, Search* search) const;
  bool VisitEmpty(const Node& node, std::string_view rest,
                  Search* search) const;
  bool VisitChild(uint32_t child, std::string_view segment,
                  std::string_view rest, Search* search) const;
  static bool Take(const Methods& methods, Search* search);

  std::vector<Node> nodes_;  // [0] is the root
};

// Whether a raw segment holds `separator`, as it is or percent-encoded.
bool HoldsSeparator(std::string_view segment, char separator);

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_ROUTER_H_
