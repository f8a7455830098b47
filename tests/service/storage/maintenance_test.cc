#include "service/storage/maintenance.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/storage/sqlite_store.h"
#include "tests/service/storage/blocking_store.h"
#include "tests/support/temp_dir.h"

namespace headgate::service {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::StartsWith;

class MaintenanceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = SqliteStore::Open(path_, {});
    ASSERT_EQ(store.status(), absl::OkStatus());
    store_ = *std::move(store);
    PutUsers(1, 1000);
  }
  void PutUsers(int first, int last) {
    ASSERT_EQ(BlockingStore(store_.get()).Write([&](Transaction& transaction) {
      for (int i = first; i <= last; ++i) {
        transaction.Put(Table::kUsers, "app", StrCat("user", i),
                        std::string(100, 'x'));
      }
      return true;
    }),
              absl::OkStatus());
  }
  static int64_t UsersIn(const std::string& path) {
    const auto stats = GetDatabaseStats(path);
    if (!stats.ok()) return -1;
    return stats->entries[static_cast<size_t>(Table::kUsers)].second;
  }
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(dir_.path())) {
      names.push_back(file.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  test::TempDir dir_;
  std::string path_ = dir_.File("store.db");
  std::string copy_ = dir_.File("copy.db");
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(MaintenanceTest, BacksUpWhileAServerRuns) {
  int64_t last = 0, all = 0;
  EXPECT_EQ(BackUpDatabase(path_, copy_,
                           [&](int64_t done, int64_t pages) {
                             last = done;
                             all = pages;
                           }),
            absl::OkStatus());
  EXPECT_GT(all, 10);
  EXPECT_EQ(last, all);
  PutUsers(1001, 1100);
  EXPECT_EQ(UsersIn(copy_), 1000);
  EXPECT_EQ(UsersIn(path_), 1100);
  struct stat status {};
  ASSERT_EQ(stat(copy_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(MaintenanceTest, BacksUpOneStateWhileOthersWrite) {
  int64_t steps = 0;
  PutUsers(1, 40'000);
  EXPECT_EQ(BackUpDatabase(path_, copy_,
                           [&](int64_t, int64_t) {
                             ++steps;
                             PutUsers(50'000, 50'100);
                           }),
            absl::OkStatus());
  EXPECT_GT(steps, 1);
  EXPECT_EQ(UsersIn(copy_), 40'000);
}

TEST_F(MaintenanceTest, MakesABackupThatAServerStartsFrom) {
  ASSERT_EQ(BackUpDatabase(path_, copy_, {}), absl::OkStatus());
  auto store = SqliteStore::Open(copy_, {});
  ASSERT_EQ(store.status(), absl::OkStatus());
  BlockingStore copy(store->get());
  EXPECT_EQ(copy.Get("user7"), std::string(100, 'x'));
  EXPECT_EQ(copy.Put("user7", "y"), absl::OkStatus());
}

TEST_F(MaintenanceTest, LeavesNothingBesideTheFiles) {
  ASSERT_EQ(BackUpDatabase(path_, copy_, {}), absl::OkStatus());
  store_ = nullptr;
  EXPECT_THAT(Files(), ElementsAre("copy.db", "store.db", "store.db-lock"));
}

// It can be moved alone, and looking at it makes no other file.
TEST_F(MaintenanceTest, ABackupIsCompleteInItself) {
  ASSERT_EQ(BackUpDatabase(path_, copy_, {}), absl::OkStatus());
  store_ = nullptr;
  std::filesystem::remove(path_);
  std::filesystem::remove(StrCat(path_, "-lock"));
  EXPECT_THAT(Files(), ElementsAre("copy.db"));
  EXPECT_EQ(CheckDatabase(copy_), absl::OkStatus());
  EXPECT_EQ(UsersIn(copy_), 1000);
  EXPECT_THAT(Files(), ElementsAre("copy.db"));
  auto store = SqliteStore::Open(copy_, {});
  ASSERT_EQ(store.status(), absl::OkStatus());
  EXPECT_THAT(Files(), ElementsAre("copy.db", "copy.db-lock", "copy.db-shm",
                                   "copy.db-wal"));
}

TEST_F(MaintenanceTest, OverwritesNothing) {
  dir_.Write("copy.db", "precious");
  EXPECT_EQ(BackUpDatabase(path_, copy_, {}),
            absl::FailedPreconditionError(
                StrCat(copy_, ": exists already; choose another name")));
  EXPECT_EQ(test::ReadFile(copy_), "precious");
}

TEST_F(MaintenanceTest, StartsOverAfterABackupThatWasInterrupted) {
  dir_.Write("copy.db.part", "half of it");
  EXPECT_EQ(BackUpDatabase(path_, copy_, {}), absl::OkStatus());
  EXPECT_EQ(UsersIn(copy_), 1000);
}

TEST_F(MaintenanceTest, ReadsADatabaseThatNoServerRunsOn) {
  store_ = nullptr;
  EXPECT_EQ(CheckDatabase(path_), absl::OkStatus());
  EXPECT_EQ(UsersIn(path_), 1000);
  EXPECT_EQ(BackUpDatabase(path_, copy_, {}), absl::OkStatus());
  EXPECT_EQ(UsersIn(copy_), 1000);
}

TEST_F(MaintenanceTest, CountsWhatIsInADatabase) {
  const auto stats = GetDatabaseStats(path_);
  ASSERT_EQ(stats.status(), absl::OkStatus());
  EXPECT_EQ(stats->schema, 1);
  EXPECT_EQ(stats->page_bytes, 4096);
  EXPECT_GT(stats->pages, 10);
  EXPECT_GT(stats->log_bytes, 4096);
  EXPECT_THAT(stats->entries, Contains(Pair("users", 1000)));
  EXPECT_THAT(stats->entries, Contains(Pair("rooms", 0)));
}

TEST_F(MaintenanceTest, SaysWhatIsDamaged) {
  store_ = nullptr;
  std::string bytes = test::ReadFile(path_);
  bytes.replace(bytes.size() - 4096, 100, std::string(100, 'z'));
  dir_.Write("store.db", bytes);
  const absl::Status status = CheckDatabase(path_);
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("malformed"));
  const absl::Status backup = BackUpDatabase(path_, copy_, {});
  EXPECT_THAT(std::string(backup.message()), StartsWith(StrCat(path_, ": ")));
  EXPECT_THAT(std::string(backup.message()),
              EndsWith(StrCat(": the file is damaged; `headgate db check ",
                              path_, "` says more; restore a backup")));
  EXPECT_FALSE(std::filesystem::exists(copy_));
  EXPECT_FALSE(std::filesystem::exists(StrCat(copy_, ".part")));
}

TEST_F(MaintenanceTest, RefusesWhatIsNoDatabaseOfOurs) {
  const std::string none = dir_.File("none.db");
  EXPECT_EQ(CheckDatabase(none),
            absl::NotFoundError(StrCat(none, ": No such file or directory")));
  EXPECT_EQ(GetDatabaseStats(none).status(), CheckDatabase(none));
  EXPECT_EQ(BackUpDatabase(none, copy_, {}), CheckDatabase(none));
  EXPECT_FALSE(std::filesystem::exists(none));
  const std::string empty = dir_.Write("empty.db", "");
  EXPECT_EQ(CheckDatabase(empty),
            absl::FailedPreconditionError(
                StrCat(empty, ": is empty: not a Headgate database")));
  EXPECT_EQ(GetDatabaseStats(empty).status(), CheckDatabase(empty));
  EXPECT_EQ(BackUpDatabase(empty, copy_, {}), CheckDatabase(empty));
  const std::string text = dir_.Write("text.db", std::string(2000, 'x'));
  EXPECT_EQ(CheckDatabase(text),
            absl::DataLossError(
                StrCat(text, ": file is not a database (SQLite 26)")));
}

}  // namespace
}  // namespace headgate::service
