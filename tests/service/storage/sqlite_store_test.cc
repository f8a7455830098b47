// Opening a database: what is made, what is refused and how.
#include "service/storage/sqlite_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/storage/schema.h"
#include "tests/service/storage/blocking_store.h"
#include "tests/support/temp_dir.h"

namespace headgate::service {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class SqliteStoreTest : public ::testing::Test {
 protected:
  // Opens, puts one entry and closes again; the first error.
  absl::Status OpenAndPut() {
    auto store = SqliteStore::Open(path_, {});
    if (!store.ok()) return store.status();
    return BlockingStore(store->get()).Put("alice", "1");
  }
  std::string OpenError() { return OpenError(path_); }
  static std::string OpenError(const std::string& path) {
    return std::string(SqliteStore::Open(path, {}).status().message());
  }
  absl::Status Execute(std::string_view sql) {
    auto database = Database::Open(path_, {.create = true, .vfs = ""});
    return database.ok() ? database->Execute(sql) : database.status();
  }

  test::TempDir dir_;
  std::string path_ = dir_.File("store.db");
};

int ModeOf(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : -1;
}

TEST_F(SqliteStoreTest, MakesTheFolderAndTheFilesForTheOwnerOnly) {
  const std::string path = dir_.File("a/b/store.db");
  auto store = SqliteStore::Open(path, {});
  ASSERT_EQ(store.status(), absl::OkStatus());
  EXPECT_EQ(BlockingStore(store->get()).Put("alice", "1"), absl::OkStatus());
  EXPECT_EQ(ModeOf(dir_.File("a")), 0700);
  EXPECT_EQ(ModeOf(dir_.File("a/b")), 0700);
  EXPECT_EQ(ModeOf(path), 0600);
  EXPECT_EQ(ModeOf(StrCat(path, "-wal")), 0600);
  EXPECT_EQ(ModeOf(StrCat(path, "-shm")), 0600);
  EXPECT_EQ(ModeOf(StrCat(path, "-lock")), 0600);
}

TEST_F(SqliteStoreTest, KeepsItsEntriesForTheNextStart) {
  ASSERT_EQ(OpenAndPut(), absl::OkStatus());
  auto store = SqliteStore::Open(path_, {});
  ASSERT_EQ(store.status(), absl::OkStatus());
  EXPECT_EQ(BlockingStore(store->get()).Get("alice"), "1");
}

TEST_F(SqliteStoreTest, LeavesOneFileAndItsLockWhenItIsClosed) {
  ASSERT_EQ(OpenAndPut(), absl::OkStatus());
  EXPECT_FALSE(std::filesystem::exists(StrCat(path_, "-wal")));
  EXPECT_FALSE(std::filesystem::exists(StrCat(path_, "-shm")));
  EXPECT_TRUE(std::filesystem::exists(StrCat(path_, "-lock")));
}

TEST_F(SqliteStoreTest, RefusesASecondStoreOnTheSameFile) {
  const auto store = SqliteStore::Open(path_, {});
  ASSERT_EQ(store.status(), absl::OkStatus());
  EXPECT_EQ(OpenError(), StrCat(path_, ": in use by process ", getpid(),
                                "; two must not share a database"));
}

TEST_F(SqliteStoreTest, RefusesASecondStoreThroughALink) {
  const auto store = SqliteStore::Open(path_, {});
  ASSERT_EQ(store.status(), absl::OkStatus());
  std::filesystem::create_symlink(path_, dir_.File("link.db"));
  EXPECT_THAT(
      OpenError(dir_.File("link.db")),
      AllOf(StartsWith(dir_.File("link.db")), HasSubstr(": in use by ")));
}

TEST_F(SqliteStoreTest, RefusesWhatIsNoFile) {
  EXPECT_EQ(
      SqliteStore::Open(dir_.path(), {}).status(),
      absl::FailedPreconditionError(StrCat(dir_.path(), ": is not a file")));
  const std::string below = StrCat(dir_.Write("file", "x"), "/store.db");
  EXPECT_EQ(SqliteStore::Open(below, {}).status(),
            absl::FailedPreconditionError(
                StrCat(below, ": cannot make ", below, ": Not a directory")));
}

TEST_F(SqliteStoreTest, RefusesAnotherProgramsDatabase) {
  ASSERT_EQ(Execute("CREATE TABLE notes (text)"), absl::OkStatus());
  EXPECT_EQ(
      OpenError(),
      StrCat(path_, ": is a database of another program; choose another path"));
}

TEST_F(SqliteStoreTest, RefusesTheDatabaseOfANewerHeadgate) {
  ASSERT_EQ(OpenAndPut(), absl::OkStatus());
  ASSERT_EQ(Execute("PRAGMA user_version=99"), absl::OkStatus());
  EXPECT_EQ(OpenError(),
            StrCat(path_,
                   ": was written by a newer Headgate (schema 99, this "
                   "one knows ",
                   SchemaVersion(),
                   "); run that version, or restore an older backup"));
}

TEST_F(SqliteStoreTest, RefusesAFileThatIsNoDatabase) {
  dir_.Write("store.db", std::string(5000, 'x'));
  EXPECT_EQ(OpenError(),
            StrCat(path_,
                   ": file is not a database (SQLite 26): the file is "
                   "damaged; `headgate db check ",
                   path_, "` says more; restore a backup"));
}

TEST_F(SqliteStoreTest, RefusesAFileThatWasCutOff) {
  ASSERT_EQ(OpenAndPut(), absl::OkStatus());
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 4096);
  EXPECT_THAT(OpenError(),
              AllOf(StartsWith(StrCat(path_, ": ")),
                    HasSubstr(": the file is damaged; `headgate db check ")));
}

// Any page of it: where the damage shows, the start is refused; where it does
// not (a page that nothing stands in), the store works.
TEST_F(SqliteStoreTest, FindsADamagedPageBeforeItServes) {
  {
    auto store = SqliteStore::Open(path_, {});
    ASSERT_EQ(store.status(), absl::OkStatus());
    ASSERT_EQ(BlockingStore(store->get()).Write([](Transaction& transaction) {
      for (int i = 0; i < 2000; ++i) {
        transaction.Put(Table::kUsers, "app", StrCat("user", i), "value");
      }
      return true;
    }),
              absl::OkStatus());
  }
  const std::string whole = test::ReadFile(path_);
  int refused = 0;
  const size_t pages = whole.size() / 4096;
  for (size_t page = 1; page < pages; ++page) {
    std::string damaged = whole;
    damaged.replace(page * 4096, 100, std::string(100, '\x5a'));
    dir_.Write("store.db", damaged);
    refused += absl::IsDataLoss(SqliteStore::Open(path_, {}).status());
  }
  EXPECT_EQ(refused, static_cast<int>(pages - 1));
}

TEST_F(SqliteStoreTest, MigratesAnEmptyFile) {
  dir_.Write("store.db", "");
  EXPECT_EQ(OpenAndPut(), absl::OkStatus());
}

// A log that a crash has cut off in the middle ends at the last whole commit.
TEST_F(SqliteStoreTest, StartsFromALogThatWasCutOff) {
  const test::TempDir copy;
  {
    auto store = SqliteStore::Open(path_, {});
    ASSERT_EQ(store.status(), absl::OkStatus());
    BlockingStore blocking(store->get());
    ASSERT_EQ(blocking.Put("alice", "1"), absl::OkStatus());
    ASSERT_EQ(blocking.Put("alice", "2"), absl::OkStatus());
    copy.Write("store.db", test::ReadFile(path_));
    std::string log = test::ReadFile(StrCat(path_, "-wal"));
    log.resize(log.size() - 10);
    copy.Write("store.db-wal", log);
  }
  auto store = SqliteStore::Open(copy.File("store.db"), {});
  ASSERT_EQ(store.status(), absl::OkStatus());
  EXPECT_EQ(BlockingStore(store->get()).Get("alice"), "1");
}

}  // namespace
}  // namespace headgate::service
