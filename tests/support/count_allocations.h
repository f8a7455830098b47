// Counts what a thread allocates with operator new: for tests that a warm path
// allocates nothing. Include it in one file of a program; it replaces the
// operators of all of it.
#ifndef HEADGATE_TESTS_SUPPORT_COUNT_ALLOCATIONS_H_
#define HEADGATE_TESTS_SUPPORT_COUNT_ALLOCATIONS_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace headgate::test {

// Of this thread, until now.
inline thread_local int64_t allocations = 0;

inline void* CountAllocation(std::size_t size) {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}

inline void* CountAllocationOrThrow(std::size_t size) {
  void* const memory = CountAllocation(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace headgate::test

// Not inlined: the compiler would see free() beside operator new, and warn.
#define HEADGATE_COUNTED __attribute__((noinline))

HEADGATE_COUNTED void* operator new(std::size_t size) {
  return headgate::test::CountAllocationOrThrow(size);
}
HEADGATE_COUNTED void* operator new[](std::size_t size) {
  return headgate::test::CountAllocationOrThrow(size);
}
HEADGATE_COUNTED void* operator new(std::size_t size,
                                    const std::nothrow_t&) noexcept {
  return headgate::test::CountAllocation(size);
}
HEADGATE_COUNTED void* operator new[](std::size_t size,
                                      const std::nothrow_t&) noexcept {
  return headgate::test::CountAllocation(size);
}
HEADGATE_COUNTED void operator delete(void* memory) noexcept {
  std::free(memory);
}
HEADGATE_COUNTED void operator delete[](void* memory) noexcept {
  std::free(memory);
}
HEADGATE_COUNTED void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
HEADGATE_COUNTED void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

#undef HEADGATE_COUNTED

#endif  // HEADGATE_TESTS_SUPPORT_COUNT_ALLOCATIONS_H_
