// A disk under SQLite that fails when told to, and that can lose power.
//
//   FaultyDisk disk;
//   auto store = SqliteStore::Open(path, {.warn = {}, .vfs = disk.name()});
//   disk.on_write = SQLITE_FULL;         // from now on; SQLITE_OK: well again
//   auto files = disk.CutPower(&random); // what a power cut now would leave
//
// It is a VFS of SQLite laid over the system's. Beside each file it keeps what
// the last sync has made safe and the writes since. A power cut keeps the safe
// bytes; of each sector of 512 bytes that was written since, it keeps the new
// bytes, the old ones, or rubbish.
//
// Thread-safe. It must outlive the stores that use it.
#ifndef HEADGATE_TESTS_SERVICE_STORAGE_FAULTY_DISK_H_
#define HEADGATE_TESTS_SERVICE_STORAGE_FAULTY_DISK_H_

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::service {

class FaultyDisk {
 public:
  FaultyDisk() : real_(sqlite3_vfs_find(nullptr)), vfs_(*real_) {
    name_ = "faulty" + std::to_string(next_number_++);
    vfs_.zName = name_.c_str();
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
    vfs_.pAppData = this;
    vfs_.xOpen = &Open;
    vfs_.xDelete = &Delete;
    sqlite3_vfs_register(&vfs_, 0);
  }
  ~FaultyDisk() { sqlite3_vfs_unregister(&vfs_); }
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  const std::string& name() const { return name_; }

  // SQLite's result code of every such call, or SQLITE_OK.
  std::atomic<int> on_write = SQLITE_OK;
  std::atomic<int> on_sync = SQLITE_OK;
  std::atomic<int> on_read = SQLITE_OK;
  // As if the file's mode or the disk were read-only, for files opened then.
  std::atomic<bool> read_only = false;
  // Which files fail: those whose name ends so.
  std::string failing_suffix;

  // Calls until now.
  std::atomic<int> syncs = 0;

  // Bytes that a power cut could take.
  size_t UnsyncedBytes() {
    const std::lock_guard lock(mutex_);
    size_t bytes = 0;
    for (const auto& [path, content] : contents_) {
      for (const Write& write : content.unsynced) bytes += write.bytes.size();
    }
    return bytes;
  }

  // The files by path, without SQLite's shared memory, which nobody finds after
  // a power cut. `before` runs at that very moment: nothing is written then.
  std::map<std::string, std::string> CutPower(
      std::mt19937* random, const std::function<void()>& before) {
    const std::lock_guard lock(mutex_);
    before();
    std::map<std::string, std::string> files;
    for (const auto& [path, content] : contents_) {
      std::string bytes = content.safe;
      for (const Write& write : content.unsynced) {
        ApplyInPart(write, random, &bytes);
      }
      files[path] = std::move(bytes);
    }
    return files;
  }

 private:
  struct Write {
    size_t offset;
    std::string bytes;
    bool truncate = false;  // to `offset` bytes
  };
  struct Content {
    std::string safe;
    std::vector<Write> unsynced;
  };
  struct File {
    sqlite3_file base;
    FaultyDisk* disk;
    const char* path;  // SQLite keeps it until the file is closed
    sqlite3_file* real;
  };
  static constexpr size_t kSectorBytes = 512;

  static void Apply(const Write& write, std::string* bytes) {
    if (write.truncate) {
      bytes->resize(std::min(bytes->size(), write.offset));
      return;
    }
    const size_t end = write.offset + write.bytes.size();
    if (bytes->size() < end) bytes->resize(end);
    bytes->replace(write.offset, write.bytes.size(), write.bytes);
  }
  static void ApplyInPart(const Write& write, std::mt19937* random,
                          std::string* bytes) {
    if (write.truncate) {
      if ((*random)() % 2 == 0) Apply(write, bytes);
      return;
    }
    for (size_t at = 0; at < write.bytes.size(); at += kSectorBytes) {
      Write sector = {write.offset + at, write.bytes.substr(at, kSectorBytes)};
      switch ((*random)() % 4) {
        case 0:
          continue;
        case 1:
          for (char& byte : sector.bytes) {
            byte = static_cast<char>((*random)());
          }
          break;
        default:
          break;
      }
      Apply(sector, bytes);
    }
  }

  static File* Of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
  static FaultyDisk* Of(sqlite3_vfs* vfs) {
    return static_cast<FaultyDisk*>(vfs->pAppData);
  }
  static bool IsShaky(const File* file) {
    return std::string_view(file->path).ends_with(file->disk->failing_suffix);
  }
  void Note(const char* path, Write write) {
    const std::lock_guard lock(mutex_);
    contents_[path].unsynced.push_back(std::move(write));
  }

  static int Open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file,
                  int flags, int* out_flags) {
    File* const mine = Of(file);
    mine->base.pMethods = nullptr;
    mine->disk = Of(vfs);
    mine->path = path == nullptr ? "" : path;
    mine->real = reinterpret_cast<sqlite3_file*>(mine + 1);
    if (mine->disk->read_only && (flags & SQLITE_OPEN_MAIN_DB) != 0) {
      flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) |
              SQLITE_OPEN_READONLY;
    }
    sqlite3_vfs* const real = mine->disk->real_;
    const int result = real->xOpen(real, path, mine->real, flags, out_flags);
    if (mine->real->pMethods != nullptr) mine->base.pMethods = Methods();
    if (result == SQLITE_OK) mine->disk->Discover(mine);
    return result;
  }
  // What stands there when a file is first seen is safe.
  void Discover(File* file) {
    const std::lock_guard lock(mutex_);
    if (contents_.contains(file->path)) return;
    sqlite3_int64 size = 0;
    file->real->pMethods->xFileSize(file->real, &size);
    std::string& safe = contents_[file->path].safe;
    safe.resize(static_cast<size_t>(size));
    file->real->pMethods->xRead(file->real, safe.data(), static_cast<int>(size),
                                0);
  }
  static int Delete(sqlite3_vfs* vfs, const char* path, int sync) {
    FaultyDisk* const disk = Of(vfs);
    const std::lock_guard lock(disk->mutex_);
    disk->contents_.erase(path);
    return disk->real_->xDelete(disk->real_, path, sync);
  }

  static int ReadAt(sqlite3_file* file, void* to, int count,
                    sqlite3_int64 offset) {
    const File* const mine = Of(file);
    const int fault = IsShaky(mine) ? mine->disk->on_read.load() : SQLITE_OK;
    if (fault == SQLITE_IOERR_SHORT_READ) {
      std::memset(to, 0, static_cast<size_t>(count));
    }
    if (fault != SQLITE_OK) return fault;
    return mine->real->pMethods->xRead(mine->real, to, count, offset);
  }
  static int WriteAt(sqlite3_file* file, const void* from, int count,
                     sqlite3_int64 offset) {
    const File* const mine = Of(file);
    const int fault = IsShaky(mine) ? mine->disk->on_write.load() : SQLITE_OK;
    if (fault != SQLITE_OK) return fault;
    mine->disk->Note(mine->path, {static_cast<size_t>(offset),
                                  std::string(static_cast<const char*>(from),
                                              static_cast<size_t>(count))});
    return mine->real->pMethods->xWrite(mine->real, from, count, offset);
  }
  static int Truncate(sqlite3_file* file, sqlite3_int64 size) {
    const File* const mine = Of(file);
    mine->disk->Note(mine->path, {static_cast<size_t>(size), "", true});
    return mine->real->pMethods->xTruncate(mine->real, size);
  }
  // The bytes are safe with this call; the slow sync below it is left out.
  static int Sync(sqlite3_file* file, int /*flags*/) {
    const File* const mine = Of(file);
    ++mine->disk->syncs;
    const int fault = IsShaky(mine) ? mine->disk->on_sync.load() : SQLITE_OK;
    if (fault != SQLITE_OK) return fault;
    const std::lock_guard lock(mine->disk->mutex_);
    Content& content = mine->disk->contents_[mine->path];
    for (const Write& write : content.unsynced) Apply(write, &content.safe);
    content.unsynced.clear();
    return SQLITE_OK;
  }

  // The rest goes to the system as it is. Version 2: no memory mapping.
  template <auto kMember, typename... Args>
  static int Pass(sqlite3_file* file, Args... args) {
    sqlite3_file* const real = Of(file)->real;
    return (real->pMethods->*kMember)(real, args...);
  }
  static void ShmBarrier(sqlite3_file* file) {
    Of(file)->real->pMethods->xShmBarrier(Of(file)->real);
  }
  static const sqlite3_io_methods* Methods() {
    using M = sqlite3_io_methods;
    static constexpr M kMethods = {
        .iVersion = 2,
        .xClose = &Pass<&M::xClose>,
        .xRead = &ReadAt,
        .xWrite = &WriteAt,
        .xTruncate = &Truncate,
        .xSync = &Sync,
        .xFileSize = &Pass<&M::xFileSize, sqlite3_int64*>,
        .xLock = &Pass<&M::xLock, int>,
        .xUnlock = &Pass<&M::xUnlock, int>,
        .xCheckReservedLock = &Pass<&M::xCheckReservedLock, int*>,
        .xFileControl = &Pass<&M::xFileControl, int, void*>,
        .xSectorSize = &Pass<&M::xSectorSize>,
        .xDeviceCharacteristics = &Pass<&M::xDeviceCharacteristics>,
        .xShmMap = &Pass<&M::xShmMap, int, int, int, void volatile**>,
        .xShmLock = &Pass<&M::xShmLock, int, int, int>,
        .xShmBarrier = &ShmBarrier,
        .xShmUnmap = &Pass<&M::xShmUnmap, int>};
    return &kMethods;
  }

  inline static std::atomic<int> next_number_ = 0;
  sqlite3_vfs* real_;
  sqlite3_vfs vfs_;
  std::string name_;
  std::mutex mutex_;
  std::map<std::string, Content, std::less<>> contents_;
};

}  // namespace headgate::service

#endif  // HEADGATE_TESTS_SERVICE_STORAGE_FAULTY_DISK_H_
