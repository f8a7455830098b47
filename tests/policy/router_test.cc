#include "policy/router.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace headgate::policy {
namespace {

using Kind = TemplateSegment::Kind;
using Outcome = Router::Outcome;

struct Template {
  std::string method, path;
};

// "{a,}" is a list whose separator is ','; "{empty}" may be empty.
std::vector<TemplateSegment> Parse(std::string path) {
  std::vector<bool> lists;
  for (size_t at; (at = path.find(",}")) != std::string::npos;) {
    path.erase(at, 1);
    path.insert(at, "_list");
  }
  std::vector<TemplateSegment> segments;
  EXPECT_TRUE(ParseTemplate(path, &segments)) << path;
  for (TemplateSegment& segment : segments) {
    const bool list =
        segment.kind == Kind::kVariable && segment.text.ends_with("_list");
    if (list) segment.separator = ',';
    segment.may_be_empty = segment.text == "empty";
  }
  return segments;
}

Router Build(const std::vector<Template>& templates) {
  Router router;
  for (size_t i = 0; i < templates.size(); ++i) {
    router.Add(templates[i].method, Parse(templates[i].path),
               static_cast<int>(i));
  }
  return router;
}

const std::vector<Template> kChat = {
    {"POST", "/{org}/{app}/chatrooms/{id}/users/{name}"},      // 0
    {"DELETE", "/{org}/{app}/chatrooms/{id}/users/{name}"},    // 1
    {"DELETE", "/{org}/{app}/chatrooms/{id}/users/{names,}"},  // 2
    {"GET", "/{org}/{app}/chatrooms/super_admin"},             // 3
    {"GET", "/{org}/{app}/chatrooms/{id}"},                    // 4
    {"PUT", "/{org}/{app}/chatrooms/{id}"},                    // 5
    {"GET", "/v2/apps/me/members"},                            // 6
    {"POST", "/{org}/{app}/internal/{rest...}"},               // 7
    {"GET", "/"},                                              // 8
    {"HEAD", "/v2/apps/me/members"},                           // 9
    {"GET", "/only/{names,}"},                                 // 10
};

TEST(RouterTest, FindsTheMostLiteralTemplate) {
  struct Case {
    std::string method, path;
    int route;
    std::vector<std::string> variables;
  };
  const Case kCases[] = {
      {"POST", "/a/b/chatrooms/1/users/bob", 0, {"a", "b", "1", "bob"}},
      {"DELETE", "/a/b/chatrooms/1/users/bob", 1, {"a", "b", "1", "bob"}},
      {"DELETE", "/a/b/chatrooms/1/users/x,y", 2, {"a", "b", "1", "x,y"}},
      {"DELETE", "/a/b/chatrooms/1/users/x%2cy", 2, {"a", "b", "1", "x%2cy"}},
      {"POST", "/a/b/chatrooms/1/users/x%2Cy", 0, {"a", "b", "1", "x%2Cy"}},
      {"DELETE",
       "/a/b/chatrooms/1/users/x%252cy",
       1,
       {"a", "b", "1", "x%252cy"}},
      {"GET", "/a/b/chatrooms/super_admin", 3, {"a", "b"}},
      {"GET", "/a/b/chatrooms/super_admin/", 3, {"a", "b"}},
      {"PUT", "/a/b/chatrooms/super_admin", 5, {"a", "b", "super_admin"}},
      {"GET", "/a/b/chatrooms/7/", 4, {"a", "b", "7"}},
      {"HEAD", "/a/b/chatrooms/7", 4, {"a", "b", "7"}},
      {"GET", "/v2/apps/me/members", 6, {}},
      {"HEAD", "/v2/apps/me/members", 9, {}},
      {"GET", "/v2/apps/chatrooms/9", 4, {"v2", "apps", "9"}},
      {"POST", "/a/b/internal/x/y/", 7, {"a", "b", "x/y/"}},
      {"POST", "/a/b/internal/x//y", 7, {"a", "b", "x//y"}},
      {"GET", "/", 8, {}},
      {"GET", "/only/one", 10, {"one"}},
      {"GET", "/only/one,two", 10, {"one,two"}},
  };
  const Router router = Build(kChat);
  for (const Case& c : kCases) {
    Router::Match match;
    EXPECT_EQ(router.Find(c.method, c.path, &match), Outcome::kFound) << c.path;
    EXPECT_EQ(match.route, c.route) << c.method << " " << c.path;
    const std::vector<std::string> variables(match.variables.begin(),
                                             match.variables.end());
    EXPECT_EQ(variables, c.variables) << c.path;
  }
}

TEST(RouterTest, TellsAWrongMethodFromNoOperation) {
  struct Case {
    std::string method, path;
    Outcome outcome;
  };
  const Case kCases[] = {
      {"PATCH", "/a/b/chatrooms/1", Outcome::kWrongMethod},
      {"get", "/a/b/chatrooms/1", Outcome::kWrongMethod},
      {"OPTIONS", "/a/b/chatrooms/1/users/x", Outcome::kWrongMethod},
      {"GET", "/a/b/internal/x", Outcome::kWrongMethod},
      {"HEAD", "/a/b/internal/x", Outcome::kWrongMethod},
      {"POST", "/a/b/internal", Outcome::kNotFound},
      {"POST", "/a/b/internal/", Outcome::kNotFound},
      {"GET", "/a/b/chatrooms", Outcome::kNotFound},
      {"GET", "/a/b/chatrooms//", Outcome::kNotFound},
      {"GET", "//b/chatrooms/1", Outcome::kNotFound},
      {"GET", "/a/b/chatrooms/1/users/x/y", Outcome::kNotFound},
      {"GET", "/a/b/Chatrooms/1", Outcome::kNotFound},
      {"GET", "//", Outcome::kNotFound},
  };
  const Router router = Build(kChat);
  for (const Case& c : kCases) {
    Router::Match match;
    EXPECT_EQ(router.Find(c.method, c.path, &match), c.outcome) << c.path;
    EXPECT_EQ(match.route >= 0, c.outcome == Outcome::kWrongMethod) << c.path;
    EXPECT_TRUE(match.variables.empty()) << c.path;
  }
}

TEST(RouterTest, AnEmptySegmentMatchesOnlyAVariableThatMayBeEmpty) {
  const Router router = Build({
      {"POST", "/m/{empty}/tokens"},  // 0
      {"GET", "/m/{id}/tokens"},      // 1: the same node, but never empty
      {"GET", "/m/{empty}"},          // 2
      {"GET", "/m"},                  // 3
  });
  struct Case {
    std::string method, path;
    Outcome outcome;
    int route;
  };
  const Case kCases[] = {
      {"POST", "/m//tokens", Outcome::kFound, 0},
      {"POST", "/m/a/tokens", Outcome::kFound, 0},
      {"GET", "/m/a/tokens", Outcome::kFound, 1},
      {"GET", "/m//tokens", Outcome::kWrongMethod, 0},
      {"GET", "/m//", Outcome::kFound, 2},
      {"GET", "/m/", Outcome::kFound, 3},
      {"POST", "/m///tokens", Outcome::kNotFound, -1},
      {"POST", "//a/tokens", Outcome::kNotFound, -1},
  };
  for (const Case& c : kCases) {
    Router::Match match;
    EXPECT_EQ(router.Find(c.method, c.path, &match), c.outcome) << c.path;
    EXPECT_EQ(match.route, c.route) << c.method << " " << c.path;
  }
}

TEST(RouterTest, TheSameRequestsAreNotAddedTwice) {
  Router router = Build(kChat);
  EXPECT_EQ(router.Add("PUT", Parse("/{x}/{y}/chatrooms/{z}"), 99), 5);
  EXPECT_EQ(router.Add("PUT", Parse("/{x}/{y}/chatrooms/{z,}"), 99), -1);
  EXPECT_EQ(router.Add("POST", Parse("/{x}/{y}/internal/{z...}"), 99), 7);
}

TEST(RouterTest, ParsesTemplates) {
  std::vector<TemplateSegment> segments;
  for (const std::string_view bad :
       {"", "a", "//", "/a//b", "/{a", "/a}", "/{}", "/x{a}", "/{a}x",
        "/{a...}/b", "/{a-b}", "/a/", "/{...}"}) {
    EXPECT_FALSE(ParseTemplate(bad, &segments)) << bad;
  }
  ASSERT_TRUE(ParseTemplate("/a.b/{c_1}/{d...}", &segments));
  ASSERT_EQ(segments.size(), 3u);
  EXPECT_EQ(segments[0].text, "a.b");
  EXPECT_EQ(segments[1].text, "c_1");
  EXPECT_EQ(segments[2].kind, Kind::kTail);
  ASSERT_TRUE(ParseTemplate("/", &segments));
  EXPECT_TRUE(segments.empty());
}

// The oracle: tries every template, and takes the best by the rules of the
// header, segment by segment.
int SegmentRank(const TemplateSegment& segment, bool separated) {
  if (segment.kind == Kind::kLiteral) return 0;
  if (segment.kind == Kind::kTail) return 4;
  if (segment.separator == 0) return 2;
  return separated ? 1 : 3;
}

std::vector<std::string> Segments(std::string path) {
  std::vector<std::string> parts;
  for (size_t at = 0; at < path.size();) {
    size_t end = path.find('/', at + 1);
    if (end == std::string::npos) end = path.size();
    parts.push_back(path.substr(at + 1, end - at - 1));
    at = end;
  }
  return parts;
}

// The ranks of a match, or nothing.
std::vector<int> Matches(const std::vector<TemplateSegment>& pattern,
                         std::vector<std::string> parts) {
  const bool tail = !pattern.empty() && pattern.back().kind == Kind::kTail;
  if (!tail && !parts.empty() && parts.back().empty()) parts.pop_back();
  if (tail ? parts.size() < pattern.size() : parts.size() != pattern.size()) {
    return {};
  }
  std::vector<int> ranks;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].kind == Kind::kTail) {
      if (parts.size() == i + 1 && parts[i].empty()) return {};
      ranks.push_back(4);
      break;
    }
    const bool literal = pattern[i].kind == Kind::kLiteral;
    const bool matches = literal ? parts[i] == pattern[i].text
                                 : !parts[i].empty() || pattern[i].may_be_empty;
    if (!matches) return {};
    ranks.push_back(
        SegmentRank(pattern[i], parts[i].find(',') != std::string::npos ||
                                    parts[i].find("%2C") != std::string::npos));
  }
  ranks.push_back(0);  // a match of no segments is one too
  return ranks;
}

int NaiveFind(const std::vector<Template>& templates, const std::string& method,
              const std::string& path) {
  int best = -1;
  std::vector<int> best_ranks;
  for (size_t i = 0; i < templates.size(); ++i) {
    if (templates[i].method != method) continue;
    const std::vector<int> ranks =
        Matches(Parse(templates[i].path), Segments(path));
    if (ranks.empty()) continue;
    if (best < 0 || ranks < best_ranks) {
      best = static_cast<int>(i);
      best_ranks = ranks;
    }
  }
  return best;
}

TEST(RouterTest, AgreesWithAMatcherThatTriesEveryTemplate) {
  const std::vector<std::string> kTemplateParts = {
      "a", "b", "c", "{v}", "{w}", "{l,}", "{t...}", "{empty}"};
  const std::vector<std::string> kPathParts = {"a",   "b",     "c", "d",
                                               "x,y", "x%2Cy", "",  "a"};
  const std::vector<std::string> kMethods = {"GET", "PUT"};
  std::mt19937 random(11);
  const auto pick = [&random](const std::vector<std::string>& from) {
    return from[random() % from.size()];
  };
  int found = 0;
  for (int round = 0; round < 400; ++round) {
    Router router;
    std::vector<Template> templates;
    for (int i = 0; i < 12; ++i) {
      Template one{pick(kMethods), ""};
      for (size_t n = random() % 4 + 1; n > 0; --n) {
        one.path += "/" + pick(kTemplateParts);
        if (one.path.ends_with("...}")) break;
      }
      if (router.Add(one.method, Parse(one.path),
                     static_cast<int>(templates.size())) < 0) {
        templates.push_back(one);
      }
    }
    for (int i = 0; i < 50; ++i) {
      std::string path;
      for (size_t n = random() % 5 + 1; n > 0; --n) {
        path += "/" + pick(kPathParts);
      }
      const std::string method = pick(kMethods);
      Router::Match match;
      const Outcome outcome = router.Find(method, path, &match);
      const int expected = NaiveFind(templates, method, path);
      found += expected >= 0;
      ASSERT_EQ(outcome == Outcome::kFound ? match.route : -1, expected)
          << method << " " << path;
    }
  }
  EXPECT_GT(found, 5000);
}

TEST(RouterTest, TakesAnyBytes) {
  const Router router = Build(kChat);
  std::mt19937 random(5);
  for (int i = 0; i < 20000; ++i) {
    std::string path = "/";
    for (size_t n = random() % 40; n > 0; --n) {
      path += random() % 3 == 0 ? '/' : static_cast<char>(random());
    }
    Router::Match match;
    router.Find("GET", path, &match);
  }
}

}  // namespace
}  // namespace headgate::policy
