#include "service/storage/process_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/strings.h"

namespace headgate::service {
namespace {

// The process id that the owner wrote there; "" if it has not yet.
std::string OwnerOf(int descriptor) {
  std::array<char, 20> text{};
  const ssize_t size = pread(descriptor, text.data(), text.size(), 0);
  const std::string_view read(text.data(), size > 0 ? size_t(size) : 0);
  return std::string(read.substr(0, read.find_first_not_of("0123456789")));
}

// Whether the name still leads to the file that is open.
bool IsStillNamed(int descriptor, const std::string& path) {
  struct stat opened {};
  struct stat named {};
  return fstat(descriptor, &opened) == 0 && stat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

absl::Status Errno(const std::string& path, int error) {
  const std::string message =
      StrCat("cannot lock ", path, ": ", std::strerror(error));
  if (error == EACCES || error == EROFS || error == EPERM) {
    return absl::PermissionDeniedError(message);
  }
  return absl::InternalError(message);
}

}  // namespace

absl::StatusOr<ProcessLock> ProcessLock::Take(const std::string& path) {
  const std::string file = StrCat(path, "-lock");
  const int descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return Errno(file, errno);
  ProcessLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return Errno(file, errno);
    const std::string owner = OwnerOf(descriptor);
    return absl::FailedPreconditionError(
        StrCat("in use by ", owner.empty() ? "another process" : "process ",
               owner, "; two must not share a database"));
  }
  if (!IsStillNamed(descriptor, file)) {
    return absl::FailedPreconditionError(
        StrCat(file, ": was removed while it was being locked; try again"));
  }
  const std::string owner = StrCat(getpid(), "\n");
  // Only the message for a second process would miss it.
  if (ftruncate(descriptor, 0) == 0) {
    [[maybe_unused]] const ssize_t written =
        pwrite(descriptor, owner.data(), owner.size(), 0);
  }
  return lock;
}

ProcessLock::~ProcessLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace headgate::service
