#include "proxy/request_id.h"

#include <array>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace headgate::proxy {
namespace {

TEST(RequestIdsTest, AreThirtyTwoHexadecimalDigits) {
  RequestIds ids;
  std::set<std::string> seen;
  std::array<std::set<char>, 32> digits;
  for (int i = 0; i < 1000; ++i) {
    std::string text = "before ";
    ids.Append(&text);
    ASSERT_EQ(text.substr(0, 7), "before ");
    const std::string id = text.substr(7);
    ASSERT_EQ(id.size(), 32u);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), id.npos) << id;
    EXPECT_TRUE(seen.insert(id).second) << id;
    for (size_t at = 0; at < id.size(); ++at) digits[at].insert(id[at]);
  }
  // Each place takes each digit: no bit of an id is lost.
  for (const std::set<char>& at_place : digits) EXPECT_EQ(at_place.size(), 16u);
}

}  // namespace
}  // namespace headgate::proxy
