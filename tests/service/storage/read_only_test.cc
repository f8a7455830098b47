// A database that cannot be written to, for a user who may not, or on a disk
// that takes nothing: what is in it is still there to be read.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/storage/maintenance.h"
#include "service/storage/sqlite_store.h"
#include "tests/service/storage/blocking_store.h"
#include "tests/support/temp_dir.h"

namespace headgate::service {
namespace {

using ::testing::HasSubstr;

constexpr uid_t kNobody = 65534;

// Root may do everything: as root, the rest of the scope is another user's.
class Unprivileged {
 public:
  Unprivileged() { EXPECT_TRUE(!was_root_ || seteuid(kNobody) == 0); }
  ~Unprivileged() { EXPECT_TRUE(!was_root_ || seteuid(0) == 0); }
  Unprivileged(const Unprivileged&) = delete;
  Unprivileged& operator=(const Unprivileged&) = delete;

 private:
  const bool was_root_ = geteuid() == 0;
};

class ReadOnlyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = SqliteStore::Open(path_, {});
    ASSERT_EQ(store.status(), absl::OkStatus());
    ASSERT_EQ(BlockingStore(store->get()).Put("alice", "1"), absl::OkStatus());
  }
  void TearDown() override { SetModes(0600, 0700); }
  // Of the file, its lock and its log, and of the folder.
  void SetModes(mode_t file_mode, mode_t folder_mode) {
    for (const std::string end : {"", "-lock", "-wal"}) {
      const std::string file = path_ + end;
      if (!std::filesystem::exists(file)) continue;
      Give(file);
      EXPECT_EQ(chmod(file.c_str(), file_mode), 0);
    }
    Give(dir_.path());
    EXPECT_EQ(chmod(dir_.path().c_str(), folder_mode), 0);
  }
  static void Give(const std::string& path) {
    EXPECT_TRUE(geteuid() != 0 || chown(path.c_str(), kNobody, kNobody) == 0);
  }
  absl::StatusOr<std::unique_ptr<SqliteStore>> Open() {
    return SqliteStore::Open(
        path_,
        {.warn = [this](std::string_view text) { warned_ = text; }, .vfs = ""});
  }

  test::TempDir dir_;
  std::string path_ = dir_.File("store.db");
  std::string warned_;
};

TEST_F(ReadOnlyTest, ServesReadsWhereTheFolderTakesNoFile) {
  for (const mode_t file_mode : {0400, 0600}) {
    SetModes(file_mode, 0500);
    const Unprivileged unprivileged;
    auto store = Open();
    ASSERT_EQ(store.status(), absl::OkStatus()) << file_mode;
    EXPECT_EQ(warned_, StrCat(path_, ": is read-only: writes are refused"));
    BlockingStore blocking(store->get());
    EXPECT_EQ(blocking.Get("alice"), "1");
    EXPECT_EQ(blocking.Put("alice", "2"),
              absl::UnavailableError(
                  "attempt to write a readonly database (SQLite 8)"));
    EXPECT_EQ(blocking.Get("alice"), "1");
  }
}

TEST_F(ReadOnlyTest, ServesReadsOfAFileThatIsReadOnly) {
  SetModes(0400, 0700);
  const Unprivileged unprivileged;
  auto store = Open();
  ASSERT_EQ(store.status(), absl::OkStatus());
  BlockingStore blocking(store->get());
  EXPECT_EQ(blocking.Get("alice"), "1");
  EXPECT_TRUE(absl::IsUnavailable(blocking.Put("alice", "2")));
}

TEST_F(ReadOnlyTest, WritesAgainWhenItMay) {
  SetModes(0400, 0500);
  {
    const Unprivileged unprivileged;
    ASSERT_EQ(Open().status(), absl::OkStatus());
  }
  SetModes(0600, 0700);
  const Unprivileged unprivileged;
  auto store = Open();
  ASSERT_EQ(store.status(), absl::OkStatus());
  EXPECT_EQ(BlockingStore(store->get()).Put("alice", "2"), absl::OkStatus());
}

TEST_F(ReadOnlyTest, IsCheckedCountedAndBackedUp) {
  const test::TempDir other;
  Give(other.path());
  SetModes(0400, 0500);
  const Unprivileged unprivileged;
  EXPECT_EQ(CheckDatabase(path_), absl::OkStatus());
  const auto stats = GetDatabaseStats(path_);
  ASSERT_EQ(stats.status(), absl::OkStatus());
  EXPECT_EQ(stats->entries[static_cast<size_t>(Table::kUsers)].second, 1);
  const std::string copy = other.File("copy.db");
  EXPECT_EQ(BackUpDatabase(path_, copy, {}), absl::OkStatus());
  auto store = SqliteStore::Open(copy, {});
  ASSERT_EQ(store.status(), absl::OkStatus());
  EXPECT_EQ(BlockingStore(store->get()).Get("alice"), "1");
}

// After a crash the log is part of the database: leaving it out would show an
// older state.
TEST_F(ReadOnlyTest, ALogThatCannotBeReadIsNotLeftOut) {
  dir_.Write("store.db-wal", "not empty");
  SetModes(0400, 0500);
  const Unprivileged unprivileged;
  const std::string advice =
      StrCat(": its log cannot be read where no file can be made; copy ", path_,
             " and ", path_, "-wal into a folder that you may write to");
  EXPECT_THAT(std::string(Open().status().message()), HasSubstr(advice));
  EXPECT_THAT(std::string(CheckDatabase(path_).message()), HasSubstr(advice));
}

}  // namespace
}  // namespace headgate::service
