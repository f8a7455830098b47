// The decisions of `headgate test` are those of `headgate serve`: the same file
// of cases runs on the virtual clock and against the real binary, before an
// upstream that answers as the cases script it, and the outcomes are compared
// case by case. Some cases must fail: both must say so.
#include <map>
#include <string>
#include <vector>

#include "base/json_reader.h"
#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/e2e/scripted_answer.h"
#include "tests/support/headgate_process.h"
#include "tests/support/scripted_upstream.h"

namespace headgate::test {
namespace {

// A limit with room for a slow machine, and no long wait for a lost answer.
std::string Config(const ScriptedUpstream& upstream) {
  return StrCat(
      "listeners: [{address: \"127.0.0.1:0\"}]\n"
      "services:\n"
      "  agora-chat:\n"
      "    limits: {list_chatroom_admins: {limit: 20, window: 3s}}\n"
      "    upstream: {response_timeout: 300ms, servers: [\"",
      upstream.url(), "\"]}\n");
}

constexpr char kCases[] = R"(policy: headgate.yaml
defaults:
  headers: {Authorization: Bearer t}
tests:
  - name: names
    each:
      - {count: 1, expect: {decision: allow}}
      - {count: 60, expect: {decision: allow, status: 200}}
      - {count: 61, expect: {status: 400, error: invalid_parameter}}
    request:
      method: POST
      path: /acme/chat/chatrooms/1/users
      json: {usernames: {$range: {from: 1, to: "${count}", format: "user%d"}}}

  - name: twenty listings of admins
    steps:
      - {repeat: 23, request: &admins {path: /acme/chat/chatrooms/1/admin},
         expect: {allowed: 20, denied: 3}}
      - {request: *admins, expect: {decision: deny, status: 429,
           error: reach_limit, headers: {Retry-After: "3"},
           json: {error_description: This request has reached api limit}}}

  - name: the limit is free again
    request: {path: /acme/chat/chatrooms/1/admin}
    expect: {decision: allow}

  - name: targets ${n}
    each:
      - {n: 1, path: /acme/chat/chatrooms/x/admin, expect: {status: 404}}
      - {n: 2, path: "/acme/chat/%2e%2e/%00", expect: {status: 400}}
      - {n: 3, path: /nobody, expect: {status: 404,
           error: service_resource_not_found}}
      - {n: 4, path: "/acme/chat/chatrooms/1/users?pagesize=0",
         expect: {status: 200}}
      - {n: 5, path: "/acme/chat/chatrooms/1/users?pagesize=x",
         expect: {status: 400}}
    request: {path: "${path}"}

  - name: nobody's call
    request: {path: /acme/chat/chatrooms/1/admin,
              headers: {Authorization: null}}
    expect: {decision: deny, status: 401, error: unauthorized}

  - name: another media type
    request: {method: POST, path: /acme/chat/chatrooms/1/users, body: "a=b",
              headers: {Content-Type: application/x-www-form-urlencoded}}
    expect: {status: 415}

  - name: upstream ${n}
    each:
      - {n: 1, upstream: {status: 502, body: "<html>", headers: {
             Content-Type: text/html}}, expect: {error: bad_gateway}}
      - {n: 2, upstream: {status: 404, json: {error: resource_not_found}},
         expect: {status: 404, json: {error: resource_not_found}}}
      - {n: 3, upstream: {status: 200, body: "{"},
         expect: {status: 502, error: bad_gateway}}
      - {n: 4, upstream: {failure: protocol}, expect: {status: 502}}
      - {n: 5, upstream: {failure: timeout}, expect: {error: gateway_timeout}}
      - {n: 6, upstream: {status: 200, json: {a: [1, 2]}, headers: {X-A: b}},
         expect: {json: {a: [1, 2]}, body: "{\"a\":[1,2]}",
                  headers: {x-a: b, X-Request-ID: same}}}
    request: {path: "/acme/chat/chatrooms/1${n}/admin",
              headers: {X-Request-ID: same}}
    expect: {decision: allow}

  - name: wrong ${n}
    each:
      - {n: 1, expect: {status: 201}}
      - {n: 2, expect: {decision: deny}}
      - {n: 3, expect: {headers: {X-Request-ID: other}}}
      - {n: 4, expect: {json: {a: 2}}}
      - {n: 5, expect: {error: bad_gateway}}
      - {n: 6, expect: {denied: 1}}
    request: {path: /acme/chat/chatrooms/1/admin}
)";

// What became of each case, by its name.
std::map<std::string, std::string> OutcomesOf(const ProcessResult& result) {
  JsonReader reader;
  const JsonValue root = reader.Read(result.out);
  std::map<std::string, std::string> outcomes;
  if (!root) return outcomes;
  for (const JsonValue file : root.Find("files").items()) {
    for (const JsonValue test : file.Find("cases").items()) {
      outcomes.emplace(test.Find("name").string(),
                       test.Find("outcome").string());
    }
  }
  return outcomes;
}

TEST(AgainstTest, TheSameCasesHaveTheSameOutcomes) {
  ScriptedUpstream upstream;
  upstream.Handle(&ScriptedAnswer);
  HeadgateOptions options;
  options.files["cases.yaml"] = kCases;
  HeadgateProcess headgate(Config(upstream), options);
  ASSERT_TRUE(headgate.started()) << headgate.err();
  const std::string cases = headgate.dir().File("cases.yaml");

  const ProcessResult tested = RunHeadgate({"test", cases, "--format", "json"});
  const ProcessResult asked =
      RunHeadgate({"test", cases, "--format", "json", "--scripted-upstream",
                   "--against", StrCat("http://", headgate.address())});

  EXPECT_EQ(tested.exit_code, 1) << tested.err;
  EXPECT_EQ(asked.exit_code, 1) << asked.err;
  const auto outcomes = OutcomesOf(tested);
  EXPECT_EQ(outcomes, OutcomesOf(asked)) << tested.out << asked.out;
  EXPECT_EQ(outcomes.size(), 24u);
  for (const auto& [name, outcome] : outcomes) {
    EXPECT_EQ(outcome, name.starts_with("wrong") ? "failed" : "passed")
        << name << "\n"
        << tested.out;
  }
}

TEST(AgainstTest, WhatAClientCannotSeeIsSkipped) {
  ScriptedUpstream upstream;
  HeadgateOptions options;
  options.files["cases.yaml"] = R"(policy: headgate.yaml
tests:
  - name: scripted
    request: &list {path: /acme/chat/chatrooms/1/admin}
    upstream: {failure: timeout}
    expect: {status: 504}
  - name: hidden
    request: *list
    expect: {upstream_request: {method: GET}}
)";
  HeadgateProcess headgate(Config(upstream), options);
  ASSERT_TRUE(headgate.started()) << headgate.err();
  const ProcessResult asked =
      RunHeadgate({"test", headgate.dir().File("cases.yaml"), "--against",
                   StrCat("http://", headgate.address())});
  EXPECT_EQ(asked.exit_code, 5);
  EXPECT_EQ(asked.out.substr(0, asked.out.rfind(" (")),
            "SKIP scripted: it needs an upstream that answers as it is told "
            "(--scripted-upstream)\n"
            "SKIP hidden: a client sees nothing of what it expects\n"
            "2 cases: 0 passed, 2 skipped");
  EXPECT_EQ(upstream.requests().size(), 0u);
}

TEST(AgainstTest, AGatewayThatIsNotThereFailsTheCases) {
  HeadgateOptions options;
  options.files["cases.yaml"] =
      "policy: headgate.yaml\n"
      "tests:\n"
      "  - {name: a, request: {path: /a}, expect: {status: 404}}\n";
  ScriptedUpstream upstream;
  HeadgateProcess headgate(Config(upstream), options);
  ASSERT_TRUE(headgate.started()) << headgate.err();
  const std::string cases = headgate.dir().File("cases.yaml");
  const std::string url = StrCat("http://", headgate.address());
  EXPECT_TRUE(EndsWell(&headgate));
  const ProcessResult asked = RunHeadgate({"test", cases, "--against", url});
  EXPECT_EQ(asked.exit_code, 1);
  EXPECT_NE(asked.out.find("answer: expected one, got Failed to connect"),
            std::string::npos)
      << asked.out;
}

TEST(AgainstTest, AUrlThatIsNoneIsAMistakeOfTheCommandLine) {
  const ProcessResult asked =
      RunHeadgate({"test", "cases.yaml", "--against", "127.0.0.1:8080"});
  EXPECT_EQ(asked.exit_code, 64);
  EXPECT_EQ(asked.err,
            "headgate: --against: the URL must begin with http:// or "
            "https://\n");
}

}  // namespace
}  // namespace headgate::test
