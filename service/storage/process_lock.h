// Keeps a second process from a database: a lock on a file of its own beside
// it, held until the process ends, however it ends.
//
// It is a file of its own since SQLite's locks on the database are the
// process's: closing any other descriptor of that file would drop them. The
// lock file is never removed: a process that had opened the removed one would
// hold a lock that nobody else sees. It holds the owner's process id, for the
// message only.
//
// Belongs to one thread.
#ifndef HEADGATE_SERVICE_STORAGE_PROCESS_LOCK_H_
#define HEADGATE_SERVICE_STORAGE_PROCESS_LOCK_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace headgate::service {

class ProcessLock {
 public:
  // Locks PATH-lock. FAILED_PRECONDITION: another holds it ("in use by process
  // 4711"). PERMISSION_DENIED: the file cannot be made, as the folder or the
  // disk is read-only.
  static absl::StatusOr<ProcessLock> Take(const std::string& path);

  // Holds nothing.
  ProcessLock() = default;
  ProcessLock(ProcessLock&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ProcessLock& operator=(ProcessLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~ProcessLock();

 private:
  explicit ProcessLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_PROCESS_LOCK_H_
