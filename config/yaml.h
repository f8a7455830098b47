// YAML text -> a tree of our own, with the place of every key and value.
//
// yaml-cpp ends in yaml.cc, its exceptions too. Its own tree is not used: it
// keeps duplicate keys silently and hides aliases. Here a duplicate key is a
// mistake, an alias is a copy of what it names, and everything has a limit, so
// that neither random bytes nor a "billion laughs" file cost more than reading
// a long one.
//
// A tree is a plain value. Errors are Diagnostics.
#ifndef HEADGATE_CONFIG_YAML_H_
#define HEADGATE_CONFIG_YAML_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.h"

namespace headgate::config {

struct Entry;

struct Node {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  std::string text;            // kScalar: without quotes, escapes resolved
  bool quoted = false;         // kScalar: "1" and '1' are, 1 is not
  Location at;                 // an aliased node's is the place of its anchor
  std::vector<Node> items;     // kList
  std::vector<Entry> entries;  // kMap: in the order of the file

  bool is_null() const { return kind == Kind::kNull; }
  bool is_scalar() const { return kind == Kind::kScalar; }
  bool is_list() const { return kind == Kind::kList; }
  bool is_map() const { return kind == Kind::kMap; }

  // The value of a map's key; null if there is none, or this is no map.
  const Node* Find(std::string_view key) const;
};

struct Entry {
  std::string key;
  Location key_at;
  Node value;
};

inline constexpr size_t kYamlBytesMax = 4 * 1024 * 1024;
inline constexpr size_t kYamlDepthMax = 64;
inline constexpr size_t kYamlNodesMax = 200000;  // with aliases expanded
// Text of all scalars and keys together, with aliases expanded.
inline constexpr size_t kYamlExpandedBytesMax = 4 * kYamlBytesMax;

// One document; an empty text is a null node. Nothing if the text could not be
// read to its end; a tree also after mistakes such as a duplicate key (the
// first one counts).
std::optional<Node> ParseYaml(std::shared_ptr<const SourceFile> file,
                              Diagnostics* diagnostics);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_YAML_H_
