#include "cli/replay/log_file.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace headgate::cli {
namespace {

std::vector<std::string> LinesOf(const std::string& text, absl::Status* status,
                                 bool* ended) {
  test::TempDir dir;
  const auto file = LogFile::Open(dir.Write("log", text));
  std::vector<std::string> lines;
  std::string_view line;
  while ((*file)->Next(&line)) {
    lines.emplace_back(line);
    EXPECT_EQ((*file)->line(), static_cast<int64_t>(lines.size()));
  }
  *status = (*file)->status();
  *ended = (*file)->ended();
  return lines;
}

TEST(LogFileTest, GivesLines) {
  absl::Status status;
  bool ended = false;
  EXPECT_TRUE(LinesOf("", &status, &ended).empty());
  EXPECT_EQ(LinesOf("a\n\nbc\n", &status, &ended),
            (std::vector<std::string>{"a", "", "bc"}));
  EXPECT_TRUE(status.ok() && ended);
  EXPECT_EQ(LinesOf("a\nb", &status, &ended),
            (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(status.ok() && !ended);
  // Over the ends of what is read at a time.
  std::vector<std::string> many;
  for (size_t i = 1; i < 300; ++i) many.emplace_back(i * 97, 'x');
  EXPECT_EQ(LinesOf(Join(many, "\n") + "\n", &status, &ended), many);
}

TEST(LogFileTest, RefusesALineWithoutAnEnd) {
  absl::Status status;
  bool ended = false;
  const std::string text = "a\n" + std::string(LogFile::kLineBytesMax + 1, 'x');
  EXPECT_EQ(LinesOf(text, &status, &ended).size(), 1u);
  EXPECT_EQ(FromAbsl(status.message()), "a line of more than 256 KiB");
}

TEST(LogFileTest, SaysWhyItCannotBeOpened) {
  test::TempDir dir;
  EXPECT_EQ(FromAbsl(LogFile::Open(dir.File("no")).status().message()),
            "No such file or directory");
  EXPECT_EQ(FromAbsl(LogFile::Open(dir.path()).status().message()),
            "Is a directory");
}

TEST(CallOrderTest, GivesCallsInTheOrderOfTheirTimes) {
  std::vector<int64_t> times;
  std::mt19937 random(7);  // a seed that stays
  for (int64_t i = 0; i < 5000; ++i) {
    times.push_back(i * 10'000 + static_cast<int64_t>(random() % 9'000'000));
  }
  CallOrder order;
  std::vector<int64_t> out;
  const auto drain = [&](bool all) {
    while (const ReplayCall* call = order.Pop(all)) {
      out.push_back(call->decided_us);
    }
  };
  size_t held_max = 0, pushed = 0;
  for (const int64_t time : times) {
    ReplayCall* call = order.Slot();
    call->decided_us = time;
    call->line = static_cast<int64_t>(++pushed);
    order.Push();
    drain(false);
    held_max = std::max(held_max, pushed - out.size());
  }
  EXPECT_LT(held_max, 2500u);
  drain(true);
  std::vector<int64_t> sorted = times;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(out, sorted);
  EXPECT_EQ(order.late(), 0);
}

TEST(CallOrderTest, CountsWhatComesTooLate) {
  CallOrder order;
  for (const int64_t time : {0, 20'000'000, 1}) {
    order.Slot()->decided_us = time;
    order.Push();
    while (order.Pop(false) != nullptr) {
    }
  }
  EXPECT_EQ(order.late(), 0);  // nothing that came after it was decided
  order.Slot()->decided_us = 40'000'000;
  order.Push();
  while (order.Pop(false) != nullptr) {
  }
  order.Slot()->decided_us = 2;
  order.Push();
  EXPECT_EQ(order.late(), 1);
}

}  // namespace
}  // namespace headgate::cli
