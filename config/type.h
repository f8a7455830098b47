// A Type<V> is everything that config knows about one kind of value: how it is
// read from YAML, how it is written back (`headgate check --print`), and its
// schema. Sections are tables of keys:
//
//   Type<Health> HealthType() {
//     return Struct<Health>({
//         Key("path", &Health::path, PathType(), "What is asked for."),
//         Key("interval", &Health::interval, DurationType({...}), "How
//         often."),
//     });
//   }
//
// so that no key can be read but not described, or described but not read.
// The defaults are those of the struct itself.
#ifndef HEADGATE_CONFIG_TYPE_H_
#define HEADGATE_CONFIG_TYPE_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/load.h"
#include "config/reader.h"
#include "config/schema.h"
#include "config/yaml.h"

namespace headgate::config {

// What a reading may use.
struct Reading {
  Diagnostics* diagnostics = nullptr;
  const Environment* environment = nullptr;  // null: nothing outside the file
  std::string folder;                        // of the file; "" for here
};

template <typename V>
struct Type {
  Schema schema;
  // Reports what is wrong, and is false then; *value may be half read.
  std::function<bool(const Node&, const Reading&, V*)> read;
  // The node that `read` would take; null for what is left out.
  std::function<Node(const V&)> write;
};

Node ScalarNode(std::string text);

template <typename V>
void SetPlace(const Location& at, V* value) {
  if constexpr (requires { value->at; }) value->at = at;
}

// A key of the struct T.
template <typename T>
struct Field {
  Property property;
  std::function<bool(const Node&, const Reading&, T*)> read;
  std::function<Node(const T&)> write;
};

// The key fills the member, a V or an optional of it.
template <typename T, typename Member, typename V>
Field<T> Key(std::string key, Member T::*member, Type<V> type,
             std::string description) {
  Field<T> field;
  field.property = {.key = std::move(key),
                    .description = std::move(description),
                    .schema = type.schema};
  field.read = [member, read = std::move(type.read)](
                   const Node& node, const Reading& reading, T* out) {
    if constexpr (std::is_same_v<Member, V>) {
      return read(node, reading, &(out->*member));
    } else {
      V value = V();
      const bool good = read(node, reading, &value);
      out->*member = std::move(value);
      return good;
    }
  };
  field.write = [member, write = std::move(type.write)](const T& value) {
    if constexpr (std::is_same_v<Member, V>) {
      return write(value.*member);
    } else {
      return value.*member ? write(*(value.*member)) : Node();
    }
  };
  const Node standard = field.write(T());
  if (standard.is_scalar()) field.property.default_text = standard.text;
  return field;
}

template <typename T>
Field<T> Required(Field<T> field) {
  field.property.required = true;
  field.property.default_text.clear();
  return field;
}

// For a default that depends on other keys; the description tells.
template <typename T>
Field<T> NoDefault(Field<T> field) {
  field.property.default_text.clear();
  return field;
}

// A map with the given keys. Fills T's `at`, if it has one.
template <typename T>
Type<T> Struct(std::vector<Field<T>> list) {
  Type<T> type;
  type.schema.kind = Schema::Kind::kObject;
  for (const Field<T>& field : list) {
    type.schema.properties.push_back(field.property);
  }
  auto fields = std::make_shared<const std::vector<Field<T>>>(std::move(list));
  type.read = [fields](const Node& node, const Reading& reading, T* out) {
    SetPlace(node.at, out);
    MapReader map(node, reading.diagnostics);
    bool good = node.is_map() || node.is_null();
    for (const Field<T>& field : *fields) {
      const std::string& key = field.property.key;
      const bool required = field.property.required;
      const Node* value = required ? map.Require(key) : map.Find(key);
      if (value == nullptr) {
        good = good && !required;
      } else {
        good = field.read(*value, reading, out) && good;
      }
    }
    return good;
  };
  type.write = [fields](const T& value) {
    Node node;
    node.kind = Node::Kind::kMap;
    for (const Field<T>& field : *fields) {
      Node written = field.write(value);
      if (written.is_null()) continue;
      node.entries.push_back({field.property.key, {}, std::move(written)});
    }
    return node;
  };
  return type;
}

// A list; what an item could not be read from is left out.
template <typename V>
Type<std::vector<V>> ListOf(Type<V> item, int64_t items_min = 0) {
  Type<std::vector<V>> type;
  type.schema.kind = Schema::Kind::kList;
  type.schema.items_min = items_min;
  type.schema.each = std::make_shared<const Schema>(item.schema);
  type.read = [read = std::move(item.read), items_min](const Node& node,
                                                       const Reading& reading,
                                                       std::vector<V>* out) {
    if (!node.is_list()) {
      return ReportUnexpected(node, "a list", reading.diagnostics);
    }
    bool good = true;
    for (const Node& child : node.items) {
      V value = V();
      if (read(child, reading, &value)) {
        out->push_back(std::move(value));
      } else {
        good = false;
      }
    }
    if (static_cast<int64_t>(node.items.size()) >= items_min) return good;
    reading.diagnostics->Add(node.at, "expected at least one entry");
    return false;
  };
  type.write = [write = std::move(item.write)](const std::vector<V>& values) {
    Node node;
    node.kind = Node::Kind::kList;
    for (const V& value : values) node.items.push_back(write(value));
    return node;
  };
  return type;
}

// A map with free keys. A value's `at` becomes the place of its key.
template <typename V>
Type<std::map<std::string, V>> MapOf(Type<V> item) {
  using Map = std::map<std::string, V>;
  Type<Map> type;
  type.schema.kind = Schema::Kind::kMap;
  type.schema.each = std::make_shared<const Schema>(item.schema);
  type.read = [read = std::move(item.read)](const Node& node,
                                            const Reading& reading, Map* out) {
    if (!node.is_map() && !node.is_null()) {
      return ReportUnexpected(node, "a map", reading.diagnostics);
    }
    bool good = true;
    for (const Entry& entry : node.entries) {
      V value = V();
      good = read(entry.value, reading, &value) && good;
      SetPlace(entry.key_at, &value);
      out->insert_or_assign(entry.key, std::move(value));
    }
    return good;
  };
  type.write = [write = std::move(item.write)](const Map& values) {
    Node node;
    node.kind = Node::Kind::kMap;
    for (const auto& [key, value] : values) {
      node.entries.push_back({key, {}, write(value)});
    }
    return node;
  };
  return type;
}

// The same as a list in the order of the file, for a V with a `name`.
template <typename V>
Type<std::vector<V>> NamedListOf(Type<V> item) {
  Type<std::vector<V>> type;
  type.schema.kind = Schema::Kind::kMap;
  type.schema.each = std::make_shared<const Schema>(item.schema);
  type.read = [read = std::move(item.read)](const Node& node,
                                            const Reading& reading,
                                            std::vector<V>* out) {
    if (!node.is_map() || node.entries.empty()) {
      return ReportUnexpected(node, "a map with at least one entry",
                              reading.diagnostics);
    }
    bool good = true;
    for (const Entry& entry : node.entries) {
      V value = V();
      value.name = entry.key;
      good = read(entry.value, reading, &value) && good;
      SetPlace(entry.key_at, &value);
      out->push_back(std::move(value));
    }
    return good;
  };
  type.write = [write = std::move(item.write)](const std::vector<V>& values) {
    Node node;
    node.kind = Node::Kind::kMap;
    for (const V& value : values) {
      node.entries.push_back({value.name, {}, write(value)});
    }
    return node;
  };
  return type;
}

// The same type with a check behind the reading: `check(node, reading, value)`
// reports, and is false then.
template <typename V, typename Check>
Type<V> Checked(Type<V> type, Check check) {
  type.read = [read = std::move(type.read), check = std::move(check)](
                  const Node& node, const Reading& reading, V* value) {
    return read(node, reading, value) && check(node, reading, value);
  };
  return type;
}

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_TYPE_H_
