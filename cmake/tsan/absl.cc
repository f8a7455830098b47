// What ThreadSanitizer must know of Abseil. Debian's libabsl is compiled
// without it, so that a lock taken there is not seen and everything that an
// absl::Mutex guards would look like a race. The linker (--wrap, see
// cmake/Headgate.cmake) sends our calls through these functions, which tell
// ThreadSanitizer what happens and then call the real ones.
//
// Only for preset tsan. The names are the mangled ones of Debian 12's Abseil,
// whose inline namespace is `debian3`; with another one the link would fail to
// find nothing and the tests would report races at once.
#include <sanitizer/tsan_interface.h>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

// HEADGATE_WRAP_LOCK(name, flags): a function that takes a lock.
#define HEADGATE_WRAP_LOCK(name, flags)        \
  extern "C" void __real_##name(void* mutex);  \
  extern "C" void __wrap_##name(void* mutex) { \
    __tsan_mutex_pre_lock(mutex, flags);       \
    __real_##name(mutex);                      \
    __tsan_mutex_post_lock(mutex, flags, 0);   \
  }

// A function that tries to take a lock.
#define HEADGATE_WRAP_TRY_LOCK(name, flags)                           \
  extern "C" bool __real_##name(void* mutex);                         \
  extern "C" bool __wrap_##name(void* mutex) {                        \
    const unsigned try_flags = (flags) | __tsan_mutex_try_lock;       \
    __tsan_mutex_pre_lock(mutex, try_flags);                          \
    const bool taken = __real_##name(mutex);                          \
    const unsigned failed = taken ? 0 : __tsan_mutex_try_lock_failed; \
    __tsan_mutex_post_lock(mutex, try_flags | failed, 0);             \
    return taken;                                                     \
  }

// A function that gives a lock back.
#define HEADGATE_WRAP_UNLOCK(name, flags)      \
  extern "C" void __real_##name(void* mutex);  \
  extern "C" void __wrap_##name(void* mutex) { \
    __tsan_mutex_pre_unlock(mutex, flags);     \
    __real_##name(mutex);                      \
    __tsan_mutex_post_unlock(mutex, flags);    \
  }

HEADGATE_WRAP_LOCK(_ZN4absl7debian35Mutex4LockEv, 0)
HEADGATE_WRAP_TRY_LOCK(_ZN4absl7debian35Mutex7TryLockEv, 0)
HEADGATE_WRAP_UNLOCK(_ZN4absl7debian35Mutex6UnlockEv, 0)
HEADGATE_WRAP_LOCK(_ZN4absl7debian35Mutex10ReaderLockEv, __tsan_mutex_read_lock)
HEADGATE_WRAP_TRY_LOCK(_ZN4absl7debian35Mutex13ReaderTryLockEv,
                       __tsan_mutex_read_lock)
HEADGATE_WRAP_UNLOCK(_ZN4absl7debian35Mutex12ReaderUnlockEv,
                     __tsan_mutex_read_lock)

// Waiting gives the lock back for a while. A condition is looked at inside
// Abseil, where ThreadSanitizer sees neither the lock nor the look: it must be
// a plain bool, whose look is not instrumented either.
namespace {

class LockGivenBack {
 public:
  explicit LockGivenBack(void* mutex) : mutex_(mutex) {
    __tsan_mutex_pre_unlock(mutex_, 0);
    __tsan_mutex_post_unlock(mutex_, 0);
  }
  ~LockGivenBack() {
    __tsan_mutex_pre_lock(mutex_, 0);
    __tsan_mutex_post_lock(mutex_, 0, 0);
  }
  LockGivenBack(const LockGivenBack&) = delete;
  LockGivenBack& operator=(const LockGivenBack&) = delete;

 private:
  void* mutex_;
};

}  // namespace

// HEADGATE_WRAP_WAIT(type, name, parameters, mutex, arguments): a function
// that gives `mutex` back while it waits.
#define HEADGATE_WRAP_WAIT(type, name, parameters, mutex, arguments) \
  extern "C" type __real_##name parameters;                          \
  extern "C" type __wrap_##name parameters {                         \
    const LockGivenBack waiting(mutex);                              \
    return __real_##name arguments;                                  \
  }

HEADGATE_WRAP_WAIT(void, _ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE,
                   (void* mutex, const absl::Condition& condition), mutex,
                   (mutex, condition))
HEADGATE_WRAP_WAIT(
    bool,
    _ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE,
    (void* mutex, const absl::Condition& condition, absl::Duration timeout),
    mutex, (mutex, condition, timeout))
HEADGATE_WRAP_WAIT(void, _ZN4absl7debian37CondVar4WaitEPNS0_5MutexE,
                   (void* waiters, void* mutex), mutex, (waiters, mutex))
HEADGATE_WRAP_WAIT(
    bool, _ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE,
    (void* waiters, void* mutex, absl::Duration timeout), mutex,
    (waiters, mutex, timeout))

// Copies of a Status share one text and count themselves; the last one, on
// whatever thread, deletes it. The count is taken down inside Abseil.
extern "C" const char* __tsan_default_suppressions() {
  return "race:absl::debian3::Status::UnrefNonInlined\n";
}
