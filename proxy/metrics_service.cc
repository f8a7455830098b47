#include "proxy/metrics_service.h"

#include <cstdint>

#include "base/strings.h"

namespace headgate::proxy {
namespace {

constexpr size_t kFirstClassSlot = 1 + kStatusCodes.size();

constexpr std::array<uint8_t, 600> BuildStatusSlots() {
  std::array<uint8_t, 600> slots{};
  for (size_t status = 100; status < slots.size(); ++status) {
    slots[status] = static_cast<uint8_t>(kFirstClassSlot + status / 100 - 1);
  }
  for (size_t i = 0; i < kStatusCodes.size(); ++i) {
    slots[kStatusCodes[i]] = static_cast<uint8_t>(1 + i);
  }
  return slots;
}
constexpr std::array<uint8_t, 600> kSlotOfStatus = BuildStatusSlots();

constexpr std::string_view kOtherReason = "other";

template <size_t kSize>
void AddAll(const std::array<Cell, kSize>& from, std::array<Cell, kSize>* to) {
  for (size_t i = 0; i < kSize; ++i) (*to)[i].Add(from[i].Get());
}

}  // namespace

size_t StatusSlot(int status) {
  const auto at = static_cast<size_t>(status);
  return at < kSlotOfStatus.size() ? kSlotOfStatus[at] : 0;
}

std::string StatusSlotName(size_t slot) {
  if (slot == 0) return "none";
  if (slot >= kFirstClassSlot) return StrCat(slot - kFirstClassSlot + 1, "xx");
  return StrCat(kStatusCodes[slot - 1]);
}

void OperationCells::AddTo(OperationCells* totals) const {
  AddAll(exchanges[0], &totals->exchanges[0]);
  AddAll(exchanges[1], &totals->exchanges[1]);
  AddAll(refusals, &totals->refusals);
  totals->shadow_denials.Add(shadow_denials.Get());
  totals->candidate_denials.Add(candidate_denials.Get());
  totals->delays.Add(delays.Get());
  totals->delay_us.Add(delay_us.Get());
}

Cell& ServiceCells::MappedFor(std::string_view reason) {
  const size_t used = reasons_used.load(std::memory_order_relaxed);
  for (size_t i = 0; i < used; ++i) {
    if (reasons[i].name == reason) return reasons[i].answers;
  }
  if (used == kReasonsMax) return reasons[kReasonsMax - 1].answers;
  reasons[used].name = used + 1 == kReasonsMax ? kOtherReason : reason;
  // A reader that sees the count sees the name.
  reasons_used.store(used + 1, std::memory_order_release);
  return reasons[used].answers;
}

void ServiceCells::AddTo(ServiceCells* totals) const {
  duration.AddTo(&totals->duration);
  upstream_duration.AddTo(&totals->upstream_duration);
  totals->bytes_in.Add(bytes_in.Get());
  totals->bytes_out.Add(bytes_out.Get());
  totals->aborted.Add(aborted.Get());
  const size_t used = reasons_used.load(std::memory_order_acquire);
  for (size_t i = 0; i < used; ++i) {
    totals->MappedFor(reasons[i].name).Add(reasons[i].answers.Get());
  }
}

}  // namespace headgate::proxy
