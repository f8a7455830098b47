#include "proxy/admin_query.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/percent.h"
#include "base/strings.h"

namespace headgate::proxy {
namespace {

constexpr size_t kParametersMax = 16;
constexpr size_t kShownBytesMax = 64;

absl::Status Mistake(std::string_view what, std::string_view name) {
  return absl::InvalidArgumentError(
      StrCat(what, " \"", name.substr(0, kShownBytesMax), "\""));
}

absl::Status Unknown(std::string_view name,
                     std::span<const std::string_view> known) {
  const std::string near =
      ClosestTo(name, std::vector<std::string>(known.begin(), known.end()));
  absl::Status status = Mistake("unknown query parameter", name);
  if (near.empty()) return status;
  return absl::InvalidArgumentError(
      StrCat(FromAbsl(status.message()), "; did you mean \"", near, "\"?"));
}

}  // namespace

absl::StatusOr<AdminQuery> ParseAdminQuery(
    std::string_view query, std::span<const std::string_view> known) {
  AdminQuery parameters;
  if (query.empty()) return parameters;
  const std::vector<std::string_view> pieces = Split(query, '&');
  if (pieces.size() > kParametersMax) {
    return absl::InvalidArgumentError("too many query parameters");
  }
  for (std::string_view piece : pieces) {
    const size_t equals = piece.find('=');
    std::string name, value;
    if (equals == piece.npos || !FormDecode(piece.substr(0, equals), &name) ||
        !FormDecode(piece.substr(equals + 1), &value)) {
      return Mistake("malformed query parameter", piece);
    }
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return Unknown(name, known);
    }
    if (!parameters.emplace(name, value).second) {
      return Mistake("repeated query parameter", name);
    }
  }
  return parameters;
}

}  // namespace headgate::proxy
