#include "policy/refusal.h"

#include "config/contract_defaults.h"

namespace headgate::policy {

static_assert(kRefusals == config::kRefusalDefaults,
              "config::kRefusalTable has a row for each refusal, in order");

std::string_view RefusalName(Refusal refusal) {
  return config::kRefusalTable[static_cast<size_t>(refusal)].name;
}

std::optional<Refusal> RefusalFromName(std::string_view name) {
  for (int i = 0; i < kRefusals; ++i) {
    const auto refusal = static_cast<Refusal>(i);
    if (RefusalName(refusal) == name) return refusal;
  }
  return std::nullopt;
}

int RefusalStatus(Refusal refusal) {
  return config::kRefusalTable[static_cast<size_t>(refusal)].status;
}

}  // namespace headgate::policy
