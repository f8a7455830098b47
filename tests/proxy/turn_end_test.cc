#include "proxy/turn_end.h"

#include <functional>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "proxy/event_loop.h"
#include "tests/support/fake_clock.h"

namespace headgate::proxy {
namespace {

// A task that notes its name, and may do more.
struct Noted {
  Noted(std::string task_name, std::string* notes)
      : name(std::move(task_name)), noted(notes) {}
  static void OnRun(void* self) {
    auto* task = static_cast<Noted*>(self);
    *task->noted += task->name;
    if (task->on_run) task->on_run();
  }
  std::string name;
  std::string* noted;
  std::function<void()> on_run;
  TurnTask task{&OnRun, this};
};

class TurnEndTest : public testing::Test {
 protected:
  std::string noted_;
  TurnEnd end_;
};

TEST_F(TurnEndTest, RunsEachTaskOnceInTheOrderOfQueueing) {
  Noted a("a", &noted_), b("b", &noted_);
  b.task.Queue(&end_);
  a.task.Queue(&end_);
  b.task.Queue(&end_);
  EXPECT_TRUE(b.task.is_queued());
  end_.Run();
  EXPECT_EQ(noted_, "ba");
  EXPECT_FALSE(b.task.is_queued());
  EXPECT_TRUE(end_.empty());
  end_.Run();
  EXPECT_EQ(noted_, "ba");
}

TEST_F(TurnEndTest, ForgetsWhatIsClearedOrDestroyed) {
  Noted a("a", &noted_), b("b", &noted_);
  auto c = std::make_unique<Noted>("c", &noted_);
  a.task.Queue(&end_);
  b.task.Queue(&end_);
  c->task.Queue(&end_);
  a.task.Clear();
  c.reset();
  end_.Run();
  EXPECT_EQ(noted_, "b");
}

TEST_F(TurnEndTest, ATaskMayQueueItselfAndDestroyOthers) {
  Noted a("a", &noted_);
  auto b = std::make_unique<Noted>("b", &noted_);
  a.on_run = [&] {
    b.reset();
    if (noted_.size() < 3) a.task.Queue(&end_);
  };
  a.task.Queue(&end_);
  b->task.Queue(&end_);
  end_.Run();
  EXPECT_EQ(noted_, "aaa");
}

TEST_F(TurnEndTest, TheLoopRunsTasksBeforeItWaitsAndAtOneTime) {
  test::FakeClock clock;
  EventLoop loop(clock);
  Noted a("a", &noted_);
  a.on_run = [&] {
    const Instant before = loop.Now();
    clock.Advance(absl::Seconds(1));
    EXPECT_EQ(loop.Now().monotonic_us, before.monotonic_us);
  };
  // Queued inside a callback: it runs when that is over.
  loop.Post([&] {
    a.task.Queue(&loop.turn_end());
    noted_ += "(callback)";
    loop.Stop();
  });
  loop.Run();
  EXPECT_EQ(noted_, "(callback)a");
}

}  // namespace
}  // namespace headgate::proxy
