// The lock of one limiter shard: spins, for it is held for some tens of
// nanoseconds (below a millisecond while a table grows), and yields the CPU
// where its holder seems to have lost it.
//
// Why not absl::Mutex: giving it back is a plain store here, not a locked
// instruction, so that the misses of one decision may overlap with the next;
// measured in tests/bench/limiter_bench.cc. And ThreadSanitizer sees it.
#ifndef HEADGATE_POLICY_LIMITER_LOCK_H_
#define HEADGATE_POLICY_LIMITER_LOCK_H_

#include <sched.h>

#include <atomic>

#include "absl/base/thread_annotations.h"

namespace headgate::policy {

class ABSL_LOCKABLE LimiterLock {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    while (held_.exchange(true, std::memory_order_acquire)) Wait();
  }
  void Unlock() ABSL_UNLOCK_FUNCTION() {
    held_.store(false, std::memory_order_release);
  }

 private:
  // Until it looks free; reading only, so that the waiters do not take the
  // cache line from the holder.
  void Wait() {
    constexpr int kSpinsBeforeYield = 1000;
    for (int spins = 0; held_.load(std::memory_order_relaxed); ++spins) {
      if (spins >= kSpinsBeforeYield) sched_yield();
    }
  }

  std::atomic<bool> held_ = false;
};

class ABSL_SCOPED_LOCKABLE LimiterLockHolder {
 public:
  explicit LimiterLockHolder(LimiterLock& lock)
      ABSL_EXCLUSIVE_LOCK_FUNCTION(lock)
      : lock_(lock) {
    lock_.Lock();
  }
  ~LimiterLockHolder() ABSL_UNLOCK_FUNCTION() { lock_.Unlock(); }
  LimiterLockHolder(const LimiterLockHolder&) = delete;
  LimiterLockHolder& operator=(const LimiterLockHolder&) = delete;

 private:
  LimiterLock& lock_;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_LIMITER_LOCK_H_
