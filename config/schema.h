// What may stand at a place of the operator's file, as data: it comes from the
// same tables that read it (config/type.h), so that schema and reader cannot
// drift.
//
// SchemaJson writes it as a JSON Schema (draft 2020-12), which editors take.
#ifndef HEADGATE_CONFIG_SCHEMA_H_
#define HEADGATE_CONFIG_SCHEMA_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headgate::config {

struct Property;

struct Schema {
  enum class Kind {
    kString,
    kInteger,
    kBoolean,
    kList,          // of `each`
    kMap,           // any key -> `each`
    kObject,        // the keys of `properties`
    kAlternatives,  // one of `alternatives`
  };
  Kind kind = Kind::kString;
  std::string pattern;               // kString: JSON Schema's dialect, or empty
  std::vector<std::string> choices;  // kString: these only; empty: any
  std::optional<int64_t> minimum, maximum;  // kInteger
  int64_t items_min = 0;                    // kList
  std::vector<Property> properties;         // kObject
  std::shared_ptr<const Schema> each;       // kList, kMap
  std::vector<Schema> alternatives;         // kAlternatives
};

// A key of an object.
struct Property {
  std::string key;
  std::string description;
  bool required = false;
  std::string default_text = "";  // as it stands in a file; empty: none
  Schema schema;
};

// The whole file's schema.
Schema ConfigSchema();

// JSON Schema, indented, with a final newline.
std::string SchemaJson(const Schema& schema);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_SCHEMA_H_
