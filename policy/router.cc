#include "policy/router.h"

#include <algorithm>
#include <utility>

#include "base/percent.h"

namespace headgate::policy {
namespace {

// Cuts the first segment off `rest`, which stands at a '/' or is empty.
std::string_view NextSegment(std::string_view* rest) {
  const size_t end = rest->find('/', 1);
  const std::string_view segment =
      rest->substr(1, end == std::string_view::npos ? end : end - 1);
  rest->remove_prefix(segment.size() + 1);
  return segment;
}

// Sizes of 63 and more share one.
uint64_t SizeBit(std::string_view text) {
  return uint64_t{1} << std::min<size_t>(text.size(), 63);
}

bool IsVariableName(std::string_view name) {
  if (name.empty()) return false;
  for (const char c : name) {
    const char lower = AsciiLower(c);
    const bool good =
        (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (!good) return false;
  }
  return true;
}

bool ParseSegment(std::string_view text, TemplateSegment* segment) {
  constexpr std::string_view kTailMark = "...";
  if (text.find_first_of("{}") == std::string_view::npos) {
    segment->kind = TemplateSegment::Kind::kLiteral;
    segment->text = text;
    return !text.empty();
  }
  if (text.front() != '{' || text.back() != '}') return false;
  std::string_view name = text.substr(1, text.size() - 2);
  segment->kind = TemplateSegment::Kind::kVariable;
  if (name.ends_with(kTailMark)) {
    name.remove_suffix(kTailMark.size());
    segment->kind = TemplateSegment::Kind::kTail;
  }
  segment->text = name;
  return IsVariableName(name);
}

}  // namespace

bool ParseTemplate(std::string_view path,
                   std::vector<TemplateSegment>* segments) {
  segments->clear();
  if (path.empty() || path.front() != '/') return false;
  if (path == "/") return true;
  while (!path.empty()) {
    if (!segments->empty() &&
        segments->back().kind == TemplateSegment::Kind::kTail) {
      return false;
    }
    segments->emplace_back();
    if (!ParseSegment(NextSegment(&path), &segments->back())) return false;
  }
  return true;
}

bool HoldsSeparator(std::string_view segment, char separator) {
  if (segment.find(separator) != segment.npos) return true;
  for (size_t i = segment.find('%'); i != segment.npos;
       i = segment.find('%', i)) {
    const int byte = EscapedByte(segment.substr(i));
    if (byte == static_cast<unsigned char>(separator)) return true;
    i += byte < 0 ? 1 : 3;
  }
  return false;
}

// What one Find carries down the trie.
struct Router::Search {
  std::string_view method;
  Match* match;
  int other_route = -1;  // a template that matched, but not its method
  uint64_t empty = 0;    // which of the variables until here are empty
};

Router::Router() : nodes_(1) {}

int Router::Methods::Find(std::string_view method, uint64_t empty) const {
  for (const Route& route : routes) {
    const bool found =
        route.method == method && (empty & ~route.may_be_empty) == 0;
    if (found) return route.route;
  }
  return -1;
}

uint32_t Router::Child(uint32_t node, const TemplateSegment& segment) {
  const auto fresh = static_cast<uint32_t>(nodes_.size());
  if (segment.kind == TemplateSegment::Kind::kLiteral) {
    const auto [found, added] =
        nodes_[node].literals.try_emplace(segment.text, fresh);
    const uint32_t child = found->second;
    nodes_[node].literal_sizes |= SizeBit(segment.text);
    if (added) nodes_.emplace_back();
    return child;
  }
  if (segment.separator == 0) {
    nodes_[node].variable_may_be_empty |= segment.may_be_empty;
    if (nodes_[node].variable != 0) return nodes_[node].variable;
    nodes_[node].variable = fresh;
    nodes_.emplace_back();
    return fresh;
  }
  for (const auto& [separator, child] : nodes_[node].lists) {
    if (separator == segment.separator) return child;
  }
  nodes_[node].lists.emplace_back(segment.separator, fresh);
  nodes_.emplace_back();
  return fresh;
}

// Most segments stand where a variable does: their size alone tells that they
// are no literal, and hashing them is what a step costs most.
uint32_t Router::FindLiteral(const Node& node, std::string_view segment) {
  if ((node.literal_sizes & SizeBit(segment)) == 0) return 0;
  const auto found = node.literals.find(segment);
  return found == node.literals.end() ? 0 : found->second;
}

int Router::Add(std::string_view method,
                const std::vector<TemplateSegment>& segments, int route) {
  uint32_t node = 0;
  bool tail = false;
  uint64_t may_be_empty = 0;
  uint64_t bit = 1;
  for (const TemplateSegment& segment : segments) {
    tail = segment.kind == TemplateSegment::Kind::kTail;
    if (!tail) node = Child(node, segment);
    if (segment.kind == TemplateSegment::Kind::kLiteral) continue;
    if (segment.may_be_empty) may_be_empty |= bit;
    bit <<= 1;
  }
  Methods& methods = tail ? nodes_[node].tail : nodes_[node].here;
  const int other = methods.Find(method, 0);
  if (other < 0) {
    methods.routes.push_back({std::string(method), route, may_be_empty});
  }
  return other;
}

Router::Outcome Router::Find(std::string_view method, std::string_view path,
                             Match* match) const {
  Search search{method, match};
  match->variables.clear();
  match->route = -1;
  if (Visit(nodes_[0], path == "/" ? "" : path, &search)) {
    return Outcome::kFound;
  }
  match->route = search.other_route;
  return match->route < 0 ? Outcome::kNotFound : Outcome::kWrongMethod;
}

bool Router::Take(const Methods& methods, Search* search) {
  const uint64_t empty = search->empty;
  int route = methods.Find(search->method, empty);
  if (route < 0 && search->method == "HEAD") route = methods.Find("GET", empty);
  if (route < 0) {
    for (const Route& other : methods.routes) {
      if (search->other_route >= 0) break;
      if ((empty & ~other.may_be_empty) == 0) search->other_route = other.route;
    }
    return false;
  }
  search->match->route = route;
  return true;
}

// `rest` is what is left of the path, from its '/' on.
bool Router::Visit(const Node& node, std::string_view rest,
                   Search* search) const {
  if (rest.empty() || rest == "/") {
    if (Take(node.here, search)) return true;
    if (rest.empty()) return false;
  } else {
    std::string_view after = rest;
    const std::string_view segment = NextSegment(&after);
    if (const uint32_t literal = FindLiteral(node, segment);
        literal != 0 && Visit(nodes_[literal], after, search)) {
      return true;
    }
    if (segment.empty() ? VisitEmpty(node, after, search)
                        : VisitVariables(node, segment, after, search)) {
      return true;
    }
  }
  if (node.tail.routes.empty() || rest.size() < 2) return false;
  search->match->variables.push_back(rest.substr(1));
  if (Take(node.tail, search)) return true;
  search->match->variables.pop_back();
  return false;
}

bool Router::VisitVariables(const Node& node, std::string_view segment,
                            std::string_view rest, Search* search) const {
  for (const auto& [separator, child] : node.lists) {
    if (HoldsSeparator(segment, separator) &&
        VisitChild(child, segment, rest, search)) {
      return true;
    }
  }
  if (node.variable != 0 && VisitChild(node.variable, segment, rest, search)) {
    return true;
  }
  for (const auto& [separator, child] : node.lists) {
    if (!HoldsSeparator(segment, separator) &&
        VisitChild(child, segment, rest, search)) {
      return true;
    }
  }
  return false;
}

bool Router::VisitEmpty(const Node& node, std::string_view rest,
                        Search* search) const {
  constexpr size_t kVariablesMax = 64;
  const size_t position = search->match->variables.size();
  if (!node.variable_may_be_empty || position >= kVariablesMax) return false;
  const uint64_t before = search->empty;
  search->empty |= uint64_t{1} << position;
  const bool found = VisitChild(node.variable, "", rest, search);
  search->empty = before;
  return found;
}

bool Router::VisitChild(uint32_t child, std::string_view segment,
                        std::string_view rest, Search* search) const {
  search->match->variables.push_back(segment);
  if (Visit(nodes_[child], rest, search)) return true;
  search->match->variables.pop_back();
  return false;
}

}  // namespace headgate::policy
