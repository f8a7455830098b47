#include "service/passwords.h"

#include <atomic>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace headgate::service {
namespace {

using ::testing::StartsWith;

std::string Hash(std::string password) {
  std::promise<std::string> text;
  Passwords passwords(1);
  passwords.Hash(std::move(password), [&](absl::StatusOr<std::string> hash) {
    text.set_value(hash.value_or(hash.status().ToString()));
  });
  return text.get_future().get();
}

bool Verify(std::string stored, std::string password) {
  std::promise<absl::StatusOr<bool>> equal;
  Passwords passwords(1);
  passwords.Verify(std::move(stored), std::move(password),
                   [&](absl::StatusOr<bool> is) { equal.set_value(is); });
  const absl::StatusOr<bool> is = equal.get_future().get();
  EXPECT_EQ(is.status(), absl::OkStatus());
  return is.value_or(false);
}

TEST(PasswordsTest, StoresArgon2idOfTheInteractiveStrength) {
  EXPECT_THAT(Hash("secret"), StartsWith("$argon2id$v=19$m=65536,t=2,p=1$"));
}

TEST(PasswordsTest, SaltsEachHash) {
  EXPECT_NE(Hash("secret"), Hash("secret"));
}

TEST(PasswordsTest, KnowsThePasswordAgain) {
  const std::string stored = Hash("correct horse");
  EXPECT_TRUE(Verify(stored, "correct horse"));
  EXPECT_FALSE(Verify(stored, "correct hors"));
  EXPECT_FALSE(Verify(stored, ""));
}

TEST(PasswordsTest, TakesAPasswordOfAnyBytes) {
  const std::string password("\0\xff\n", 3);
  const std::string stored = Hash(password);
  EXPECT_TRUE(Verify(stored, password));
  EXPECT_FALSE(Verify(stored, std::string("\0\xff", 2)));
}

TEST(PasswordsTest, SaysNoForAUserWhoDoesNotExist) {
  EXPECT_FALSE(Verify("", "secret"));
  EXPECT_FALSE(Verify("", ""));
  EXPECT_FALSE(Verify("not a hash", "secret"));
  EXPECT_FALSE(Verify("$argon2id$v=19$cut", "secret"));
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

// The only thread stands still in the first answer until the test lets it go.
class StandingStill : public testing::Test {
 protected:
  StandingStill() {
    passwords_.Verify("", "x", [this](const absl::StatusOr<bool>&) {
      started_.set_value();
      release_.get_future().wait();
    });
    started_.get_future().wait();
  }
  // Texts that are no hash cost no time.
  void Verify(absl::AnyInvocable<void(absl::StatusOr<bool>)> done) {
    passwords_.Verify("$argon2id$v=19$cut", "x", std::move(done));
  }

  std::promise<void> started_, release_;
  Passwords passwords_{1};
};

TEST_F(StandingStill, RefusesWhenTooManyWait) {
  std::atomic<size_t> done = 0;
  std::promise<void> all_done;
  size_t refused = 0;
  for (size_t i = 0; i < Passwords::kWaitingMax + 10; ++i) {
    Verify([&](const absl::StatusOr<bool>& result) {
      if (result.ok()) {
        if (++done == Passwords::kWaitingMax) all_done.set_value();
        return;
      }
      ++refused;  // inside the call
      EXPECT_EQ(result.status(),
                absl::UnavailableError("too many passwords wait"));
    });
  }
  EXPECT_EQ(refused, 10u);
  release_.set_value();
  all_done.get_future().wait();
}

TEST_F(StandingStill, RefusesThoseWhoWaitAndThoseWhoComeOnceItStops) {
  std::vector<absl::Status> answers;
  const auto note = [&](const absl::StatusOr<bool>& result) {
    answers.push_back(result.status());
    // The first of them is refused before the thread is waited for.
    if (answers.size() == 1) release_.set_value();
  };
  Verify(note);
  passwords_.Stop();
  Verify(note);
  const absl::Status stopped =
      absl::UnavailableError("no passwords are hashed any more");
  EXPECT_EQ(answers, (std::vector<absl::Status>{stopped, stopped}));
}

TEST(PasswordsInlineTest, AreHashedInsideTheCallAndWeakly) {
  Passwords passwords(0);
  std::string stored;
  passwords.Hash("secret", [&](absl::StatusOr<std::string> text) {
    ASSERT_TRUE(text.ok());
    stored = *text;
  });
  EXPECT_TRUE(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$")) << stored;
  const struct {
    std::string stored, password;
    bool matches;
  } kCases[] = {{stored, "secret", true},
                {stored, "Secret", false},
                {"", "secret", false},
                {"", "", false}};
  for (const auto& row : kCases) {
    bool called = false;
    passwords.Verify(row.stored, row.password, [&](absl::StatusOr<bool> is) {
      called = true;
      EXPECT_EQ(*is, row.matches);
    });
    EXPECT_TRUE(called);
  }
}

}  // namespace
}  // namespace headgate::service
