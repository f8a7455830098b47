// Which parts of a store have changed, and when: so that what was made of them
// can be used again for as long as they have not.
//
// Idea: commits are numbered. A part of the store, one entry or one scope that
// was scanned, is a slot of a fixed table (by its hash), which holds the number
// of the last commit that touched it. An answer that was read when `completed`
// said N is still good if every slot that it read says N or less. Two parts
// that share a slot cost an answer that could have been kept, and never one
// that is wrong.
//
// The number is marked before the commit and is completed behind it: what is
// read in between may be of either state, and counts as changed.
//
// Thread-safe; Begin and Complete belong to the one who commits.
#ifndef HEADGATE_SERVICE_STORAGE_CHANGE_LOG_H_
#define HEADGATE_SERVICE_STORAGE_CHANGE_LOG_H_

#include <atomic>
#include <cstdint>
#include <string_view>
#include <vector>

#include "service/storage/transaction.h"

namespace headgate::service {

class ChangeLog {
 public:
  // Of a slot's table. Where 64 Ki parts are in use, one write in as many makes
  // an answer stale that it did not touch.
  static constexpr size_t kSlots = 65536;

  ChangeLog() : slots_(kSlots) {}

  // The commits that were completed. Ask before reading the store.
  int64_t completed() const {
    return completed_.load(std::memory_order_acquire);
  }
  // Whether none of the parts has changed since `completed()` said `number`.
  bool IsUnchanged(const std::vector<StorePart>& parts, int64_t number) const;

  // The writes are about to be committed, one group at a time.
  void Begin(const Transaction::Writes& writes);
  // They are, or never will be.
  void Complete();

 private:
  std::vector<std::atomic<int64_t>> slots_;
  std::atomic<int64_t> completed_ = 0;
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_CHANGE_LOG_H_
