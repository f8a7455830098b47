#include "tests/support/process.h"

#include <csignal>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/signal.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {
namespace {

using testing::ElementsAre;
using testing::Gt;

ProcessOptions Shell(const std::string& script) {
  ProcessOptions options;
  options.args = {"/bin/sh", "-c", script};
  return options;
}

TEST(ProcessTest, GivesExitCodeAndBothOutputs) {
  ProcessOptions options = Shell("cat; echo \"$WORD\" >&2; pwd; exit 3");
  options.env = {"WORD=told"};
  options.directory = "/";
  options.input = "asked\n";
  const ProcessResult result = RunProcess(options);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.out, "asked\n/\n");
  EXPECT_EQ(result.err, "told\n");
}

TEST(ProcessTest, SaysThatAProgramCannotBeStarted) {
  ProcessOptions options;
  options.args = {"/no/such/program"};
  EXPECT_EQ(RunProcess(options).exit_code, 127);
}

TEST(ProcessTest, WaitsForOutputAndSignals) {
  Process process(
      Shell("trap 'kill $!; echo bye; exit 0' TERM; "
            "tail -f /dev/null > /dev/null 2>&1 & echo up; wait"));
  ASSERT_TRUE(process.WaitForOutput("up\n"));
  EXPECT_TRUE(process.running());
  EXPECT_THAT(process.ResidentBytes(), Gt(0));
  EXPECT_THAT(process.OpenFiles(), Gt(0u));
  process.Terminate();
  EXPECT_EQ(process.WaitExit(), 0);
  EXPECT_THAT(process.WaitForLines(2), ElementsAre("up", "bye"));
}

TEST(ProcessTest, EndsAProgramThatRunsTooLong) {
  Process process(Shell("exec tail -f /dev/null"));
  EXPECT_EQ(process.WaitExit(std::chrono::milliseconds(1)), std::nullopt);
  process.Kill(SIGKILL);
  EXPECT_EQ(process.WaitExit(), 128 + SIGKILL);
}

TEST(SignalTest, LetsWaitersGoOnForEver) {
  Signal signal;
  EXPECT_FALSE(signal.Wait(std::chrono::milliseconds(1)));
  signal.Notify();
  EXPECT_TRUE(signal.Wait());
  EXPECT_TRUE(signal.Wait());
}

TEST(TempDirTest, HoldsFilesAndGoesAway) {
  std::string path;
  {
    const TempDir dir;
    path = dir.Write("a", "content");
    EXPECT_EQ(ReadFile(path), "content");
  }
  EXPECT_EQ(ReadFile(path), "");
}

TEST(FakeClockTest, StandsStillUntilTurned) {
  FakeClock clock;
  const Instant start = clock.Now();
  EXPECT_EQ(clock.Now().monotonic_us, start.monotonic_us);
  clock.Advance(absl::Milliseconds(1500));
  EXPECT_EQ(clock.Now().monotonic_us, start.monotonic_us + 1'500'000);
  EXPECT_EQ(clock.Now().unix_ms(), start.unix_ms() + 1500);
}

}  // namespace
}  // namespace headgate::test
