#include "service/tokens/key_file.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "service/runtime.h"
#include "service/tokens/paserk.h"
#include "tests/support/temp_dir.h"

namespace headgate::service {
namespace {

class KeyFileTest : public testing::Test {
 protected:
  // A file that only its owner may read.
  std::string Write(const std::string& text) {
    path_ = folder_.Write("x.key", text);
    EXPECT_EQ(::chmod(path_.c_str(), 0600), 0);
    return path_;
  }
  std::string Why(const std::string& path) {
    return std::string(LoadOrMakeKeyFile(path).status().message());
  }

  test::TempDir folder_;
  std::string path_ = folder_.File("x.key");
};

TEST_F(KeyFileTest, StandsBesideTheDatabase) {
  EXPECT_EQ(KeyFileOf("sqlite:data/headgate.db"), "data/headgate.db.key");
  EXPECT_EQ(KeyFileOf("memory"), "");
}

TEST_F(KeyFileTest, IsMadeOnceForItsOwnerOnly) {
  const auto made = LoadOrMakeKeyFile(path_);
  ASSERT_TRUE(made.ok()) << made.status();
  ASSERT_EQ(made->size(), 2u);
  EXPECT_TRUE(LocalKeyFromPaserk((*made)[0]));
  EXPECT_TRUE(SecretKeyFromPaserk((*made)[1]));
  struct stat info = {};
  ASSERT_EQ(::stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  EXPECT_EQ(*LoadOrMakeKeyFile(path_), *made);
  const auto files = std::filesystem::directory_iterator(folder_.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1) << "nothing is left";
}

TEST_F(KeyFileTest, ManyWhoMakeItAtOnceGetTheSame) {
  std::vector<std::vector<std::string>> seen(8);
  std::vector<std::thread> threads;
  for (auto& keys : seen) {
    threads.emplace_back([&] { keys = *LoadOrMakeKeyFile(path_); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& keys : seen) EXPECT_EQ(keys, seen[0]);
}

TEST_F(KeyFileTest, IsRefusedIfOthersMayReadIt) {
  Write(ToPaserk(NewLocalKey()) + "\n");
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  EXPECT_EQ(Why(path_),
            path_ +
                ": holds token keys, and its mode 0640 lets others at them: "
                "make it 0600 (chmod 600)");
}

TEST_F(KeyFileTest, IsRefusedIfItIsNone) {
  const std::string secret = "k4.local.hunter2";
  const std::string key = ToPaserk(NewLocalKey());
  EXPECT_EQ(Why(Write(key + "\n" + secret + "\n")),
            path_ +
                ": line 2 is no token key (k4.local. or k4.secret.); restore "
                "the file, or remove it for new keys: no token of today opens "
                "then");
  EXPECT_EQ(Why(Write("\n")),
            path_ + ": has no token key; remove it for new ones");
  EXPECT_EQ(Why(Write(std::string(70000, 'x'))),
            path_ + ": too large for token keys");
  ::mkdir(folder_.File("folder").c_str(), 0700);
  EXPECT_EQ(Why(folder_.File("folder")),
            folder_.File("folder") + ": not a file");
}

TEST_F(KeyFileTest, CannotBeMadeWhereThereIsNoFolder) {
  const std::string path = folder_.File("no/x.key");
  EXPECT_EQ(Why(path),
            path + ": cannot keep new token keys: No such file or directory");
  EXPECT_TRUE(absl::IsNotFound(LoadKeyFile(path).status()));
}

TEST_F(KeyFileTest, WithoutAFileEachProcessHasItsOwn) {
  const auto one = Runtime::Open({});
  const auto other = Runtime::Open({});
  ASSERT_TRUE(one.ok() && other.ok());
  EXPECT_EQ(*(*one)->OwnTokenKeys(), *(*one)->OwnTokenKeys());
  EXPECT_NE(*(*one)->OwnTokenKeys(), *(*other)->OwnTokenKeys());
}

}  // namespace
}  // namespace headgate::service
