#include "proxy/http/target.h"

#include <random>
#include <string>

#include "gtest/gtest.h"

namespace headgate::http {
namespace {

using policy::Refusal;
using std::string_view_literals::operator""sv;

struct NormalCase {
  std::string_view target;
  std::string_view path;
  std::string_view query;
};

TEST(NormalizeTargetTest, FollowsRfc3986) {
  const NormalCase cases[] = {
      {"/", "/", ""},
      {"", "/", ""},
      {"?a=b", "/", "a=b"},
      {"/a/b?c?d/e", "/a/b", "c?d/e"},
      {"/a?", "/a", ""},
      {"//a//b/", "//a//b/", ""},
      {"/%61%2d%2E%5f%7e%30%5A", "/a-._~0Z", ""},
      {"/a%2cb%c3%a9", "/a%2Cb%C3%A9", ""},
      {"/%25", "/%25", ""},
      {"/%2541", "/%2541", ""},
      {"/a/./b", "/a/b", ""},
      {"/a/../b", "/b", ""},
      {"/a/b/../../", "/", ""},
      {"/a/./", "/a/", ""},
      {"/a//../b", "/a/b", ""},
      {"/./a", "/a", ""},
      {"/a/%2e/b/%2E%2e/c", "/a/c", ""},
      {"/.a/..b/...", "/.a/..b/...", ""},
      {"/...;x", "/...;x", ""},
      {"/a;x=1/b;y", "/a;x=1/b;y", ""},
      {"/!$&'()*+,;=:@", "/!$&'()*+,;=:@", ""},
      {"/a?x=%2e%2F%c3%28&y=..;/../", "/a", "x=.%2F%C3%28&y=..;/../"},
      {"/a?%252e", "/a", "%252e"},
      {"/a?b[]={c|d}^`\\", "/a", "b%5B%5D=%7Bc%7Cd%7D%5E%60%5C"},
      {"*", "*", ""},
  };
  std::string storage;
  for (const NormalCase& c : cases) {
    Target target;
    TargetError error;
    ASSERT_TRUE(NormalizeTarget(c.target, &storage, &target, &error))
        << c.target << ": " << error.sentence;
    EXPECT_EQ(target.path, c.path) << c.target;
    EXPECT_EQ(target.query, c.query) << c.target;
    EXPECT_EQ(target.has_query, c.target.find('?') != c.target.npos);
  }
}

struct RefusedCase {
  std::string_view target;
  Refusal refusal;
  std::string_view sentence;
};

TEST(NormalizeTargetTest, RefusesWhatTwoReadersMightReadDifferently) {
  constexpr Refusal kPath = Refusal::kBadPath;
  constexpr Refusal kQuery = Refusal::kInvalidQuery;
  constexpr std::string_view kEscape = "a malformed escape in the target";
  constexpr std::string_view kNul = "an escaped NUL in the target";
  constexpr std::string_view kRaw = "a byte in the target that must be escaped";
  constexpr std::string_view kSlash =
      "an escaped slash or backslash in the path";
  constexpr std::string_view kDouble = "a doubly escaped byte in the path";
  constexpr std::string_view kUtf8 = "an escape in the path is not UTF-8";
  constexpr std::string_view kParameter = "a dot segment with a parameter";
  constexpr std::string_view kRoot = "dot segments lead above the root";
  constexpr std::string_view kEnd = "a dot segment at the end of the path";
  const RefusedCase cases[] = {
      {"/%", kPath, kEscape},
      {"/%4", kPath, kEscape},
      {"/%4g", kPath, kEscape},
      {"/%u0041", kPath, kEscape},
      {"/a?%zz", kQuery, kEscape},
      {"/a?b%", kQuery, kEscape},
      {"/%00", kPath, kNul},
      {"/a%00.html", kPath, kNul},
      {"/a?%00", kQuery, kNul},
      {"/a\\b", kPath, kRaw},
      {"/a#b", kPath, kRaw},
      {"/a?b#c", kQuery, kRaw},
      {"/a\"b", kPath, kRaw},
      {"/{a}", kPath, kRaw},
      {"/a?b<c", kQuery, kRaw},
      {"/a?\"", kQuery, kRaw},
      {"/a[b]", kPath, kRaw},
      {"/a\x80", kPath, kRaw},
      {"/a?\xff", kQuery, kRaw},
      {"/a\x01", kPath, kRaw},
      {"/a\0"sv, kPath, kRaw},
      {"/a%2fb", kPath, kSlash},
      {"/a%2Fb", kPath, kSlash},
      {"/a%5cb", kPath, kSlash},
      {"/..%5C", kPath, kSlash},
      {"/%252e%252e/a", kPath, kDouble},
      {"/a%252Fb", kPath, kDouble},
      {"/a%255cb", kPath, kDouble},
      {"/a%2500", kPath, kDouble},
      {"/a%25252e", kPath, kDouble},
      {"/a%25%32%65", kPath, kDouble},
      {"/%c0%ae", kPath, kUtf8},
      {"/%c0%af", kPath, kUtf8},
      {"/%e0%80%af", kPath, kUtf8},
      {"/%f0%80%80%af", kPath, kUtf8},
      {"/%ed%a0%80", kPath, kUtf8},
      {"/%f4%90%80%80", kPath, kUtf8},
      {"/%f5%80%80%80", kPath, kUtf8},
      {"/%e9", kPath, kUtf8},
      {"/%c3a", kPath, kUtf8},
      {"/%c3%a9%a9", kPath, kUtf8},
      {"/%e3%81", kPath, kUtf8},
      {"/a/..;/b", kPath, kParameter},
      {"/a/.;x/b", kPath, kParameter},
      {"/a/%2e%2e;x", kPath, kParameter},
      {"/a/..%3bx", kPath, kParameter},
      {"/..", kPath, kRoot},
      {"/../a", kPath, kRoot},
      {"/a/../../b", kPath, kRoot},
      {"/%2e%2e/a", kPath, kRoot},
      {"/a/..", kPath, kEnd},
      {"/a/b/.", kPath, kEnd},
      {"/a//..", kPath, kEnd},
      {"/.", kPath, kEnd},
      {"/a/b/%2E%2E?c", kPath, kEnd},
      {"/a/%2e", kPath, kEnd},
  };
  std::string storage;
  for (const RefusedCase& c : cases) {
    Target target;
    TargetError error;
    EXPECT_FALSE(NormalizeTarget(c.target, &storage, &target, &error))
        << c.target;
    EXPECT_EQ(error.refusal, c.refusal) << c.target;
    EXPECT_EQ(error.sentence, c.sentence) << c.target;
  }
}

TEST(NormalizeTargetTest, CopiesNothingWhereNothingIsToDo) {
  const std::string_view input = "/acme/chat/chatrooms/1/users/bob?a=b&c";
  std::string storage;
  Target target;
  TargetError error;
  ASSERT_TRUE(NormalizeTarget(input, &storage, &target, &error));
  EXPECT_EQ(target.path.data(), input.data());
  EXPECT_EQ(target.query.data(), input.data() + input.find('?') + 1);
  EXPECT_EQ(storage.capacity(), std::string().capacity());
}

TEST(NormalizeTargetTest, SendsOptionsOfAWholeServerAsAsterisk) {
  RequestHead head;
  head.method = Method::kOptions;
  std::string storage;
  Target target;
  TargetError error;
  ASSERT_TRUE(NormalizeTarget(head, &storage, &target, &error));
  EXPECT_EQ(target.path, "*");
  head.method = Method::kGet;
  ASSERT_TRUE(NormalizeTarget(head, &storage, &target, &error));
  EXPECT_EQ(target.path, "/");
}

// Normalising is done once: a second time changes nothing, and what comes out
// is never refused.
TEST(NormalizeTargetTest, IsIdempotent) {
  constexpr std::string_view kPieces[] = {"/",      "a",   ".",   "..", "%2e",
                                          "%41",    "%2c", "%25", ";",  "?",
                                          "%c3%a9", "//",  "/..", "%3B"};
  std::mt19937 random(7);
  int accepted = 0;
  for (int round = 0; round < 50000; ++round) {
    std::string input = "/";
    for (int pieces = static_cast<int>(random() % 9); pieces > 0; --pieces) {
      input += kPieces[random() % std::size(kPieces)];
    }
    std::string once, twice;
    Target first, second;
    TargetError error;
    if (!NormalizeTarget(input, &once, &first, &error)) continue;
    ++accepted;
    std::string rebuilt(first.path);
    if (first.has_query) rebuilt.append("?").append(first.query);
    ASSERT_TRUE(NormalizeTarget(rebuilt, &twice, &second, &error)) << input;
    ASSERT_EQ(second.path, first.path) << input;
    ASSERT_EQ(second.query, first.query) << input;
    ASSERT_EQ(first.path.find("/../"), std::string_view::npos) << input;
  }
  EXPECT_GT(accepted, 10000);
}

}  // namespace
}  // namespace headgate::http
