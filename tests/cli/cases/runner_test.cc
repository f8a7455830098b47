// Cases run on a virtual clock: what they decide, what they judge, and what a
// failure says.
#include "cli/cases/runner.h"

#include <regex>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/cases/case_texts.h"

namespace headgate::test {
namespace {

// Failures, with the places in the built-in contract taken out: it grows.
std::string FailuresOf(const CaseRun& run) {
  return std::regex_replace(
      run.Failures(), std::regex("  \\(built-in [a-z-]+:\\d+:\\d+\\)"), "");
}

std::string ReplaceAll(std::string text, const std::string& from,
                       const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos;
       at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// The trace of a listing of admins, that was allowed.
constexpr char kListed[] =
    R"(  GET /acme/chat/chatrooms/1/admin at 0ms was answered 200
    pass  route        route: list_chatroom_admins
    pass  authenticate agora-chat.authenticate: acme#chat  (headgate.yaml:3:3)
    pass  limit        agora-chat.limits.default: 99 of 100 left
    pass  validate     list_chatroom_admins.path.org_name: acme
    pass  validate     list_chatroom_admins.path.app_name: chat
    pass  validate     list_chatroom_admins.path.chatroom_id: 1
)";

// The example of the agreed page, to the letter.
constexpr char kAgreed[] = R"(policy: headgate.yaml
defaults:
  headers: {Authorization: Bearer t}
  app: {org_name: acme, app_name: chat}    # variables for ${...}
tests:
  - name: sixty names may be added at once
    each:                            # one row, one reported case
      - {count: 60, expect: {decision: allow}}
      - {count: 61, expect: {status: 400, error: invalid_parameter,
                             rule: add_chatroom_members.body.usernames.items}}
    request:
      method: POST
      path: /acme/chat/chatrooms/1/users
      json: {usernames: {$range: {from: 1, to: "${count}", format: "user%d"}}}

  - name: a hundred calls in any second
    steps:
      - {at: 0ms, repeat: 100, every: 1ms, request: &add {method: POST,
           path: /acme/chat/chatrooms/1/users/bob}, expect: {decision: allow}}
      - {at: 999ms, request: *add, expect: {status: 429, error: reach_limit,
           headers: {Retry-After: "1"}}}
      - {at: 1000ms, request: *add, expect: {decision: allow}}
      - {at: 1000ms, request: {method: GET,      # its own budget
           path: /acme/chat/chatrooms/1/users}, expect: {decision: allow}}

  - name: a broken upstream is answered as documented
    request: {method: GET, path: /acme/chat/chatrooms/1/admin}
    upstream: {status: 502, headers: {Content-Type: text/html},
               body: "<html>"}       # or {failure: timeout}
    expect: {status: 502, error: bad_gateway,
             json: {error_description: Bad Gateway}}

  - name: the upstream sees what was validated
    request: {method: DELETE, path: /acme/chat/chatrooms/1/users/Bob%2cAMY}
    expect: {decision: allow, upstream_request: {
             path: "/acme/chat/chatrooms/1/users/bob%2Camy"}}
)";

TEST(RunnerTest, RunsTheAgreedExample) {
  const CaseRun run(kAgreed);
  EXPECT_EQ(run.cases(), 5u);
  EXPECT_EQ(run.Failures(), "");
}

TEST(RunnerTest, AFailureShowsThePlaceTheValuesAndTheTrace) {
  const CaseRun run(CaseText(R"(
  - name: one name too many
    request:
      method: POST
      path: /acme/chat/chatrooms/1/users
      json: {usernames: {$range: {from: 1, to: 61, format: "user%d"}}}
    expect: {decision: allow, status: 200,
             json: {data: {newmembers: []}}}
)"));
  const std::string rule = "add_chatroom_members.body.usernames.items";
  EXPECT_EQ(ReplaceAll(FailuresOf(run), "by " + rule, "by RULE"),
            R"(one name too many
  cases.yaml:11:24: decision: expected allow, got deny by RULE
    expect: {decision: allow, status: 200,
                       ^~~~~
  cases.yaml:11:39: status: expected 200, got 400
    expect: {decision: allow, status: 200,
                                      ^~~
  cases.yaml:12:20: json.data: expected {"newmembers":[]}, got none
    json: {data: {newmembers: []}}}
          ^
  POST /acme/chat/chatrooms/1/users at 0ms was answered 400 invalid_parameter
    pass  route        route: add_chatroom_members
    pass  authenticate agora-chat.authenticate: acme#chat  (headgate.yaml:3:3)
    pass  limit        agora-chat.limits.default: 99 of 100 left
    pass  validate     add_chatroom_members.path.org_name: acme
    pass  validate     add_chatroom_members.path.app_name: chat
    pass  validate     add_chatroom_members.path.chatroom_id: 1
    pass  validate     add_chatroom_members.body.json
    FAIL  validate     add_chatroom_members.body.usernames.items
)");
}

TEST(RunnerTest, EachCaseBeginsWithAFreshLimiter) {
  const CaseRun run(CaseText(R"(
  - name: ${n}
    each: [{n: 1}, {n: 2}]
    steps:
      - {repeat: 101, request: {path: "/acme/chat/chatrooms/${n}/admin"},
         expect: {allowed: 100, denied: 1}}
)"));
  EXPECT_EQ(run.cases(), 2u);
  EXPECT_EQ(run.Failures(), "");
}

TEST(RunnerTest, CountsOverAStepAndOverTheCase) {
  const CaseRun run(CaseText(R"(
  - name: a train
    steps:
      - {repeat: 60, request: &list {path: /acme/chat/chatrooms/1/admin},
         expect: {allowed: 60}}
      - {repeat: 60, request: *list, expect: {allowed: 40, denied: 20}}
      - {at: 1s, request: *list}
    expect: {allowed: 101, denied: 20}
)"));
  EXPECT_EQ(run.Failures(), "");
}

TEST(RunnerTest, CallsOfAStepAreNumbered) {
  const CaseRun run(CaseText(R"(
  - name: a
    steps:
      - {repeat: 3, request: {path: "/acme/chat/chatrooms/${call}x/admin"},
         expect: {json: {error_description: "grpID ${call}x does not exist!"}}}
      - {request: {path: "/acme/chat/chatrooms/${call}x/admin"},
         expect: {json: {error_description: "grpID 1x does not exist!"}}}
)"));
  EXPECT_EQ(run.Failures(), "");
}

TEST(RunnerTest, ExpectsDelays) {
  const CaseRun run(
      CaseText(R"(
  - name: the third call waits
    steps:
      - {repeat: 2, request: &list {path: /acme/chat/chatrooms/1/admin},
         expect: {delay: 0ms}}
      - {at: 400ms, request: *list, expect: {decision: allow, delay: 600ms}}
      - {at: 400ms, request: *list, expect: {delay: 600ms}}
      - {at: 400ms, request: *list, expect: {status: 429}}
)"),
      ChatPolicy(
          "    limits: {default: {limit: 2, window: 1s, on_exceed: delay,"
          " max_delay: 700ms, max_queue: 2}}\n"));
  EXPECT_EQ(run.Failures(), "");
}

TEST(RunnerTest, ExpectsWhatShadowModeReports) {
  const CaseRun run(
      CaseText(R"(
  - name: the second call passes although it is over the limit
    steps:
      - {request: &list {path: /acme/chat/chatrooms/1/admin},
         expect: {shadow_denied: false}}
      - {request: *list, expect: {decision: allow, shadow_denied: true}}
)"),
      ChatPolicy("    limits: {default: {limit: 1, shadow: true}}\n"));
  EXPECT_EQ(run.Failures(), "");
}

TEST(RunnerTest, ExpectsWhatACandidateWouldRefuse) {
  const CaseRun run(
      CaseText(R"(
  - name: the candidate is lower
    steps:
      - {request: &list {path: /acme/chat/chatrooms/1/admin},
         expect: {candidate_denied: false}}
      - {request: *list, expect: {decision: allow, candidate_denied: true}}
)"),
      ChatPolicy("    limits: {default: {limit: 9, candidate: 1}}\n"));
  EXPECT_EQ(run.Failures(), "");
}

TEST(RunnerTest, UpstreamsFailAsScripted) {
  const CaseRun run(CaseText(R"(
  - name: ${failure}
    each:
      - {failure: connect, expect: {status: 503}}
      - {failure: timeout, expect: {status: 504}}
      - {failure: protocol, expect: {status: 502}}
      - {failure: tls, expect: {status: 502}}
    request: {path: /acme/chat/chatrooms/1/admin}
    upstream: {failure: "${failure}"}
    expect: {decision: allow}
)"));
  EXPECT_EQ(run.Failures(), "");
}

// What is no HTTP is refused as it would be on the wire.
TEST(RunnerTest, TheRequestIsReadAsServeReadsIt) {
  const CaseRun run(CaseText(R"(
  - name: ${path}
    each:
      - {path: "/acme/chat/%00", expect: {status: 400, error: illegal_argument}}
      - {path: "/acme/chat/a b", expect: {status: 400}}
      - {path: "/acme/chat/../../..", expect: {status: 400}}
      - {path: "/nobody", expect: {status: 404,
           error: service_resource_not_found}}
    request: {path: "${path}"}
    expect: {decision: deny, upstream_request: none}
  - name: a body that is too large
    request: {method: POST, path: /acme/chat/chatrooms/1/users, json: {
              usernames: {$range: {from: 100000, to: 199999,
                                   format: "user%d"}}}}
    expect: {status: 413, error: request_entity_too_large}
)"));
  EXPECT_EQ(run.Failures(), "");
}

TEST(RunnerTest, JsonIsASubset) {
  const CaseRun run(CaseText(R"(
  - name: members that are not named may be there
    request: &list {path: /acme/chat/chatrooms/1/admin}
    upstream: &answer {status: 200, json: {a: 1, b: [1, {c: 2, d: 3}]}}
    expect: {json: {b: [1, {d: 3}]}}
  - name: a list has its length
    request: *list
    upstream: *answer
    expect: {json: {b: [1]}}
  - name: values differ
    request: *list
    upstream: *answer
    expect: {json: {b: [1, {d: "3"}], e: null}}
)"));
  EXPECT_EQ(FailuresOf(run),
            StrCat("a list has its length\n"
                   "  cases.yaml:13:20: json.b: expected 1 items, got 2 items\n"
                   "    expect: {json: {b: [1]}}\n"
                   "                   ^\n",
                   kListed,
                   "values differ\n"
                   "  cases.yaml:17:20: json.b[1].d: expected \"3\", got 3\n"
                   "    expect: {json: {b: [1, {d: \"3\"}], e: null}}\n"
                   "                   ^\n",
                   kListed));
}

constexpr char kStandalone[] = R"(listeners: [{address: "127.0.0.1:0"}]
services:
  agora-chat:
    apps: [{org_name: acme, app_name: chat, client_id: i, client_secret: s}]
)";

TEST(RunnerTest, AScriptForAServiceWithoutAnUpstreamIsAMistake) {
  const CaseRun run(R"(policy: headgate.yaml
tests:
  - name: nobody is asked
    request: {method: POST, path: /acme/chat/token, json: {
              grant_type: client_credentials, client_id: i, client_secret: s}}
    upstream: {failure: timeout}
    expect: {status: 200}
)",
                    kStandalone);
  EXPECT_THAT(
      run.Failures(),
      testing::HasSubstr("cases.yaml:6:15: upstream: expected a service "
                         "with an upstream, got agora-chat, answered "
                         "here\n"));
}

TEST(RunnerTest, StandaloneServicesRememberWithinACase) {
  const CaseRun run(R"(policy: headgate.yaml
tests:
  - name: a member that was added is listed
    steps:
      - request: {method: POST, path: /acme/chat/token, json: {
                  grant_type: client_credentials, client_id: i,
                  client_secret: s}}
        expect: {status: 200}
        save: {token: access_token}
      - request: {method: POST, path: /acme/chat/users, headers: &token {
                  Authorization: "Bearer ${token}"}, json: [
                  {username: bob, password: secret}]}
        expect: {status: 200}
      - request: {method: POST, path: /acme/chat/chatrooms, headers: *token,
                  json: {name: r, description: d, maxusers: 9, owner: bob}}
        expect: {status: 200}
        save: {room: data.id}
      - request: {path: "/acme/chat/chatrooms/${room}/users?pagesize=5",
                  headers: *token}
        expect: {status: 200, json: {count: 1}}
      - request: {path: "/acme/chat/chatrooms/${room}/users?pagesize=5",
                  headers: *token}
        storage: down
        expect: {status: 503, error: service_unavailable}
)",
                    kStandalone);
  EXPECT_EQ(run.Failures(), "");
}

TEST(RunnerTest, TheStoreIsEmptyInEachCase) {
  const CaseRun run(R"(policy: headgate.yaml
tests:
  - name: ${n}
    each: [{n: 1}, {n: 2}]
    steps:
      - request: {method: POST, path: /acme/chat/token, json: {
                  grant_type: client_credentials, client_id: i,
                  client_secret: s}}
        save: {token: access_token}
      - request: {method: POST, path: "/acme/chat/users?case=${n}", headers: {
                  Authorization: "Bearer ${token}"}, json: [
                  {username: bob, password: secret}]}
        expect: {status: 200}
)",
                    kStandalone);
  EXPECT_EQ(run.Failures(), "");
}

TEST(RunnerTest, WhatIsSavedMustBeThere) {
  const CaseRun run(CaseText(R"(
  - name: no such member
    steps:
      - {request: {path: /acme/chat/chatrooms/1/admin}, save: {id: data.id}}
      - {request: {path: "/acme/chat/chatrooms/1/admin?x=${id}"},
         expect: {status: 200}}
)"));
  EXPECT_EQ(FailuresOf(run),
            StrCat("no such member\n"
                   "  cases.yaml:8:68: save.id: expected a value at "
                   "\"data.id\", got none\n"
                   "    - {request: {path: /acme/chat/chatrooms/1/admin}, "
                   "save: {id: data.id}}\n"
                   "                                                       "
                   "          ^~~~~~~\n",
                   kListed));
}

}  // namespace
}  // namespace headgate::test
