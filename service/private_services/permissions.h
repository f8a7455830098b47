// The permissions of chat and room member tokens: what a list of names means,
// and the number of each. Contract page "private-services": 100 and 200 for the
// two heads, then in the order of its tables.
//
// Pure; thread-safe.
#ifndef HEADGATE_SERVICE_PRIVATE_SERVICES_PERMISSIONS_H_
#define HEADGATE_SERVICE_PRIVATE_SERVICES_PERMISSIONS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/contract.h"

namespace headgate::service::private_services {

// Which permissions one implies: the contract's `implied`.
using Implied = config::NamedLists;

// 0: a permission that only the operator's contract knows.
int64_t PermissionNumber(std::string_view name);

// `names` and all that they imply, each once, in the order of their numbers;
// those without one come last, by name.
std::vector<std::string> ExpandPermissions(std::vector<std::string_view> names,
                                           const Implied& implied);

}  // namespace headgate::service::private_services

#endif  // HEADGATE_SERVICE_PRIVATE_SERVICES_PERMISSIONS_H_
