#include "proxy/http/head_memory.h"

#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/proxy/http/read_heads.h"

namespace headgate::http {
namespace {

constexpr std::string_view kLines =
    "Host: chat.example\r\nUser-Agent: t\r\nAuthorization: Bearer x\r\n\r\n";

// Comes as often as it takes to be kept.
void Keep(std::string_view bytes, RequestMemory* memory, HeadMarks* marks) {
  memory->Claim(bytes, 1, marks);
  memory->Claim(bytes, 1, marks);
}

// Of a body of so many bytes.
std::string LinesFor(int length) {
  return "Host: h\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

TEST(HeadMemoryTest, KeepsWhatComesForTheSecondTime) {
  RequestMemory memory(16);
  HeadMarks marks;
  EXPECT_EQ(memory.Claim(kLines, 3, &marks), nullptr);
  EXPECT_EQ(memory.Find(kLines, &marks), nullptr);
  KnownHead<RequestHead>* fresh = memory.Claim(kLines, 3, &marks);
  ASSERT_NE(fresh, nullptr);
  EXPECT_EQ(fresh->bytes, kLines);
  EXPECT_EQ(memory.Find(std::string(kLines) + "{}", &marks), fresh);
}

// Another connection that sends the same finds it, but not before it has sent
// it once: nobody learns what others send.
TEST(HeadMemoryTest, ASenderIsComparedWithWhatItHasSentItself) {
  RequestMemory memory(1);
  HeadMarks first, second;
  Keep(kLines, &memory, &first);
  EXPECT_EQ(memory.Find(kLines, &second), nullptr);
  EXPECT_EQ(memory.Claim(kLines, 3, &second), nullptr);
  EXPECT_NE(memory.Find(kLines, &second), nullptr);
}

// The marks in the order in which they are tried.
std::vector<HeadMark> Tried(HeadMarks marks) {
  std::vector<HeadMark> tried;
  EXPECT_FALSE(marks.Find([&](HeadMark mark) {
    tried.push_back(mark);
    return false;
  }));
  return tried;
}
bool Use(HeadMark wanted, HeadMarks* marks) {
  return marks->Find([wanted](HeadMark mark) { return mark == wanted; });
}

TEST(HeadMarksTest, WhatCameLastIsTriedFirst) {
  using Marks = std::vector<HeadMark>;
  HeadMarks marks;
  EXPECT_EQ(Tried(marks), Marks());
  for (const HeadMark mark : {1, 2, 3, 4}) marks.Add(mark);
  EXPECT_EQ(Tried(marks), (Marks{4, 3, 2, 1}));
  EXPECT_TRUE(Use(2, &marks));
  EXPECT_EQ(Tried(marks), (Marks{2, 4, 3, 1}));
  EXPECT_FALSE(Use(5, &marks));
  EXPECT_EQ(Tried(marks), (Marks{2, 4, 3, 1}));
}

TEST(HeadMarksTest, ANewOneTakesThePlaceOfTheLeastRecent) {
  using Marks = std::vector<HeadMark>;
  HeadMarks marks;
  for (const HeadMark mark : {1, 2, 3, 4, 3, 1, 5, 5}) marks.Add(mark);
  EXPECT_EQ(Tried(marks), (Marks{5, 1, 3, 4}));
}

TEST(HeadMemoryTest, ASenderMayTakeTurns) {
  HeadMarks marks;
  // In a memory of one place the second head would push out the first.
  RequestMemory memories[2] = {RequestMemory(1), RequestMemory(1)};
  for (int i = 0; i < 2; ++i) Keep(LinesFor(i), &memories[i], &marks);
  for (int turn = 0; turn < 6; ++turn) {
    const int i = turn % 2;
    const auto* known = memories[i].Find(LinesFor(i), &marks);
    ASSERT_NE(known, nullptr) << turn;
    EXPECT_EQ(known->bytes, LinesFor(i));
    EXPECT_EQ(memories[i].Find(LinesFor(1 - i), &marks), nullptr);
  }
}

TEST(HeadMemoryTest, FindsOnlyWhatIsTheSameToTheLastByte) {
  RequestMemory memory(16);
  HeadMarks marks;
  Keep(kLines, &memory, &marks);
  EXPECT_EQ(memory.Find("", &marks), nullptr);
  EXPECT_EQ(memory.Find(kLines.substr(0, kLines.size() - 1), &marks), nullptr);
  for (size_t at = 0; at < kLines.size(); ++at) {
    std::string other(kLines);
    other[at] ^= 1;
    EXPECT_EQ(memory.Find(other, &marks), nullptr) << at;
  }
}

TEST(HeadMemoryTest, KeepsNothingLarge) {
  RequestMemory memory(1);
  HeadMarks marks;
  const std::string large(RequestMemory::kBytesMax + 1, 'x');
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(memory.Claim(large, 1, &marks), nullptr);
    EXPECT_EQ(memory.Claim(kLines, RequestMemory::kFieldsMax + 1, &marks),
              nullptr);
  }
  EXPECT_EQ(memory.Find(large, &marks), nullptr);
  EXPECT_EQ(memory.Find(kLines, &marks), nullptr);
  const std::string largest = large.substr(1);
  memory.Claim(largest, RequestMemory::kFieldsMax, &marks);
  EXPECT_NE(memory.Claim(largest, RequestMemory::kFieldsMax, &marks), nullptr);
}

// What comes once only, however much of it, pushes out nothing, and the sender
// keeps its marks.
TEST(HeadMemoryTest, WhatIsNeverRepeatedPushesOutNothing) {
  RequestMemory memory(1);
  HeadMarks marks;
  Keep(kLines, &memory, &marks);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(memory.Claim(LinesFor(i), 1, &marks), nullptr);
  }
  EXPECT_NE(memory.Find(kLines, &marks), nullptr);
}

TEST(HeadMemoryTest, WhatIsRepeatedTakesThePlaceOfTheOneBefore) {
  RequestMemory memory(1);
  HeadMarks marks;
  Keep(kLines, &memory, &marks);
  Keep("X: 1\r\n\r\n", &memory, &marks);
  EXPECT_EQ(memory.Find(kLines, &marks), nullptr);
  EXPECT_NE(memory.Find("X: 1\r\n\r\n", &marks), nullptr);
}

template <typename Memory, typename Parser, typename Head>
class Remembering {
 public:
  explicit Remembering(HeadLimits limits = {}) : limits_(limits) {}

  // What a parser that remembers says, each time in memory of its own.
  std::string Read(std::string_view bytes) {
    const std::string copy(bytes);
    parser_.Reset();
    const ParseResult result = ParseOnce(&parser_, copy, &head_);
    return Describe(result, head_);
  }
  std::string ReadAnew(std::string_view bytes) const {
    Parser parser(limits_);
    Head head;
    const ParseResult result = ParseOnce(&parser, bytes, &head);
    return Describe(result, head);
  }
  // So often that it is known.
  void Learn(std::string_view bytes) {
    for (int i = 0; i < 3; ++i) Read(bytes);
  }

 private:
  HeadLimits limits_;
  Memory memory_{4};
  Parser parser_{limits_, &memory_};
  Head head_;
};
using Requests = Remembering<RequestMemory, RequestParser, RequestHead>;
using Responses = Remembering<ResponseMemory, ResponseParser, ResponseHead>;

TEST(HeadMemoryTest, AKnownRequestIsReadAsAnyOther) {
  Requests requests;
  const std::string lines(kLines);
  requests.Learn("GET /a HTTP/1.1\r\n" + lines);
  for (const std::string line :
       {"POST /b?c=d HTTP/1.1\r\n", "DELETE /%41/x HTTP/1.1\r\n",
        "PATCH / HTTP/1.1\r\n", "HEAD /a HTTP/1.1\r\n"}) {
    EXPECT_EQ(requests.Read(line + lines), requests.ReadAnew(line + lines));
  }
}

TEST(HeadMemoryTest, FramingIsKnownWithTheLinesThatSayIt) {
  Requests requests;
  const std::string lines =
      "Host: a\r\nContent-Length: 12\r\nExpect: 100-continue\r\n"
      "Connection: close, x-mine\r\nX-Mine: 1\r\n\r\n";
  requests.Learn("PUT /a HTTP/1.1\r\n" + lines);
  const std::string next = "POST /b HTTP/1.1\r\n" + lines + "twelve bytes";
  EXPECT_EQ(requests.Read(next), requests.ReadAnew(next));
  EXPECT_NE(requests.Read(next).find(" 1 12 close expect"), std::string::npos)
      << requests.Read(next);
}

// Under these the same field lines may mean something else.
TEST(HeadMemoryTest, AnUnusualRequestLineIsReadWithItsFields) {
  Requests requests;
  const std::string body_lines = "Host: a\r\nContent-Length: 2\r\n\r\n";
  for (const std::string& lines : {std::string(kLines), body_lines}) {
    for (const std::string line :
         {"TRACE /a HTTP/1.1\r\n", "CONNECT a:1 HTTP/1.1\r\n",
          "PROPFIND /a HTTP/1.1\r\n", "GET /a HTTP/1.0\r\n",
          "GET /a HTTP/1.2\r\n", "GET http://other/a HTTP/1.1\r\n",
          "GET http://chat.example/a HTTP/1.1\r\n", "OPTIONS * HTTP/1.1\r\n",
          "GET a HTTP/1.1\r\n", "GET  /a HTTP/1.1\r\n", "GET /a\r\n",
          "GET /a\tb HTTP/1.1\r\n", "GET /a\n HTTP/1.1\r\n", "\r\n", "",
          "G(T /a HTTP/1.1\r\n", "GET /a HTTP/1.1\n", " GET /a HTTP/1.1\r\n"}) {
      requests.Learn("GET /a HTTP/1.1\r\n" + lines);
      EXPECT_EQ(requests.Read(line + lines), requests.ReadAnew(line + lines))
          << line;
    }
  }
}

TEST(HeadMemoryTest, AnEmptyLineBeforeAKnownRequestIsTakenStill) {
  Requests requests;
  const std::string request = "\r\nGET /a HTTP/1.1\r\n" + std::string(kLines);
  requests.Learn(request.substr(2));
  EXPECT_EQ(requests.Read(request), requests.ReadAnew(request));
  EXPECT_EQ(requests.Read("\r\n" + request),
            requests.ReadAnew("\r\n" + request));
}

// The memory is the worker's, and a connection's limits are those under which
// it was accepted.
TEST(HeadMemoryTest, ALimitHoldsForWhatIsKnownToo) {
  RequestMemory memory(4);
  const std::string request = "GET /abc HTTP/1.1\r\n" + std::string(kLines);
  const HeadLimits limits[] = {
      {.head_bytes = request.size() - 1},
      {.request_line_bytes = request.size() - kLines.size() - 1},
      {.fields = 2},
      {.head_bytes = request.size(),
       .request_line_bytes = request.size() - kLines.size(),
       .fields = 3},
  };
  for (const HeadLimits& limit : limits) {
    RequestParser wide({}, &memory);
    RequestParser narrow(limit, &memory);
    RequestParser alone(limit);
    RequestHead head, expected;
    for (int i = 0; i < 4; ++i) {
      wide.Reset();
      ASSERT_TRUE(wide.Parse(request, &head).done());
      narrow.Reset();
      alone.Reset();
      const ParseResult result = narrow.Parse(request, &head);
      const ParseResult anew = alone.Parse(request, &expected);
      EXPECT_EQ(Describe(result, head), Describe(anew, expected));
      EXPECT_EQ(result.refusal, anew.refusal);
    }
  }
}

bool Holds(std::string_view outer, std::string_view inner) {
  return inner.data() >= outer.data() &&
         inner.data() + inner.size() <= outer.data() + outer.size();
}

// The memory may forget while the request is still being answered.
TEST(HeadMemoryTest, AHeadViewsItsOwnBytesAndNotThoseOfTheMemory) {
  RequestMemory memory(4);
  RequestParser parser({}, &memory);
  RequestHead head;
  for (int i = 0; i < 4; ++i) {
    const std::string request =
        "GET /" + std::to_string(i) + " HTTP/1.1\r\n" + std::string(kLines);
    parser.Reset();
    ASSERT_TRUE(parser.Parse(request, &head).done());
    EXPECT_TRUE(Holds(request, head.target));
    EXPECT_TRUE(Holds(request, head.authority));
    for (const Field& field : head.fields) {
      EXPECT_TRUE(Holds(request, field.name)) << i;
      EXPECT_TRUE(Holds(request, field.value)) << i;
    }
  }
  ResponseMemory answers(4);
  ResponseParser answer_parser({}, &answers);
  ResponseHead answer;
  for (int i = 0; i < 4; ++i) {
    const std::string bytes = "HTTP/1.1 200 Fine\r\nContent-Length: 0\r\n\r\n";
    answer_parser.Reset();
    ASSERT_TRUE(answer_parser.Parse(bytes, Method::kGet, &answer).done());
    EXPECT_TRUE(Holds(bytes, answer.reason));
    EXPECT_TRUE(Holds(bytes, answer.fields[0].value));
  }
}

// The same bytes say that a body follows to all but HEAD.
TEST(HeadMemoryTest, AnAnswerToHeadIsReadByItself) {
  ResponseMemory memory(4);
  ResponseParser parser({}, &memory);
  ResponseHead head;
  const std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  for (const Method method :
       {Method::kGet, Method::kGet, Method::kGet, Method::kHead, Method::kHead,
        Method::kHead, Method::kGet}) {
    parser.Reset();
    ASSERT_TRUE(parser.Parse(bytes, method, &head).done());
    EXPECT_EQ(head.framing, method == Method::kHead ? Framing::kNone
                                                    : Framing::kContentLength);
    EXPECT_EQ(head.content_length, 5u);
  }
}

// The oracle: whatever came before, a head is read as a parser without a memory
// reads it. Lines and fields are drawn from few, so that most are known.
TEST(HeadMemoryTest, WhatWasReadBeforeChangesNothing) {
  const std::vector<std::string> lines = {
      "GET /a HTTP/1.1\r\n", "POST /b?x HTTP/1.1\r\n", "TRACE /a HTTP/1.1\r\n",
      "GET http://h/ HTTP/1.1\r\n", "PUT /c HTTP/1.0\r\n"};
  const std::vector<std::string> fields = {
      "Host: h\r\n\r\n", "Host: h\r\nContent-Length: 3\r\n\r\nabc",
      "Host: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "Host: i\r\nConnection: a\r\nA: b\r\n\r\n", "A: b\r\n\r\n"};
  const HeadLimits limits = {
      .head_bytes = 70, .request_line_bytes = 30, .fields = 3};
  Requests requests(limits);
  std::mt19937 random(5);
  for (int i = 0; i < 50'000; ++i) {
    std::string bytes =
        lines[random() % lines.size()] + fields[random() % fields.size()];
    if (random() % 4 == 0) bytes = Mutate(bytes, &random);
    ASSERT_EQ(requests.Read(bytes), requests.ReadAnew(bytes)) << bytes;
  }
}

TEST(HeadMemoryTest, WhatWasAnsweredBeforeChangesNothing) {
  const std::vector<std::string> seeds = {
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: t\r\n\r\n{}",
      "HTTP/1.1 204 No Content\r\nDate: d\r\n\r\n",
      "HTTP/1.0 404 \r\nConnection: keep-alive, x\r\nX: y\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
      "HTTP/1.1 100 Continue\r\n\r\n"};
  Responses responses;
  std::mt19937 random(6);
  for (int i = 0; i < 50'000; ++i) {
    std::string bytes = seeds[random() % seeds.size()];
    if (random() % 4 == 0) bytes = Mutate(bytes, &random);
    ASSERT_EQ(responses.Read(bytes), responses.ReadAnew(bytes)) << bytes;
  }
}

}  // namespace
}  // namespace headgate::http
