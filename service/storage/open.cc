#include "base/strings.h"
#include "service/storage/memory_store.h"
#include "service/storage/store.h"

namespace headgate::service {

absl::StatusOr<std::unique_ptr<Store>> Store::Open(std::string_view storage,
                                                   Warn /*warn*/) {
  if (storage == "memory") return std::make_unique<MemoryStore>();
  return absl::InvalidArgumentError(
      StrCat("storage \"", storage, "\": expected memory or sqlite:PATH"));
}

}  // namespace headgate::service
