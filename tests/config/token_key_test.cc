#include "config/token_key.h"

#include <gtest/gtest.h>

#include <string>

#include "base/strings.h"

namespace headgate::config {
namespace {

TEST(TokenKeyTest, HasOneCanonicalText) {
  const std::string zeros = "k4.local." + std::string(43, 'A');
  const std::string secret = "k4.secret." + std::string(86, 'A');
  struct Case {
    std::string text, canonical;
  };
  const Case kCases[] = {
      {zeros, zeros},
      {secret, secret},
      {std::string(64, '0'), zeros},
      {std::string(43, 'A'), zeros},
      {std::string(43, 'A') + "=", zeros},
      {std::string(62, 'f') + "FF", "k4.local." + std::string(42, '_') + "8"},
      {std::string(42, '/') + "8=", "k4.local." + std::string(42, '_') + "8"},
      {"", ""},
      {"hunter2", ""},
      {std::string(63, '0'), ""},
      {std::string(66, '0'), ""},
      {std::string(63, '0') + "g", ""},
      {std::string(42, '/') + "8", ""},
      {zeros + "A", ""},
      {zeros + "=", ""},
      {"k4.local." + std::string(42, 'A') + "B", ""},
      {"k4.secret." + std::string(43, 'A'), ""},
      {"k4.public." + std::string(43, 'A'), ""},
      {"k3.local." + std::string(43, 'A'), ""},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(CanonicalTokenKey(c.text), c.canonical) << c.text;
  }
}

}  // namespace
}  // namespace headgate::config
