// The published test vectors, one JSON object per line of tests/service/tokens/
// data/*.jsonl; the first line names their source.
#ifndef HEADGATE_TESTS_SERVICE_TOKENS_VECTORS_H_
#define HEADGATE_TESTS_SERVICE_TOKENS_VECTORS_H_

#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "base/strings.h"
#include "gtest/gtest.h"

namespace headgate::service {

// Texts by name; what is null or missing is "".
using Vector = std::map<std::string, std::string>;

inline std::vector<Vector> ReadVectors(std::string_view name) {
  std::ifstream file(
      StrCat(HEADGATE_SOURCE_DIR, "/tests/service/tokens/data/", name));
  std::vector<Vector> vectors;
  std::string line;
  std::getline(file, line);  // the source
  while (std::getline(file, line)) {
    JsonReader reader;
    const JsonValue root = reader.Read(line);
    EXPECT_TRUE(root) << reader.error();
    Vector vector;
    for (const auto& [key, value] : root.members()) {
      if (value.is_string()) vector[std::string(key)] = value.string();
      if (value.kind() == JsonValue::Kind::kBoolean) {
        vector[std::string(key)] = value.boolean() ? "true" : "false";
      }
    }
    vectors.push_back(vector);
  }
  return vectors;
}

inline std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(
        static_cast<char>(HexDigit(hex[i]) << 4 | HexDigit(hex[i + 1])));
  }
  return bytes;
}

}  // namespace headgate::service

#endif  // HEADGATE_TESTS_SERVICE_TOKENS_VECTORS_H_
