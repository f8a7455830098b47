#include "proxy/timer_wheel.h"

#include <functional>
#include <memory>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace headgate::proxy {
namespace {

constexpr int64_t kTick = TimerWheel::kTickUs;
constexpr int64_t kStart = 1'000'000'000;

// A timer that notes when it was called back.
struct Noted {
  explicit Noted(const int64_t* now) : now_us(now) {}
  static void OnDue(void* self) {
    auto* noted = static_cast<Noted*>(self);
    noted->calls.push_back(*noted->now_us);
    if (noted->on_due) noted->on_due();
  }
  const int64_t* now_us;
  std::vector<int64_t> calls;
  std::function<void()> on_due;
  WheelTimer timer{&OnDue, this};
};

class TimerWheelTest : public testing::Test {
 protected:
  void AdvanceTo(int64_t now_us) {
    while (now_us_ < now_us) {
      now_us_ = std::min(now_us, now_us_ + kTick);
      wheel_.Advance(now_us_);
    }
  }
  int64_t now_us_ = kStart;
  TimerWheel wheel_{kStart};
};

TEST_F(TimerWheelTest, CallsBackOnceAtTheFirstTickAfterTheDeadline) {
  Noted noted(&now_us_);
  noted.timer.Set(&wheel_, kStart + 3 * kTick + 1);
  AdvanceTo(kStart + 3 * kTick);
  EXPECT_TRUE(noted.calls.empty());
  EXPECT_TRUE(noted.timer.is_set());
  AdvanceTo(kStart + 20 * kTick);
  ASSERT_EQ(noted.calls.size(), 1u);
  EXPECT_EQ(noted.calls[0], kStart + 4 * kTick);
  EXPECT_FALSE(noted.timer.is_set());
}

TEST_F(TimerWheelTest, FollowsADeadlineThatMovesLaterOrEarlier) {
  Noted later(&now_us_), earlier(&now_us_);
  later.timer.Set(&wheel_, kStart + 2 * kTick);
  later.timer.Set(&wheel_, kStart + 9 * kTick);
  earlier.timer.Set(&wheel_, kStart + 9 * kTick);
  earlier.timer.Set(&wheel_, kStart + 2 * kTick);
  AdvanceTo(kStart + 20 * kTick);
  EXPECT_EQ(later.calls, std::vector<int64_t>{kStart + 9 * kTick});
  EXPECT_EQ(earlier.calls, std::vector<int64_t>{kStart + 2 * kTick});
}

TEST_F(TimerWheelTest, KeepsDeadlinesOfMoreThanOneRound) {
  constexpr int64_t kHour = 3'600'000'000;
  Noted noted(&now_us_);
  noted.timer.Set(&wheel_, kStart + kHour);
  AdvanceTo(kStart + kHour - kTick);
  EXPECT_TRUE(noted.calls.empty());
  AdvanceTo(kStart + kHour + kTick);
  EXPECT_EQ(noted.calls.size(), 1u);
}

TEST_F(TimerWheelTest, CatchesUpAfterALongStop) {
  Noted noted(&now_us_);
  noted.timer.Set(&wheel_, kStart + 5 * kTick);
  now_us_ = kStart + 100'000 * kTick;
  wheel_.Advance(now_us_);
  EXPECT_EQ(noted.calls.size(), 1u);
}

TEST_F(TimerWheelTest, ForgetsClearedAndDestroyedTimers) {
  Noted cleared(&now_us_);
  cleared.timer.Set(&wheel_, kStart + kTick);
  cleared.timer.Clear();
  auto destroyed = std::make_unique<Noted>(&now_us_);
  destroyed->timer.Set(&wheel_, kStart + kTick);
  destroyed.reset();
  AdvanceTo(kStart + 5 * kTick);
  EXPECT_TRUE(cleared.calls.empty());
}

TEST_F(TimerWheelTest, LetsACallbackSetItselfAndDestroyAnother) {
  Noted again(&now_us_);
  auto victim = std::make_unique<Noted>(&now_us_);
  again.timer.Set(&wheel_, kStart + kTick);
  victim->timer.Set(&wheel_, kStart + kTick);
  again.on_due = [&] {
    victim.reset();
    if (again.calls.size() < 3) again.timer.Set(&wheel_, now_us_);
  };
  AdvanceTo(kStart + 10 * kTick);
  EXPECT_EQ(again.calls.size(), 3u);
}

// The oracle: a plain list of deadlines.
TEST_F(TimerWheelTest, AgreesWithAListOfDeadlinesUnderRandomUse) {
  std::mt19937 random(7);
  std::vector<std::unique_ptr<Noted>> timers;
  std::vector<int64_t> due(50, 0);
  for (size_t i = 0; i < due.size(); ++i) {
    timers.push_back(std::make_unique<Noted>(&now_us_));
  }
  for (int step = 0; step < 20000; ++step) {
    const size_t i = random() % due.size();
    if (random() % 4 == 0) {
      timers[i]->timer.Clear();
      due[i] = 0;
    } else {
      due[i] = now_us_ + 1 + static_cast<int64_t>(random() % (200 * kTick));
      timers[i]->timer.Set(&wheel_, due[i]);
    }
    AdvanceTo(now_us_ + static_cast<int64_t>(random() % (3 * kTick)));
    for (size_t j = 0; j < due.size(); ++j) {
      // A tick's grace: the wheel only looks at whole ticks.
      const bool must_have_fired = due[j] != 0 && due[j] + kTick <= now_us_;
      const bool fired = due[j] != 0 && !timers[j]->timer.is_set();
      ASSERT_FALSE(must_have_fired && !fired) << step;
      ASSERT_FALSE(fired && due[j] > now_us_) << step;
      if (fired) due[j] = 0;
    }
  }
}

}  // namespace
}  // namespace headgate::proxy
