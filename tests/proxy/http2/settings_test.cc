#include "proxy/http2/settings.h"

#include <gtest/gtest.h>

#include <string>

namespace headgate::http2 {
namespace {

std::string Setting(int id, uint32_t value) {
  std::string payload;
  AppendSetting(static_cast<SettingId>(id), value, &payload);
  return payload;
}

TEST(ServerSettingsTest, TakesWhatConcernsAClient) {
  ServerSettings settings;
  EXPECT_EQ(settings.Apply(""), ErrorCode::kNoError);
  EXPECT_EQ(settings.streams_max, UINT32_MAX);
  EXPECT_EQ(settings.window_bytes, 65'535);
  EXPECT_EQ(settings.Apply(Setting(3, 100) + Setting(4, 0) + Setting(3, 7)),
            ErrorCode::kNoError);
  EXPECT_EQ(settings.streams_max, 7u);  // the last one counts
  EXPECT_EQ(settings.window_bytes, 0);
  EXPECT_EQ(settings.Apply(Setting(4, 0x7fffffff)), ErrorCode::kNoError);
  EXPECT_EQ(settings.window_bytes, 0x7fffffff);
}

// RFC 9113 6.5.2.
TEST(ServerSettingsTest, JudgesEachByItsRule) {
  struct Row {
    int id;
    uint32_t value;
    ErrorCode error;
  };
  constexpr Row kRows[] = {
      {1, 0, ErrorCode::kNoError},
      {1, 0xffffffff, ErrorCode::kNoError},
      {2, 0, ErrorCode::kNoError},
      {2, 1, ErrorCode::kProtocolError},
      {4, 0x80000000, ErrorCode::kFlowControlError},
      {5, 16'383, ErrorCode::kProtocolError},
      {5, 16'384, ErrorCode::kNoError},
      {5, 0xffffff, ErrorCode::kNoError},
      {5, 0x1000000, ErrorCode::kProtocolError},
      {6, 0, ErrorCode::kNoError},
      {0xabcd, 1, ErrorCode::kNoError},
  };
  for (const Row& row : kRows) {
    ServerSettings settings;
    EXPECT_EQ(settings.Apply(Setting(row.id, row.value)), row.error)
        << row.id << " " << row.value;
  }
}

TEST(ServerSettingsTest, RefusesAPartOfASetting) {
  for (const size_t size : {1, 5, 7, 11}) {
    ServerSettings settings;
    EXPECT_EQ(settings.Apply(std::string(size, '\0')),
              ErrorCode::kFrameSizeError);
  }
}

}  // namespace
}  // namespace headgate::http2
