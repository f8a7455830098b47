#include "service/tokens/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "base/crypto.h"
#include "base/strings.h"
#include "service/tokens/paserk.h"

namespace headgate::service {
namespace {

constexpr size_t kFileBytesMax = 64 * 1024;

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool ok() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

absl::Status SystemError(const std::string& path, std::string_view what) {
  return absl::UnavailableError(
      StrCat(path, ": ", what, ": ", std::generic_category().message(errno)));
}

absl::Status Refused(const std::string& path, std::string_view why) {
  return absl::FailedPreconditionError(StrCat(path, ": ", why));
}

absl::Status CheckMode(const std::string& path, const File& file) {
  struct stat info = {};
  if (::fstat(file.get(), &info) != 0) {
    return SystemError(path, "cannot look at the token keys");
  }
  if (!S_ISREG(info.st_mode)) return Refused(path, "not a file");
  const unsigned mode = info.st_mode & 07777;
  if ((mode & 077) == 0) return absl::OkStatus();
  return Refused(
      path, absl::StrFormat("holds token keys, and its mode %04o lets others "
                            "at them: make it 0600 (chmod 600)",
                            mode));
}

absl::StatusOr<std::string> ReadAll(const std::string& path, const File& file) {
  std::string text(kFileBytesMax + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t got =
        ::read(file.get(), text.data() + size, text.size() - size);
    if (got == 0) break;
    if (got > 0) size += static_cast<size_t>(got);
    if (got < 0 && errno != EINTR) {
      return SystemError(path, "cannot read the token keys");
    }
  }
  if (size > kFileBytesMax) return Refused(path, "too large for token keys");
  text.resize(size);
  return text;
}

bool WriteAll(const File& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::write(file.get(), bytes.data(), bytes.size());
    if (sent > 0) bytes.remove_prefix(static_cast<size_t>(sent));
    if (sent < 0 && errno != EINTR) return false;
  }
  return ::fsync(file.get()) == 0;
}

// A new name must be on the disk too.
bool FlushFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder =
      slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return file.ok() && ::fsync(file.get()) == 0;
}

// Removes the name however the function ends.
class TemporaryName {
 public:
  explicit TemporaryName(const std::string& path)
      : name_(StrCat(path, ".new-", HexEncode(RandomBytes(8)))) {}
  ~TemporaryName() { ::unlink(name_.c_str()); }
  TemporaryName(const TemporaryName&) = delete;
  TemporaryName& operator=(const TemporaryName&) = delete;

  const char* get() const { return name_.c_str(); }

 private:
  std::string name_;
};

// OK also if another process made it meanwhile.
absl::Status MakeKeyFile(const std::string& path) {
  const TemporaryName name(path);
  const File file(
      ::open(name.get(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.ok() || !WriteAll(file, Join(MakeTokenKeys(), "\n") + "\n")) {
    return SystemError(path, "cannot keep new token keys");
  }
  if (::link(name.get(), path.c_str()) != 0 && errno != EEXIST) {
    return SystemError(path, "cannot keep new token keys");
  }
  if (!FlushFolderOf(path)) {
    return SystemError(path, "cannot keep new token keys");
  }
  return absl::OkStatus();
}

}  // namespace

std::string KeyFileOf(std::string_view storage) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (!storage.starts_with(kSqlite)) return "";
  return StrCat(storage.substr(kSqlite.size()), ".key");
}

std::vector<std::string> MakeTokenKeys() {
  return {ToPaserk(NewLocalKey()), ToPaserk(NewSecretKey())};
}

absl::StatusOr<std::vector<std::string>> LoadKeyFile(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.ok()) {
    if (errno == ENOENT) return absl::NotFoundError(StrCat(path, ": no file"));
    return SystemError(path, "cannot open the token keys");
  }
  if (absl::Status status = CheckMode(path, file); !status.ok()) return status;
  auto text = ReadAll(path, file);
  if (!text.ok()) return text.status();
  std::vector<std::string> keys;
  for (const std::string_view line : Split(*text, '\n')) {
    if (line.empty()) continue;
    if (!LocalKeyFromPaserk(line) && !SecretKeyFromPaserk(line)) {
      return Refused(path, StrCat("line ", keys.size() + 1,
                                  " is no token key (k4.local. or k4.secret.); "
                                  "restore the file, or remove it for new "
                                  "keys: no token of today opens then"));
    }
    keys.emplace_back(line);
  }
  if (keys.empty()) {
    return Refused(path, "has no token key; remove it for new ones");
  }
  return keys;
}

absl::StatusOr<std::vector<std::string>> LoadOrMakeKeyFile(
    const std::string& path) {
  auto keys = LoadKeyFile(path);
  if (keys.ok() || !absl::IsNotFound(keys.status())) return keys;
  if (absl::Status status = MakeKeyFile(path); !status.ok()) return status;
  return LoadKeyFile(path);
}

}  // namespace headgate::service
