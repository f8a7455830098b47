#include "proxy/access_log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <thread>

#include "base/strings.h"
#include "tests/support/temp_dir.h"

namespace headgate::proxy {
namespace {

using test::ReadFile;
using test::TempDir;
using ::testing::HasSubstr;

ExchangeRecord RecordOf(std::string_view path) {
  ExchangeRecord record;
  record.path = path;
  record.request_id = "r";
  record.peer = "unix:";
  record.method = "GET";
  record.status = 200;
  return record;
}

std::string LineOf(std::string_view path) {
  std::string line;
  AppendAccessLogLine(RecordOf(path), &line);
  return line;
}

int64_t Lines(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

class AccessLogTest : public testing::Test {
 protected:
  std::unique_ptr<AccessLog> Open(AccessLog::Options options) {
    auto log = AccessLog::Open(std::move(options));
    EXPECT_TRUE(log.ok()) << log.status();
    return *std::move(log);
  }
  std::unique_ptr<AccessLog> Open() { return Open({.path = path_}); }

  TempDir dir_;
  const std::string path_ = dir_.File("access.log");
};

TEST_F(AccessLogTest, WritesLinesInTheOrderOfTheWorker) {
  auto log = Open();
  auto writer = log->NewWriter();
  writer->Write(RecordOf("/a"));
  writer->Write(RecordOf("/b"));
  log->Flush();
  EXPECT_EQ(ReadFile(path_), LineOf("/a") + LineOf("/b"));
  EXPECT_EQ(log->GetStats().lines_written, 2);
  EXPECT_EQ(log->GetStats().lines_dropped, 0);
}

TEST_F(AccessLogTest, AppendsToAnOldFileThatOnlyItsGroupMayRead) {
  dir_.Write("access.log", "old\n");
  auto log = Open();
  auto writer = log->NewWriter();
  writer->Write(RecordOf("/a"));
  log->Flush();
  EXPECT_EQ(ReadFile(path_), "old\n" + LineOf("/a"));

  auto fresh = Open({.path = dir_.File("fresh.log")});
  struct stat found = {};
  ASSERT_EQ(stat(dir_.File("fresh.log").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0137, 0u);
}

TEST_F(AccessLogTest, LosesNothingWhenItEnds) {
  auto log = Open();
  auto gone = log->NewWriter();
  auto writer = log->NewWriter();
  gone->Write(RecordOf("/a"));
  gone.reset();
  writer->Write(RecordOf("/b"));
  writer.reset();
  log.reset();
  EXPECT_EQ(ReadFile(path_), LineOf("/a") + LineOf("/b"));
}

TEST_F(AccessLogTest, KeepsLinesWholeWhenManyWorkersWrite) {
  constexpr int kWorkers = 4;
  constexpr int kLines = 2000;
  auto log = Open();
  std::vector<std::thread> workers;
  for (int i = 0; i < kWorkers; ++i) {
    workers.emplace_back([&log, i] {
      auto writer = log->NewWriter();
      const std::string path = StrCat("/", i);
      for (int n = 0; n < kLines; ++n) writer->Write(RecordOf(path));
    });
  }
  for (std::thread& worker : workers) worker.join();
  log->Flush();
  const std::string text = ReadFile(path_);
  EXPECT_EQ(text.size(), kWorkers * kLines * LineOf("/0").size());
  EXPECT_EQ(log->GetStats().lines_written, kWorkers * kLines);
  for (std::string_view line : Split(text, '\n')) {
    if (!line.empty()) {
      EXPECT_TRUE(line.starts_with("{\"time\"")) << line;
    }
  }
}

TEST_F(AccessLogTest, ReopenFollowsARotatedFile) {
  auto log = Open();
  auto writer = log->NewWriter();
  writer->Write(RecordOf("/before"));
  const std::string moved = dir_.File("access.log.1");
  ASSERT_EQ(std::rename(path_.c_str(), moved.c_str()), 0);
  EXPECT_TRUE(log->Reopen().ok());
  writer->Write(RecordOf("/after"));
  log->Flush();
  EXPECT_EQ(ReadFile(moved), LineOf("/before"));
  EXPECT_EQ(ReadFile(path_), LineOf("/after"));
}

TEST_F(AccessLogTest, AFailedReopenKeepsTheOldFile) {
  TempDir inner;
  const std::string path = StrCat(inner.path(), "/logs/access.log");
  const std::string folder = StrCat(inner.path(), "/logs");
  ASSERT_EQ(mkdir(folder.c_str(), 0700), 0);
  auto log = Open({.path = path});
  auto writer = log->NewWriter();
  const std::string moved = StrCat(inner.path(), "/moved");
  ASSERT_EQ(std::rename(folder.c_str(), moved.c_str()), 0);
  EXPECT_EQ(std::string(log->Reopen().message()),
            path + ": No such file or directory");
  writer->Write(RecordOf("/a"));
  log->Flush();
  EXPECT_EQ(ReadFile(moved + "/access.log"), LineOf("/a"));
}

TEST_F(AccessLogTest, APathThatCannotBeOpenedIsAnError) {
  const auto log = AccessLog::Open({.path = "/nonexistent/access.log"});
  EXPECT_EQ(std::string(log.status().message()),
            "/nonexistent/access.log: No such file or directory");
}

TEST_F(AccessLogTest, AFifoThatNobodyReadsIsAnErrorAndNotAHang) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_FALSE(AccessLog::Open({.path = path_}).ok());
}

TEST_F(AccessLogTest, OffWritesNothing) {
  auto log = Open({.path = "off"});
  auto writer = log->NewWriter();
  writer->Write(RecordOf("/a"));
  log->Flush();
  EXPECT_TRUE(log->Reopen().ok());
  EXPECT_EQ(log->GetStats().lines_written, 0);
}

TEST_F(AccessLogTest, DropsAndCountsWhatTheReaderDoesNotTake) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  const int reader = open(path_.c_str(), O_RDONLY | O_NONBLOCK);
  auto log = Open({.path = path_, .buffer_bytes_max = 4096});
  auto writer = log->NewWriter();
  // A pipe holds 64 KiB, the thread's batch and the buffer a little more.
  constexpr int kLines = 10'000;
  for (int i = 0; i < kLines; ++i) writer->Write(RecordOf("/a"));
  EXPECT_GT(log->GetStats().lines_dropped, 0);
  writer.reset();

  std::string text;
  std::thread reading([&] {
    char bytes[4096];
    ssize_t got = 0;
    while ((got = read(reader, bytes, sizeof bytes)) != 0) {
      if (got > 0) text.append(bytes, static_cast<size_t>(got));
      if (got < 0) std::this_thread::yield();
    }
  });
  log->Flush();
  const AccessLog::Stats stats = log->GetStats();
  log.reset();
  reading.join();
  close(reader);
  EXPECT_EQ(stats.lines_written + stats.lines_dropped, kLines);
  EXPECT_EQ(Lines(text), stats.lines_written);
  EXPECT_EQ(stats.write_failures, 0);
}

TEST_F(AccessLogTest, AReaderThatTakesNothingDoesNotKeepItFromEnding) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  const int reader = open(path_.c_str(), O_RDONLY | O_NONBLOCK);
  auto log = Open({.path = path_, .pipe_patience_ms = 5});
  auto writer = log->NewWriter();
  for (int i = 0; i < 2000; ++i) writer->Write(RecordOf("/a"));
  writer.reset();
  log->Flush();
  EXPECT_LT(log->GetStats().lines_written, 2000);
  EXPECT_EQ(log->GetStats().lines_dropped, 0);
  log.reset();
  close(reader);
}

// A disk that is full: the process may not make the file longer.
TEST_F(AccessLogTest, AFullDiskCostsLinesAndLeavesWholeOnesAfterIt) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  auto log = Open();
  auto writer = log->NewWriter();
  const size_t line_bytes = LineOf("/a").size();

  const rlimit small = {line_bytes + line_bytes / 2, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  for (int i = 0; i < 3; ++i) writer->Write(RecordOf("/a"));
  log->Flush();
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  AccessLog::Stats stats = log->GetStats();
  EXPECT_EQ(stats.lines_written, 1);
  EXPECT_EQ(stats.lines_dropped, 2);
  EXPECT_GE(stats.write_failures, 1);

  writer->Write(RecordOf("/b"));
  log->Flush();
  stats = log->GetStats();
  EXPECT_EQ(stats.lines_written, 2);
  EXPECT_EQ(ReadFile(path_), LineOf("/a") +
                                 LineOf("/a").substr(0, line_bytes / 2) + "\n" +
                                 LineOf("/b"));
}

}  // namespace
}  // namespace headgate::proxy
