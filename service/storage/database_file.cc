#include "service/storage/database_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "base/strings.h"

namespace headgate::service {
namespace {

namespace fs = std::filesystem;

absl::Status CannotMake(const fs::path& path, int error) {
  return absl::FailedPreconditionError(
      StrCat("cannot make ", path.string(), ": ", std::strerror(error)));
}

absl::Status MakeFolder(const fs::path& folder) {
  std::error_code error;
  if (folder.empty() || fs::exists(folder, error)) return absl::OkStatus();
  const absl::Status status = MakeFolder(folder.parent_path());
  if (!status.ok()) return status;
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return CannotMake(folder, errno);
  }
  SyncFolder(folder.parent_path().string());
  return absl::OkStatus();
}

absl::Status MakeFile(const fs::path& path) {
  const int descriptor =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return errno == EEXIST ? absl::OkStatus() : CannotMake(path, errno);
  }
  close(descriptor);
  SyncFolder(path.parent_path().string());
  return absl::OkStatus();
}

bool TakesNewFiles(const fs::path& folder) {
  return faccessat(AT_FDCWD, folder.c_str(), W_OK, AT_EACCESS) == 0;
}

bool HasLog(const std::string& path) {
  std::error_code none;
  return fs::exists(StrCat(path, "-wal"), none);
}

std::string AdviceFor(std::string_view path, const absl::Status& status) {
  if (absl::IsDataLoss(status)) {
    return StrCat(": the file is damaged; `headgate db check ", path,
                  "` says more; restore a backup");
  }
  const std::string file = FindFile(path).value_or("");
  const bool log_is_shut = absl::IsNotFound(status) && !file.empty() &&
                           HasLog(file) &&
                           !TakesNewFiles(fs::path(file).parent_path());
  return log_is_shut ? StrCat(
                           ": its log cannot be read where no file can be "
                           "made; copy ",
                           path, " and ", path,
                           "-wal into a folder that you may write to")
                     : "";
}

}  // namespace

absl::StatusOr<std::string> PrepareFile(std::string_view path) {
  std::error_code error;
  const fs::path wanted = fs::absolute(fs::path(path), error);
  if (!fs::exists(wanted, error)) {
    absl::Status status = MakeFolder(wanted.parent_path());
    if (status.ok()) status = MakeFile(wanted);
    if (!status.ok()) return status;
  }
  return FindFile(path);
}

absl::StatusOr<std::string> FindFile(std::string_view path) {
  std::error_code error;
  const fs::path found = fs::canonical(fs::path(path), error);
  if (error) {
    return absl::NotFoundError(error.message());
  }
  if (!fs::is_regular_file(found, error)) {
    return absl::FailedPreconditionError("is not a file");
  }
  return found.string();
}

bool StandsStill(const std::string& path) {
  return !TakesNewFiles(fs::path(path).parent_path()) && !HasLog(path);
}

void SyncFolder(const std::string& folder) {
  const int descriptor =
      open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

absl::Status Explain(std::string_view path, const absl::Status& status) {
  return absl::Status(status.code(),
                      ToAbsl(StrCat(path, ": ", FromAbsl(status.message()),
                                    AdviceFor(path, status))));
}

}  // namespace headgate::service
