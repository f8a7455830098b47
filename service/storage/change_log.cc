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
  for (const auto& [key, value] : writes) {
    const auto& [place, name] = key;
    mark(PartOf(place.first, place.second, name));
    mark(PartOf(place.first, place.second));
  }
}

void ChangeLog::Complete() {
  completed_.fetch_add(1, std::memory_order_seq_cst);
}

}  // namespace headgate::service
