#include "service/storage/change_log.h"

#include <algorithm>

namespace headgate::service {

bool ChangeLog::IsUnchanged(const std::vector<StorePart>& parts,
                            int64_t number) const {
  return std::ranges::all_of(parts, [&](StorePart part) {
    return slots_[part % kSlots].load(std::memory_order_acquire) <= number;
  });
}

void ChangeLog::Begin(const Transaction::Writes& writes) {
  const int64_t number = completed_.load(std::memory_order_relaxed) + 1;
  const auto mark = [&](StorePart part) {
    slots_[part % kSlots].store(number, std::memory_order_seq_cst);
  };
  const EntryKey<std::string>* last = nullptr;
  for (const auto& [key, value] : writes) {
    mark(PartOf(key.table, key.scope, key.name));
    const bool same_scope =
        last != nullptr && last->table == key.table && last->scope == key.scope;
    if (!same_scope) mark(PartOf(key.table, key.scope));
    last = &key;
  }
}

void ChangeLog::Complete() {
  completed_.fetch_add(1, std::memory_order_seq_cst);
}

}  // namespace headgate::service
