#include "service/passwords.h"

#include <atomic>
#include <future>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace headgate::service {
namespace {

using ::testing::StartsWith;

std::string HashInline(std::string password) {
  std::string text;
  Passwords(0).Hash(std::move(password), [&](absl::StatusOr<std::string> hash) {
    text = hash.value_or(hash.status().ToString());
  });
  return text;
}

bool VerifyInline(std::string stored, std::string password) {
  absl::StatusOr<bool> equal = absl::UnknownError("not called");
  Passwords(0).Verify(std::move(stored), std::move(password),
                      [&](absl::StatusOr<bool> result) { equal = result; });
  EXPECT_EQ(equal.status(), absl::OkStatus());
  return equal.value_or(false);
}

TEST(PasswordsTest, StoresArgon2idOfTheInteractiveStrength) {
  EXPECT_THAT(HashInline("secret"),
              StartsWith("$argon2id$v=19$m=65536,t=2,p=1$"));
}

TEST(PasswordsTest, SaltsEachHash) {
  EXPECT_NE(HashInline("secret"), HashInline("secret"));
}

TEST(PasswordsTest, KnowsThePasswordAgain) {
  const std::string stored = HashInline("correct horse");
  EXPECT_TRUE(VerifyInline(stored, "correct horse"));
  EXPECT_FALSE(VerifyInline(stored, "correct hors"));
  EXPECT_FALSE(VerifyInline(stored, ""));
}

TEST(PasswordsTest, TakesAPasswordOfAnyBytes) {
  const std::string password("\0\xff\n", 3);
  const std::string stored = HashInline(password);
  EXPECT_TRUE(VerifyInline(stored, password));
  EXPECT_FALSE(VerifyInline(stored, std::string("\0\xff", 2)));
}

TEST(PasswordsTest, SaysNoForAUserWhoDoesNotExist) {
  EXPECT_FALSE(VerifyInline("", "secret"));
  EXPECT_FALSE(VerifyInline("", ""));
  EXPECT_FALSE(VerifyInline("not a hash", "secret"));
  EXPECT_FALSE(VerifyInline("$argon2id$v=19$cut", "secret"));
}

TEST(PasswordsTest, WorksOnThreadsOfItsOwn) {
  Passwords passwords(2);
  std::promise<std::thread::id> worker;
  passwords.Hash("secret", [&](const absl::StatusOr<std::string>& hash) {
    EXPECT_EQ(hash.status(), absl::OkStatus());
    worker.set_value(std::this_thread::get_id());
  });
  EXPECT_NE(worker.get_future().get(), std::this_thread::get_id());
}

// The only thread stands still in the first answer until the flood has been
// refused.
TEST(PasswordsTest, RefusesWhenTooManyWait) {
  std::promise<void> started, release;
  std::atomic<int> done = 0;
  std::atomic<int> refused = 0;
  {
    Passwords passwords(1);
    passwords.Verify("", "x", [&](const absl::StatusOr<bool>&) {
      started.set_value();
      release.get_future().wait();
    });
    started.get_future().wait();
    // Texts that are no hash cost no time.
    const std::string cheap = "$argon2id$v=19$cut";
    for (size_t i = 0; i < Passwords::kWaitingMax + 10; ++i) {
      passwords.Verify(cheap, "x", [&](const absl::StatusOr<bool>& result) {
        ++(result.ok() ? done : refused);
        if (!result.ok()) {
          EXPECT_EQ(result.status(),
                    absl::UnavailableError("too many passwords wait"));
        }
      });
    }
    EXPECT_EQ(refused, 10);
    release.set_value();
  }
  EXPECT_EQ(done, static_cast<int>(Passwords::kWaitingMax));
}

}  // namespace
}  // namespace headgate::service
