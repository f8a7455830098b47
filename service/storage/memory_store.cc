#include "service/storage/memory_store.h"

namespace headgate::service {

absl::Status MemoryStore::Entries::Get(Table table, std::string_view scope,
                                       std::string_view name,
                                       std::optional<std::string>* value) {
  const auto& scopes = tables_[static_cast<size_t>(table)];
  const auto found = scopes.find(scope);
  if (found == scopes.end()) return absl::OkStatus();
  const auto entry = found->second.find(name);
  if (entry != found->second.end()) *value = entry->second;
  return absl::OkStatus();
}

absl::Status MemoryStore::Entries::Scan(Table table, std::string_view scope,
                                        std::string_view after, size_t limit,
                                        std::vector<Entry>* entries) {
  const auto& scopes = tables_[static_cast<size_t>(table)];
  const auto found = scopes.find(scope);
  if (found == scopes.end()) return absl::OkStatus();
  auto entry = found->second.upper_bound(after);
  for (; limit > 0 && entry != found->second.end(); --limit, ++entry) {
    entries->push_back({entry->first, entry->second});
  }
  return absl::OkStatus();
}

void MemoryStore::Entries::Apply(const Transaction::Writes& writes) {
  for (const auto& [key, value] : writes) {
    auto& scopes = tables_[static_cast<size_t>(key.table)];
    if (value) {
      scopes[key.scope][key.name] = *value;
      continue;
    }
    const auto scope = scopes.find(key.scope);
    if (scope == scopes.end()) continue;
    scope->second.erase(key.name);
    if (scope->second.empty()) scopes.erase(scope);
  }
}

void MemoryStore::Read(Work work, Done done) {
  absl::Status status;
  {
    absl::ReaderMutexLock lock(&mutex_);
    Transaction transaction(&entries_);
    work(transaction);
    status = transaction.status();
  }
  done(status);
}

void MemoryStore::Write(Work work, Done done) {
  absl::Status status;
  {
    absl::MutexLock lock(&mutex_);
    Transaction transaction(&entries_);
    const bool keep = work(transaction);
    status = transaction.status();
    if (keep && status.ok()) {
      changes_.Begin(transaction.writes());
      entries_.Apply(transaction.writes());
      changes_.Complete();
    }
  }
  done(status);
}

}  // namespace headgate::service
