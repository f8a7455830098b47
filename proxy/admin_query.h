// The query of an admin request, read strictly: every parameter is known, comes
// once and is well formed. Nothing is guessed.
#ifndef HEADGATE_PROXY_ADMIN_QUERY_H_
#define HEADGATE_PROXY_ADMIN_QUERY_H_

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace headgate::proxy {

using AdminQuery = std::map<std::string, std::string, std::less<>>;

// `query` without '?', percent-encoded. An error is a sentence for the caller.
absl::StatusOr<AdminQuery> ParseAdminQuery(
    std::string_view query, std::span<const std::string_view> known);

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_ADMIN_QUERY_H_
