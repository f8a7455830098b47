#include "base/strings.h"
#include "service/storage/memory_store.h"
#include "service/storage/sqlite_store.h"
#include "service/storage/store.h"

namespace headgate::service {

absl::StatusOr<std::unique_ptr<Store>> Store::Open(std::string_view storage,
                                                   Warn warn) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (storage == "memory") return std::make_unique<MemoryStore>();
  if (storage.starts_with(kSqlite) && storage.size() > kSqlite.size()) {
    return SqliteStore::Open(storage.substr(kSqlite.size()),
                             {.warn = std::move(warn), .vfs = ""});
  }
  return absl::InvalidArgumentError(
      StrCat("storage \"", storage, "\": expected memory or sqlite:PATH"));
}

}  // namespace headgate::service
