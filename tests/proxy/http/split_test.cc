// The oracle of the head readers: the same bytes, whole or cut up anyhow and
// moved about in memory between the cuts, are read the same.
#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/proxy/http/read_heads.h"

namespace headgate::http {
namespace {

// Feeds `bytes` up to each of `cuts` and then whole, each time in memory of its
// own.
template <typename Parser, typename Head>
std::string ParseCut(std::string_view bytes, std::vector<size_t> cuts,
                     const HeadLimits& limits) {
  Parser parser(limits);
  Head head;
  cuts.push_back(bytes.size());
  std::vector<std::unique_ptr<std::string>> kept;  // so that all differ
  ParseResult result;
  for (size_t cut : cuts) {
    kept.push_back(std::make_unique<std::string>(bytes.substr(0, cut)));
    kept.back()->reserve(bytes.size() + 64);
    result = ParseOnce(&parser, *kept.back(), &head);
    if (result.done() || result.error()) break;
  }
  return Describe(result, head);
}

// Refused early with other words is refused all the same.
std::string Outcome(const std::string& text) {
  return text.starts_with("error: ") ? "error" : text;
}

constexpr std::string_view kRequests[] = {
    "GET /a/b?c HTTP/1.1\r\nHost: a.example:80\r\nX-Y: z\r\n\r\n",
    "\r\nPOST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nConnection: x\r\n"
    "X: y\r\nExpect: 100-continue\r\n\r\nmore bytes",
    "OPTIONS * HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "PUT http://[::1]:8080/x HTTP/1.1\r\nHost: [::1]:8080\r\n"
    "Transfer-Encoding: chunked\r\nB:\t c \t\r\n\r\n5\r\n",
};
constexpr std::string_view kResponses[] = {
    "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nServer: x\r\n\r\nmore",
    "HTTP/1.0 404 \r\nConnection: keep-alive, x\r\nX: y\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
};

template <typename Parser, typename Head>
void ExpectSameAtEveryCut(std::string_view bytes) {
  const std::string whole = ParseCut<Parser, Head>(bytes, {}, {});
  EXPECT_NE(whole.substr(0, 5), "error") << whole;
  std::vector<size_t> every;
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_EQ((ParseCut<Parser, Head>(bytes, {cut}, {})), whole) << cut;
    every.push_back(cut);
  }
  EXPECT_EQ((ParseCut<Parser, Head>(bytes, every, {})), whole);
}

TEST(SplitTest, RequestsAreReadTheSameAtEveryCut) {
  for (std::string_view bytes : kRequests) {
    ExpectSameAtEveryCut<RequestParser, RequestHead>(bytes);
  }
}

TEST(SplitTest, AnswersAreReadTheSameAtEveryCut) {
  for (std::string_view bytes : kResponses) {
    ExpectSameAtEveryCut<ResponseParser, ResponseHead>(bytes);
  }
}

template <typename Parser, typename Head>
void ExpectSameAfterMutations(std::string_view seed, std::mt19937* random) {
  const HeadLimits limits = {
      .head_bytes = 200, .request_line_bytes = 60, .fields = 6};
  for (int round = 0; round < 5000; ++round) {
    const std::string bytes = Mutate(seed, random);
    std::vector<size_t> cuts;
    for (int i = 0; i < 4; ++i) cuts.push_back((*random)() % bytes.size());
    std::sort(cuts.begin(), cuts.end());
    const std::string whole = ParseCut<Parser, Head>(bytes, {}, limits);
    const std::string cut = ParseCut<Parser, Head>(bytes, cuts, limits);
    ASSERT_EQ(Outcome(cut), Outcome(whole)) << bytes;
  }
}

TEST(SplitTest, MutatedHeadsAreReadTheSameHoweverTheyAreCut) {
  std::mt19937 random(20);
  for (std::string_view seed : kRequests) {
    ExpectSameAfterMutations<RequestParser, RequestHead>(seed, &random);
  }
  for (std::string_view seed : kResponses) {
    ExpectSameAfterMutations<ResponseParser, ResponseHead>(seed, &random);
  }
}

}  // namespace
}  // namespace headgate::http
