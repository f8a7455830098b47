// The types of single values that sections are built from (config/type.h).
#ifndef HEADGATE_CONFIG_SCALAR_TYPES_H_
#define HEADGATE_CONFIG_SCALAR_TYPES_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/secret.h"
#include "config/reader.h"
#include "config/type.h"

namespace headgate::config {

// A string that is not empty; an empty one is written as nothing.
Type<std::string> StringType();

// A string that looks like something.
struct StringRule {
  std::string expected;  // "64 hexadecimal digits"
  std::string pattern;   // for the schema
  bool (*accepts)(std::string_view) = nullptr;
};
Type<std::string> StringType(StringRule rule);

Type<bool> BooleanType();
Type<int64_t> IntegerType(Range range);
Type<int64_t> BytesType(Range range);
Type<absl::Duration> DurationType(DurationRange range);
Type<Range> RangeType();

// A string, {env: NAME} or {file: PATH}; written as "<secret>". No diagnostic
// shows a value.
Type<Secret> SecretType();
// One that must be `digits` hexadecimal digits.
Type<Secret> HexSecretType(size_t digits);
// Hexadecimal digits of a hash.
Type<std::string> HexType(size_t digits);

// A path, relative to the file's folder, of a file that can be read; the value
// holds the folder too.
Type<std::string> ReadableFileType();

// One of some words, each with its value.
template <typename V>
Type<V> ChoiceType(std::vector<std::pair<std::string, V>> choices) {
  Type<V> type;
  Strings words;
  for (const auto& choice : choices) words.push_back(choice.first);
  type.schema.choices = words;
  type.read = [words, choices](const Node& node, const Reading& reading,
                               V* out) {
    size_t index = 0;
    if (!ReadChoice(node, words, reading.diagnostics, &index)) return false;
    *out = choices[index].second;
    return true;
  };
  type.write = [choices](const V& value) {
    for (const auto& choice : choices) {
      if (choice.second == value) return ScalarNode(choice.first);
    }
    return Node();
  };
  return type;
}

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_SCALAR_TYPES_H_
