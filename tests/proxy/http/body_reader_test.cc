#include "proxy/http/body_reader.h"

#include <random>
#include <string>

#include "gtest/gtest.h"

namespace headgate::http {
namespace {

using std::string_view_literals::operator""sv;
using Status = BodyReader::Status;

struct Outcome {
  Status status = Status::kNeedMore;
  std::string data;
  size_t consumed = 0;
  std::string_view sentence;

  bool operator==(const Outcome&) const = default;
};

// Reads `input` in pieces of `piece` bytes.
Outcome ReadAll(BodyReader* reader, std::string_view input, size_t piece) {
  Outcome outcome;
  size_t available = 0;
  while (outcome.status == Status::kNeedMore && available < input.size()) {
    available = std::min(available + piece, input.size());
    do {
      const BodyReader::Step step = reader->Read(
          input.substr(outcome.consumed, available - outcome.consumed));
      outcome.status = step.status;
      outcome.consumed += step.consumed;
      outcome.data += step.data;
      outcome.sentence = step.sentence;
    } while (outcome.status == Status::kData);
  }
  return outcome;
}

Outcome ReadChunked(std::string_view input, size_t piece = 1 << 20) {
  BodyReader reader;
  reader.Start(Framing::kChunked, 0);
  return ReadAll(&reader, input, piece);
}

TEST(BodyReaderTest, ReadsExactlyTheContentLength) {
  BodyReader reader;
  reader.Start(Framing::kContentLength, 5);
  EXPECT_FALSE(reader.FinishAtClose());
  EXPECT_EQ(ReadAll(&reader, "helloGET", 100),
            (Outcome{Status::kComplete, "hello", 5, ""}));
  EXPECT_TRUE(reader.complete());
  EXPECT_EQ(reader.body_bytes(), 5u);
}

TEST(BodyReaderTest, IsCompleteAtOnceWithoutABody) {
  BodyReader reader;
  reader.Start(Framing::kNone, 7);
  EXPECT_TRUE(reader.complete());
  reader.Start(Framing::kContentLength, 0);
  EXPECT_TRUE(reader.complete());
  EXPECT_TRUE(reader.FinishAtClose());
}

TEST(BodyReaderTest, EndsAtTheCloseWhereNothingElseSaysSo) {
  BodyReader reader;
  reader.Start(Framing::kUntilClose, 0);
  EXPECT_EQ(ReadAll(&reader, "hello", 2),
            (Outcome{Status::kNeedMore, "hello", 5, ""}));
  EXPECT_TRUE(reader.FinishAtClose());
}

TEST(BodyReaderTest, KnowsACutOffBody) {
  BodyReader reader;
  reader.Start(Framing::kChunked, 0);
  ReadAll(&reader, "5\r\nhello\r\n", 100);
  EXPECT_FALSE(reader.FinishAtClose());
}

TEST(BodyReaderTest, DecodesChunks) {
  const std::string_view bodies[] = {
      "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
      "b\r\nhello world\r\n000\r\n\r\n",
      "000000000000000B\r\nhello world\r\n0\r\n\r\n",
      "B;a;b=c;d=\"e\\\"; \xe9\"\r\nhello world\r\n0;z\r\n\r\n",
      "b\r\nhello world\r\n0\r\nVary: *\r\nX:\r\nContent-Length: 3\r\n\r\n",
  };
  for (std::string_view body : bodies) {
    const std::string input = std::string(body) + "next";
    for (size_t piece : {1, 2, 3, 5, 1000}) {
      EXPECT_EQ(ReadChunked(input, piece),
                (Outcome{Status::kComplete, "hello world", body.size(), ""}))
          << body << " in pieces of " << piece;
    }
  }
}

struct BrokenCase {
  std::string_view body;
  std::string_view sentence;
};

TEST(BodyReaderTest, RefusesBrokenFramingForItsReason) {
  constexpr std::string_view kNoNumber =
      "a chunk size is not a hexadecimal number";
  constexpr std::string_view kAfterSize =
      "a chunk size is followed by neither CRLF nor an extension";
  constexpr std::string_view kSizeLf = "a chunk size ends in CR without LF";
  constexpr std::string_view kData = "chunk data without CRLF behind it";
  constexpr std::string_view kExtension = "a bad chunk extension";
  constexpr std::string_view kName = "a trailer field has no name";
  constexpr std::string_view kToken = "a trailer field's name is not a token";
  constexpr std::string_view kControl = "a control byte in a trailer field";
  const BrokenCase cases[] = {
      {"z", kNoNumber},
      {" 5", kNoNumber},
      {"+5", kNoNumber},
      {"-1", kNoNumber},
      {"\r\n", kNoNumber},
      {";a", kNoNumber},
      {"0x5", kAfterSize},
      {"5 \r\n", kAfterSize},
      {"5\t;a", kAfterSize},
      {"5\n", kAfterSize},
      {"1g", kAfterSize},
      {"5_0", kAfterSize},
      {"00000000000000001", "a chunk size too long"},
      {"fffffffffffffffff", "a chunk size too long"},
      {"5\r5", kSizeLf},
      {"5\r\r\n", kSizeLf},
      {"5\r\nhelloo", kData},
      {"5\r\nhello\n", kData},
      {"5\r\nhello\rx", kData},
      {"5\r\nhello0\r\n\r\n", kData},
      {"5;\r\n", kExtension},
      {"5; a\r\n", kExtension},
      {"5;a =b\r\n", kExtension},
      {"5;a=\r\n", kExtension},
      {"5;a\n", kExtension},
      {"5;a=b\n", kExtension},
      {"5;a=\"b\r\n", kExtension},
      {"5;a=\"b\"c\r\n", kExtension},
      {"5;a=\"\\\n", kExtension},
      {"5;a\0\r\n"sv, kExtension},
      {"0\r\n\n", kName},
      {"0\r\n A: b\r\n", kName},
      {"0\r\n: b\r\n", kName},
      {"0\r\nA : b\r\n", kToken},
      {"0\r\nA\r\n", kToken},
      {"0\r\nA: b\n", kControl},
      {"0\r\nA: \0\r\n"sv, kControl},
      {"0\r\nA: b\rc", "a trailer field ends in CR without LF"},
      {"0\r\nA: b\r\n c\r\n", kName},
      {"0\r\n\rx", "the body ends in CR without LF"},
  };
  for (const BrokenCase& c : cases) {
    for (size_t piece : {1, 1000}) {
      const Outcome outcome = ReadChunked(c.body, piece);
      EXPECT_EQ(outcome.status, Status::kError) << c.body;
      EXPECT_EQ(outcome.sentence, c.sentence) << c.body;
    }
  }
}

TEST(BodyReaderTest, WaitsForTheRestOfTheLargestChunk) {
  const Outcome outcome = ReadChunked("ffffffffffffffff\r\nabc");
  EXPECT_EQ(outcome.status, Status::kNeedMore);
  EXPECT_EQ(outcome.data, "abc");
}

TEST(BodyReaderTest, BoundsExtensionsAndTrailers) {
  const std::string longest(BodyReader::kExtensionBytesMax - 1, 'a');
  EXPECT_EQ(ReadChunked("0;" + longest + "\r\n\r\n").status, Status::kComplete);
  EXPECT_EQ(ReadChunked("0;" + longest + "aa\r\n\r\n").sentence,
            "too many bytes of chunk extensions");
  std::string many;
  for (size_t i = 0; i < BodyReader::kExtensionBytesTotalMax / 50; ++i) {
    many += "1;" + std::string(50, 'a') + "\r\nx\r\n";
  }
  EXPECT_EQ(ReadChunked(many).sentence, "too many bytes of chunk extensions");

  std::string trailers = "0\r\n";
  for (int i = 0; i < BodyReader::kTrailersMax; ++i) trailers += "A: b\r\n";
  EXPECT_EQ(ReadChunked(trailers + "\r\n").status, Status::kComplete);
  EXPECT_EQ(ReadChunked(trailers + "A: b\r\n\r\n").sentence,
            "too many trailer fields");
  EXPECT_EQ(ReadChunked("0\r\nA: " + std::string(9000, 'b')).sentence,
            "too many bytes of trailer fields");
}

// What is decoded does not depend on how the bytes were cut up, whatever they
// are.
TEST(BodyReaderTest, ReadsMutatedBodiesTheSameHoweverTheyAreSplit) {
  const std::string_view seeds[] = {
      "5;a=\"b\"\r\nhello\r\n6\r\n world\r\n0\r\nA: b\r\n\r\n",
      "1\r\na\r\n2;x\r\nbc\r\n0\r\n\r\n",
  };
  constexpr std::string_view kBytes = "0159aAfF \t\r\n;=\"\\:x\0\x7f\xff"sv;
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    std::string body(seeds[round % 2]);
    for (int edits = 1 + static_cast<int>(random() % 3); edits > 0; --edits) {
      const size_t at = random() % body.size();
      body[at] = kBytes[random() % kBytes.size()];
    }
    const Outcome whole = ReadChunked(body);
    for (size_t piece : {1, 2, 7}) {
      ASSERT_EQ(ReadChunked(body, piece), whole) << body;
    }
  }
}

}  // namespace
}  // namespace headgate::http
