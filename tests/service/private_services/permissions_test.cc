#include "service/private_services/permissions.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/policy/engine_fixture.h"

namespace headgate::service::private_services {
namespace {

using Names = std::vector<std::string>;

TEST(PermissionsTest, WhatIsImpliedMayImplyMore) {
  const Implied implied = {{"a", {"b", "PermissionRoomKick"}},
                           {"b", {"a", "c"}}};
  EXPECT_EQ(ExpandPermissions({"a", "PermissionChat", "a"}, implied),
            (Names{"PermissionChat", "PermissionRoomKick", "a", "b", "c"}));
  EXPECT_EQ(ExpandPermissions({}, implied), Names());
}

// The numbers and the contract's names are the same list.
TEST(PermissionsTest, EveryPermissionOfTheContractHasItsNumber) {
  policy::TestPolicy policy("  private-services: {apps: []}\n");
  ASSERT_TRUE(policy.ok());
  const auto& values = policy.policy().services()[0]->contract.values;
  const Names& names = *values.at("room_permission").one_of;
  std::vector<int64_t> numbers;
  for (const std::string& name : names) {
    numbers.push_back(PermissionNumber(name));
  }
  EXPECT_EQ(numbers, (std::vector<int64_t>{100, 101, 102, 103, 104, 105, 106,
                                           107, 200, 201, 202, 203}));
  EXPECT_EQ(PermissionNumber("PermissionChatSlowmodeBypass"), 0)
      << "names match exactly";
}

}  // namespace
}  // namespace headgate::service::private_services
