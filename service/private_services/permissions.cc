#include "service/private_services/permissions.h"

#include <algorithm>
#include <limits>
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

void EachOnce(std::vector<std::string_view>* names) {
  std::ranges::sort(*names);
  names->erase(std::unique(names->begin(), names->end()), names->end());
}

}  // namespace

int64_t PermissionNumber(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.number;
  }
  return 0;
}

std::vector<std::string> ExpandPermissions(std::vector<std::string_view> names,
                                           const Implied& implied) {
  EachOnce(&names);
  // Grows while it is walked.
  for (size_t at = 0; at < names.size(); ++at) {
    const auto more = implied.find(names[at]);
    if (more == implied.end()) continue;
    for (const std::string& name : more->second) {
      if (std::ranges::count(names, name) == 0) names.emplace_back(name);
    }
  }
  std::ranges::sort(names, {}, [](std::string_view name) {
    return std::pair(Place(name), name);
  });
  return {names.begin(), names.end()};
}

}  // namespace headgate::service::private_services
