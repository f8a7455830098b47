#include "proxy/event_loop.h"

#include <unistd.h>

#include <array>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace headgate::proxy {
namespace {

TEST(EventLoopTest, RunsPostedTasksInOrderOnItsOwnThread) {
  EventLoop loop(Clock::System());
  std::vector<int> order;
  std::thread::id ran_on;
  std::thread thread([&] {
    ran_on = std::this_thread::get_id();
    loop.Run();
  });
  const std::thread::id loop_thread = thread.get_id();
  std::vector<std::thread::id> threads;
  for (int i = 0; i < 100; ++i) {
    loop.Post([&, i] {
      order.push_back(i);
      threads.push_back(std::this_thread::get_id());
    });
  }
  loop.Stop();
  thread.join();
  ASSERT_EQ(order.size(), 100u);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(order[static_cast<size_t>(i)], i);
    EXPECT_EQ(threads[static_cast<size_t>(i)], loop_thread);
  }
}

TEST(EventLoopTest, StopsThoughNothingIsWatched) {
  EventLoop loop(Clock::System());
  loop.Stop();
  loop.Run();
}

struct Readable {
  EventLoop* loop;
  EventHandle event;
  int calls = 0;
  Instant before, after;
  static void On(int fd, short, void* self) {
    auto* readable = static_cast<Readable*>(self);
    char byte;
    ASSERT_EQ(read(fd, &byte, 1), 1);
    ++readable->calls;
    readable->before = readable->loop->Now();
    readable->after = readable->loop->Now();
    readable->event.reset();  // inside its own callback
    readable->loop->Stop();
  }
};

TEST(EventLoopTest, TimeStandsStillInsideACallback) {
  EventLoop loop(Clock::System());
  std::array<int, 2> pipe_fds;
  ASSERT_EQ(pipe(pipe_fds.data()), 0);
  Readable readable{.loop = &loop, .event = nullptr};
  readable.event = loop.Watch(pipe_fds[0], EV_READ, &Readable::On, &readable);
  event_add(readable.event.get(), nullptr);
  ASSERT_EQ(write(pipe_fds[1], "xy", 2), 2);
  const Instant start = loop.Now();
  loop.Run();
  EXPECT_EQ(readable.calls, 1);
  EXPECT_GE(readable.before.monotonic_us, start.monotonic_us);
  EXPECT_EQ(readable.before.monotonic_us, readable.after.monotonic_us);
  EXPECT_GE(loop.Now().monotonic_us, readable.after.monotonic_us);
  close(pipe_fds[0]);
  close(pipe_fds[1]);
}

}  // namespace
}  // namespace headgate::proxy
