// The permissions of chat and room member tokens: what a list of names means,
// and the number of each. Contract page "private-services": 100 and 200 for the
// two heads, then in the order of its tables.
//
// Pure; thread-safe.
#ifndef HEADGATE_SERVICE_PRIVATE_SERVICES_PERMISSIONS_H_
#define HEADGATE_SERVICE_PRIVATE_SERVICES_PERMISSIONS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::service::private_services {

// Which permissions one implies: the contract's `implied`.
using Implied = std::map<std::string, std::vector<std::string>>;

// 0: a permission that only the operator's contract knows.
int64_t PermissionNumber(std::string_view name);

// `names` and all that they imply, each once, in the order of their numbers;
// those without one come last, by name.
std::vector<std::string> ExpandPermissions(
    const std::vector<std::string>& names, const Implied& implied);

}  // namespace headgate::service::private_services

#endif  // HEADGATE_SERVICE_PRIVATE_SERVICES_PERMISSIONS_H_
