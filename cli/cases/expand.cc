#include "cli/cases/expand.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "cli/cases/load.h"
#include "config/reader.h"

namespace headgate::cli {
namespace {

using config::Node;

// The next "${name}" of a text, or what stands before the end.
struct Piece {
  std::string_view before;
  bool escaped = false;  // "$${": literally
  bool found = false;
  std::string_view name;
  std::string_view rest;
};

Piece NextPiece(std::string_view text) {
  Piece piece;
  const size_t begin = text.find("${");
  const size_t end = begin == text.npos ? text.npos : text.find('}', begin);
  if (end == text.npos) {
    piece.before = text;
    return piece;
  }
  piece.found = true;
  piece.before = text.substr(0, begin);
  piece.name = text.substr(begin + 2, end - begin - 2);
  piece.rest = text.substr(end + 1);
  if (piece.before.ends_with('$')) {
    piece.escaped = true;
    piece.before.remove_suffix(1);
  }
  return piece;
}

// "'u' * 64", or "name * count": a text in quotes of either kind or a variable,
// and how often.
struct Repetition {
  std::string_view text, count;
  bool quoted = false;
};

std::optional<Repetition> ParseRepetition(std::string_view name) {
  const bool quoted = !name.empty() && (name[0] == '\'' || name[0] == '"');
  const size_t end = quoted ? name.find(name[0], 1) : 0;
  if (end == name.npos) return std::nullopt;
  const size_t star = name.find('*', end);
  if (star == name.npos) return std::nullopt;
  if (quoted && !TrimOws(name.substr(end + 1, star - end - 1)).empty()) {
    return std::nullopt;
  }
  const std::string_view text = TrimOws(name.substr(0, star));
  return Repetition{quoted ? name.substr(1, end - 1) : text,
                    TrimOws(name.substr(star + 1)), quoted};
}

void ReportVariable(const Node& node, std::string_view name,
                    const Expansion& expansion) {
  config::ReportUnknown(node.at,
                        StrCat("unknown variable ", config::Quote(name)), name,
                        expansion.scope->Names(), expansion.diagnostics);
}

// Appends the text as often as it is asked for. The count may be a variable.
void Repeat(const Node& node, const Repetition& repetition,
            const Expansion& expansion, std::string* out) {
  const Node* variable = expansion.scope->Use(repetition.count);
  const std::string_view count =
      variable != nullptr ? variable->text : repetition.count;
  const char* end = count.data() + count.size();
  size_t times = 0;
  const auto parsed = std::from_chars(count.data(), end, times);
  if (parsed.ec != std::errc() || parsed.ptr != end || times > kRepeatsMax) {
    expansion.diagnostics->Add(
        node.at,
        StrCat("expected a number from 0 to ", kRepeatsMax, ", found ",
               config::Quote(count)),
        "\"${'a' * 64}\" is 64 times a; both may be variables");
    return;
  }
  std::string_view text = repetition.text;
  if (!repetition.quoted) {
    variable = expansion.scope->Use(text);
    if (variable == nullptr) return ReportVariable(node, text, expansion);
    text = variable->text;
  }
  if (!expansion.budget->TakeBytes(times * text.size(), node.at,
                                   expansion.diagnostics)) {
    return;
  }
  for (; times > 0; --times) *out += text;
}

std::string ExpandText(const Node& node, const Expansion& expansion) {
  std::string text;
  std::string_view rest = node.text;
  while (true) {
    const Piece piece = NextPiece(rest);
    text += piece.before;
    if (!piece.found) return text;
    rest = piece.rest;
    const auto repetition = piece.escaped ? std::optional<Repetition>()
                                          : ParseRepetition(piece.name);
    if (repetition) {
      Repeat(node, *repetition, expansion, &text);
      continue;
    }
    const Node* value =
        piece.escaped ? nullptr : expansion.scope->Use(piece.name);
    if (value != nullptr) {
      text += value->text;
      continue;
    }
    StrAppend(&text, "${", piece.name, "}");
    if (!piece.escaped && !expansion.scope->IsSaved(piece.name)) {
      ReportVariable(node, piece.name, expansion);
    }
  }
}

Node ExpandScalar(const Node& node, const Expansion& expansion) {
  Node expanded = node;
  if (node.text.find("${") == std::string::npos) return expanded;
  const Piece piece = NextPiece(node.text);
  if (piece.found && !piece.escaped && piece.before.empty() &&
      piece.rest.empty()) {
    // Nothing but the variable: its type and its place too.
    if (const Node* value = expansion.scope->Use(piece.name)) return *value;
  }
  expanded.text = ExpandText(node, expansion);
  return expanded;
}

// A key may hold variables too, as long as it stays unlike the others.
std::string ExpandKey(const config::Entry& entry, const Node& expanded,
                      const Expansion& expansion) {
  if (entry.key.find("${") == std::string::npos) return entry.key;
  Node text;
  text.text = entry.key;
  text.at = entry.key_at;
  std::string key = ExpandText(text, expansion);
  if (expanded.Find(key) != nullptr) {
    expansion.diagnostics->Add(entry.key_at,
                               StrCat("duplicate key ", config::Quote(key)));
  }
  return key;
}

}  // namespace

bool Budget::TakeNodes(size_t nodes, const config::Location& at,
                       config::Diagnostics* diagnostics) {
  if (used_up_) return false;
  if (nodes > nodes_left_) return UseUp(at, diagnostics);
  nodes_left_ -= nodes;
  return true;
}

bool Budget::TakeBytes(size_t bytes, const config::Location& at,
                       config::Diagnostics* diagnostics) {
  if (used_up_) return false;
  if (bytes > bytes_left_) return UseUp(at, diagnostics);
  bytes_left_ -= bytes;
  return true;
}

bool Budget::UseUp(const config::Location& at,
                   config::Diagnostics* diagnostics) {
  used_up_ = true;
  diagnostics->Add(at, "the file is too large with all its rows written out",
                   "split it into several files");
  return false;
}

const Node* VariableScope::Use(std::string_view name) {
  const auto found =
      std::find_if(variables_.rbegin(), variables_.rend(),
                   [name](const Variable& v) { return v.entry->key == name; });
  if (found == variables_.rend()) return nullptr;
  found->used = true;
  return &found->entry->value;
}

bool VariableScope::IsSaved(std::string_view name) const {
  return std::find(saved_.begin(), saved_.end(), name) != saved_.end();
}

bool VariableScope::IsUsed(const config::Entry& entry) const {
  return std::any_of(variables_.begin(), variables_.end(),
                     [&entry](const Variable& variable) {
                       return variable.entry == &entry && variable.used;
                     });
}

std::vector<std::string> VariableScope::Names() const {
  std::vector<std::string> names = saved_;
  for (const Variable& variable : variables_) {
    if (std::find(names.begin(), names.end(), variable.entry->key) ==
        names.end()) {
      names.push_back(variable.entry->key);
    }
  }
  return names;
}

Node Expand(const Node& node, const Expansion& expansion) {
  if (!expansion.budget->TakeNodes(1, node.at, expansion.diagnostics) ||
      !expansion.budget->TakeBytes(node.text.size(), node.at,
                                   expansion.diagnostics)) {
    return Node();
  }
  if (node.is_scalar()) return ExpandScalar(node, expansion);
  Node expanded;
  expanded.kind = node.kind;
  expanded.at = node.at;
  expanded.items.reserve(node.items.size());
  for (const Node& item : node.items) {
    expanded.items.push_back(Expand(item, expansion));
  }
  expanded.entries.reserve(node.entries.size());
  for (const config::Entry& entry : node.entries) {
    expanded.entries.push_back({ExpandKey(entry, expanded, expansion),
                                entry.key_at, Expand(entry.value, expansion)});
  }
  return expanded;
}

std::vector<std::string_view> VariableNames(std::string_view text) {
  std::vector<std::string_view> names;
  while (true) {
    const Piece piece = NextPiece(text);
    if (!piece.found) return names;
    if (!piece.escaped) names.push_back(piece.name);
    text = piece.rest;
  }
}

}  // namespace headgate::cli
