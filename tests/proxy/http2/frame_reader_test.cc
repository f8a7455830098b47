#include "proxy/http2/frame_reader.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "base/strings.h"
#include "tests/support/h2_server.h"

namespace headgate::http2 {
namespace {

using Found = FrameReader::Found;

// What came out: frames as "TYPE/FLAGS/STREAM:payload", the pieces of a DATA
// frame joined, with "+N" for N bytes that windows count beyond them.
struct Reading {
  std::vector<std::string> frames;
  Found end = Found::kNeedMore;
};

class FrameReaderTest : public testing::Test {
 protected:
  void Feed(std::string_view bytes) {
    while (reading.end == Found::kNeedMore) {
      Frame frame;
      const Found found = reader.Next(&bytes, &frame);
      if (found == Found::kNeedMore) {
        EXPECT_EQ(bytes, "");
        return;
      }
      if (found != Found::kFrame) {
        reading.end = found;
        return;
      }
      Take(frame);
    }
  }

  void Take(const Frame& frame) {
    const FrameHeader& header = frame.header;
    piece += frame.payload;
    counted += frame.counted;
    if (!frame.last) return;
    std::string text =
        StrCat(static_cast<int>(header.type), "/",
               static_cast<int>(header.flags), "/", header.stream, ":", piece);
    if (header.Is(FrameType::kData)) {
      EXPECT_EQ(counted, header.length);
      StrAppend(&text, "+", counted - piece.size());
    }
    reading.frames.push_back(std::move(text));
    piece.clear();
    counted = 0;
  }

  FrameReader reader;
  Reading reading;
  std::string piece;
  size_t counted = 0;
};

// DATA with padding, as RFC 9113 6.1 has it.
std::string Padded(std::string_view data, int padding) {
  return test::Frame(0, kPadded, 3,
                     StrCat(std::string(1, static_cast<char>(padding)), data,
                            std::string(static_cast<size_t>(padding), '\0')));
}

TEST_F(FrameReaderTest, HandsOverWholeFramesWhereTheyLie) {
  const std::string bytes =
      test::Frame(1, kEndHeaders, 7, "fields") + test::Frame(4, kAck, 0, "");
  std::string_view unread = bytes;
  Frame frame;
  ASSERT_EQ(reader.Next(&unread, &frame), Found::kFrame);
  EXPECT_EQ(frame.payload, "fields");
  EXPECT_EQ(frame.payload.data(), bytes.data() + kFrameHeaderBytes);
  EXPECT_EQ(frame.header.stream, 7u);
  ASSERT_EQ(reader.Next(&unread, &frame), Found::kFrame);
  EXPECT_TRUE(frame.header.Is(FrameType::kSettings));
  EXPECT_TRUE(frame.header.Has(kAck));
  EXPECT_EQ(reader.Next(&unread, &frame), Found::kNeedMore);
}

TEST_F(FrameReaderTest, HandsOverDataAsItComesAndOthersWhole) {
  const std::string data = test::Frame(0, kEndStream, 1, "abcdef");
  std::string_view first = std::string_view(data).substr(0, 11);
  Frame frame;
  ASSERT_EQ(reader.Next(&first, &frame), Found::kFrame);
  EXPECT_EQ(frame.payload, "ab");
  EXPECT_FALSE(frame.last);
  EXPECT_EQ(reader.Next(&first, &frame), Found::kNeedMore);
  std::string_view rest = std::string_view(data).substr(11);
  ASSERT_EQ(reader.Next(&rest, &frame), Found::kFrame);
  EXPECT_EQ(frame.payload, "cdef");
  EXPECT_TRUE(frame.last);

  const std::string ping = test::Frame(6, 0, 0, "12345678");
  first = std::string_view(ping).substr(0, 16);
  EXPECT_EQ(reader.Next(&first, &frame), Found::kNeedMore);
  rest = std::string_view(ping).substr(16);
  ASSERT_EQ(reader.Next(&rest, &frame), Found::kFrame);
  EXPECT_EQ(frame.payload, "12345678");
}

TEST_F(FrameReaderTest, IgnoresTheReservedBitOfTheStream) {
  Feed(test::Frame(8, 0, 0x80000005, "1234"));
  EXPECT_EQ(reading.frames, std::vector<std::string>{"8/0/5:1234"});
}

TEST_F(FrameReaderTest, TakesPaddingOffAndCountsIt) {
  Feed(Padded("", 0) + Padded("", 255) + Padded("ok", 0) + Padded("ok", 3));
  EXPECT_EQ(reading.frames,
            (std::vector<std::string>{"0/8/3:+1", "0/8/3:+256", "0/8/3:ok+1",
                                      "0/8/3:ok+4"}));
}

TEST_F(FrameReaderTest, RefusesMorePaddingThanThereIsPayload) {
  for (const std::string_view payload : {"", "\1", "\3ab"}) {
    FrameReader fresh;
    const std::string bytes = test::Frame(0, kPadded, 1, payload);
    std::string_view unread = bytes;
    Frame frame;
    EXPECT_EQ(fresh.Next(&unread, &frame), Found::kBadPadding) << payload;
  }
}

TEST_F(FrameReaderTest, RefusesAFrameThatIsTooLargeByItsHeader) {
  const std::string most(kPayloadBytesMax, 'x');
  Feed(test::Frame(1, 0, 1, most));
  EXPECT_EQ(reading.frames.size(), 1u);
  Feed(test::Frame(1, 0, 1, most + "x").substr(0, kFrameHeaderBytes));
  EXPECT_EQ(reading.end, Found::kTooLarge);
}

// The oracle: the same bytes, read whole.
TEST_F(FrameReaderTest, CutsAlikeHoweverTheBytesCome) {
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    std::string bytes;
    for (int i = 0; i < 12; ++i) {
      const auto size = random() % 4 == 0 ? random() % 3000 : random() % 12;
      const std::string payload(size, static_cast<char>('a' + i));
      bytes += random() % 3 == 0
                   ? Padded(payload, static_cast<int>(random() % 256))
                   : test::Frame(static_cast<uint8_t>(random() % 12), 0,
                                 random() % 9, payload);
    }
    reader = FrameReader();
    reading = Reading();
    Feed(bytes);
    const std::vector<std::string> whole = reading.frames;
    ASSERT_EQ(whole.size(), 12u);
    reader = FrameReader();
    reading = Reading();
    const size_t most = 1 + random() % 40;
    for (size_t at = 0; at < bytes.size();) {
      const size_t size = 1 + random() % most;
      Feed(std::string_view(bytes).substr(at, size));
      at += size;
    }
    ASSERT_EQ(reading.frames, whole);
    ASSERT_EQ(reading.end, Found::kNeedMore);
  }
}

}  // namespace
}  // namespace headgate::http2
