#include "service/private_services/permissions.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

namespace headgate::service::private_services {
namespace {

struct Row {
  std::string_view name;
  int64_t number;
};
constexpr Row kRows[] = {
    {"PermissionChat", 100},
    {"PermissionChatBlock", 101},
    {"PermissionChatUnblock", 102},
    {"PermissionChatMute", 103},
    {"PermissionChatUnmute", 104},
    {"PermissionChatMessageDelete", 105},
    {"PermissionChatKick", 106},
    {"permissionChatSlowmodeBypass", 107},  // documented with a small p
    {"PermissionRoom", 200},
    {"PermissionRoomBlock", 201},
    {"PermissionRoomUnblock", 202},
    {"PermissionRoomKick", 203},
};

// Those without a number come last.
int64_t Place(std::string_view name) {
  const int64_t number = PermissionNumber(name);
  return number == 0 ? std::numeric_limits<int64_t>::max() : number;
}

}  // namespace

int64_t PermissionNumber(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.number;
  }
  return 0;
}

std::vector<std::string> ExpandPermissions(
    const std::vector<std::string>& names, const Implied& implied) {
  std::set<std::string> all;
  std::vector<std::string> left = names;
  while (!left.empty()) {
    std::string name = std::move(left.back());
    left.pop_back();
    const auto more = implied.find(name);
    if (!all.insert(std::move(name)).second || more == implied.end()) continue;
    left.insert(left.end(), more->second.begin(), more->second.end());
  }
  std::vector<std::string> sorted(all.begin(), all.end());
  std::ranges::stable_sort(sorted, {}, Place);
  return sorted;
}

}  // namespace headgate::service::private_services
