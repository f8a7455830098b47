// What a file of cases becomes, and what its mistakes are called: the exact
// text.
#include "cli/cases/load.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/cli/cases/case_texts.h"

namespace headgate::test {
namespace {

using cli::Case;
using cli::CaseFile;

CaseFile Load(std::string text) {
  config::Diagnostics diagnostics;
  auto file = cli::LoadCasesText("cases.yaml", std::move(text), &diagnostics);
  EXPECT_EQ(diagnostics.ToString(), "");
  return file ? *std::move(file) : CaseFile();
}

TEST(LoadCasesTest, MakesACaseOfEachRow) {
  const CaseFile file = Load(CaseText(R"(
  - name: names may be added
    each:
      - {count: 1, who: bob, expect: {decision: allow}}
      - {count: 2, who: amy, expect: {status: 400}}
    request:
      method: POST
      path: /acme/chat/${who}
      json: {n: "${count}", s: "n${count}", names: {$range: {from: 1,
             to: "${count}", format: "user%d"}}}
)"));
  ASSERT_EQ(file.cases.size(), 2u);
  const Case& second = file.cases[1];
  EXPECT_EQ(second.name, "names may be added [count: 2, who: amy]");
  EXPECT_EQ(second.at.ToString(), "cases.yaml:9:9");
  ASSERT_EQ(second.steps.size(), 1u);
  const cli::CaseRequest& request = second.steps[0].request;
  EXPECT_EQ(request.body, R"({"n":2,"s":"n2","names":["user1","user2"]})");
  EXPECT_EQ(request.head,
            "POST /acme/chat/amy HTTP/1.1\r\n"
            "Host: headgate.test\r\n"
            "Authorization: Bearer t\r\n"
            "Content-Type: application/json\r\n"
            "Content-Length: 42\r\n\r\n");
  EXPECT_TRUE(second.steps[0].expect->status.has_value());
  EXPECT_FALSE(second.steps[0].expect->allow.has_value());
}

TEST(LoadCasesTest, ARowsExpectationGoesOverTheCasesKeyByKey) {
  const CaseFile file = Load(CaseText(R"(
  - name: a
    each:
      - {n: 1}
      - {n: 2, expect: {status: 400}}
    request: {path: "/${n}"}
    expect: {status: 200, error: x}
)"));
  ASSERT_EQ(file.cases.size(), 2u);
  EXPECT_EQ(file.cases[0].steps[0].expect->status->value, 200);
  EXPECT_EQ(file.cases[1].steps[0].expect->status->value, 400);
  EXPECT_EQ(file.cases[1].steps[0].expect->error->value, "x");
}

TEST(LoadCasesTest, NamesARowByTheVariablesThatItsNameTells) {
  const CaseFile file = Load(CaseText(R"(
  - name: room ${room} of $${room}
    each: [{room: 1, expect: {status: 200}}]
    request: {path: "/${room}"}
)"));
  ASSERT_EQ(file.cases.size(), 1u);
  EXPECT_EQ(file.cases[0].name, "room 1 of ${room}");
}

TEST(LoadCasesTest, RepeatsATextAsOftenAsAVariableSays) {
  const CaseFile file = Load(CaseText(R"(
  - name: a
    each: [{n: 2, list: "${'ab,' * 2}c"}]
    request: {method: POST, path: "/${'u' * n}/${list * n}",
              body: '${"é"*3}$${x}'}
    expect: {status: 200}
)"));
  ASSERT_EQ(file.cases.size(), 1u);
  EXPECT_EQ(file.cases[0].name, "a [n: 2, list: ${'ab,' * 2}c]");
  const cli::CaseRequest& request = file.cases[0].steps[0].request;
  EXPECT_EQ(request.target, "/uu/ab,ab,cab,ab,c");
  EXPECT_EQ(request.body, "ééé${x}");
}

TEST(LoadCasesTest, KeysMayHoldVariables) {
  const CaseFile file = Load(CaseText(R"(
  - name: a
    each: [{n: room}]
    request: {method: POST, path: /a, json: {"${n}_id": 1, chat_id: 2}}
    expect: {status: 200}
)"));
  ASSERT_EQ(file.cases.size(), 1u);
  EXPECT_EQ(file.cases[0].steps[0].request.body,
            R"({"room_id":1,"chat_id":2})");
  EXPECT_EQ(MistakesOf(CaseText(R"(
  - name: a
    each: [{n: room}]
    request: {method: POST, path: /a, json: {room_id: 1, "${n}_id": 2}}
    expect: {status: 200}
)")),
            "cases.yaml:8:58: error: duplicate key \"room_id\"\n"
            "  request: {method: POST, path: /a, json: {room_id: 1, "
            "\"${n}_id\": 2}}\n"
            "                                                       "
            "^~~~~~~~~\n\n1 error\n");
}

TEST(LoadCasesTest, PlacesStepsInTime) {
  const CaseFile file = Load(CaseText(R"(
  - name: a
    steps:
      - {at: 5ms, repeat: 3, every: 10ms, request: {path: /a},
         expect: {status: 200}}
      - {request: {path: /b}}
      - {after: 1s, request: {path: /c}}
)"));
  ASSERT_EQ(file.cases.size(), 1u);
  const Case& made = file.cases[0];
  ASSERT_EQ(made.steps.size(), 3u);
  EXPECT_EQ(made.steps[0].at_us, 5'000);
  EXPECT_EQ(made.steps[0].last_at_us(), 25'000);
  EXPECT_EQ(made.steps[1].at_us, 25'000);
  EXPECT_EQ(made.steps[2].at_us, 1'025'000);
  EXPECT_EQ(file.calls(), 5);
}

TEST(LoadCasesTest, HeadersMayBeTakenAway) {
  const CaseFile file = Load(CaseText(R"(
  - name: a
    request: {path: /a, headers: {authorization: null, Host: b.example}}
    expect: {status: 401}
)"));
  ASSERT_EQ(file.cases.size(), 1u);
  EXPECT_EQ(file.cases[0].steps[0].request.head,
            "GET /a HTTP/1.1\r\nHost: b.example\r\n\r\n");
}

TEST(LoadCasesTest, JsonKeepsItsTypes) {
  const CaseFile file = Load(CaseText(R"(
  - name: a
    request: {method: POST, path: /a, json: [1, "1", -1.5, true, "true", null,
              007, 1e3, 18446744073709551615, word, {$range: {from: 2, to: 3}},
              {$range: {from: 9, to: 10, format: "%%-%03d"}}, {},
              {$range: {from: 1, to: 2, key: "k%d"}}]}
    expect: {status: 200}
)"));
  ASSERT_EQ(file.cases.size(), 1u);
  EXPECT_EQ(file.cases[0].steps[0].request.body,
            R"([1,"1",-1.5,true,"true",null,"007",1000.0,)"
            R"(18446744073709551615,"word",[2,3],["%-009","%-010"],{},)"
            R"({"k1":1,"k2":2}])");
}

struct Mistake {
  std::string tests;  // behind "tests:"
  std::string told;
};

TEST(LoadCasesTest, TellsEveryMistakeWithItsPlace) {
  const Mistake kMistakes[] = {
      {"  - {name: a, request: {path: /a}, expct: {status: 200}}\n",
       "cases.yaml:5:5: error: the case expects nothing\n"
       "  - {name: a, request: {path: /a}, expct: {status: 200}}\n"
       "    ^\n"
       "add expect, with the decision, status, error or body that must come\n"
       "\n"
       "cases.yaml:5:36: error: unknown key \"expct\"\n"
       "  - {name: a, request: {path: /a}, expct: {status: 200}}\n"
       "                                   ^~~~~\n"
       "did you mean \"expect\"?\n"
       "\n"
       "2 errors\n"},
      {"  - {name: a, request: {path: /a}, expect: {}}\n",
       "cases.yaml:5:44: error: the expectation names nothing\n"
       "  - {name: a, request: {path: /a}, expect: {}}\n"
       "                                           ^\n"
       "name the decision, status, error, rule, headers, json or body that "
       "must come\n\n1 error\n"},
      {"  - {name: a, request: {path: /a}, expect: {headers: {}}}\n",
       "cases.yaml:5:44: error: the expectation names nothing\n"
       "  - {name: a, request: {path: /a}, expect: {headers: {}}}\n"
       "                                           ^\n"
       "name the decision, status, error, rule, headers, json or body that "
       "must come\n\n1 error\n"},
      {"  - name: a\n"
       "    request: {method: POST, path: /a,\n"
       "              json: {$range: {from: 1, to: 1000000000}}}\n"
       "    expect: {status: 200}\n",
       "cases.yaml:7:30: error: the range is too large: at most 100000 values, "
       "found 1000000000\n"
       "  json: {$range: {from: 1, to: 1000000000}}}\n"
       "                 ^\n\n1 error\n"},
      {"  - name: a\n"
       "    steps:\n"
       "      - {at: 1s, request: {path: /a}, expect: {status: 200}}\n"
       "      - {at: 999ms, request: {path: /a}, expect: {status: 200}}\n",
       "cases.yaml:8:14: error: steps out of order: expected at least 1s, "
       "found \"999ms\"\n"
       "  - {at: 999ms, request: {path: /a}, expect: {status: 200}}\n"
       "         ^~~~~\n"
       "the step before has its last call then\n\n1 error\n"},
      {"  - name: a\n"
       "    each:\n"
       "      - {count: 1, expect: {status: 200}}\n"
       "      - {count: 2, expect: {status: 200}}\n"
       "    request: {path: \"/${cuont}/${count}\"}\n",
       "cases.yaml:9:21: error: unknown variable \"cuont\"\n"
       "  request: {path: \"/${cuont}/${count}\"}\n"
       "                  ^~~~~~~~~~~~~~~~~~~~\n"
       "did you mean \"count\"?\n\n1 error\n"},
      {"  - name: a\n"
       "    each: [{n: x}]\n"
       "    request: {path: \"/${'a' * n}${'a' * 10000001}\"}\n"
       "    expect: {status: 200}\n",
       "cases.yaml:7:21: error: expected a number from 0 to 10000000, found "
       "\"x\"\n"
       "  request: {path: \"/${'a' * n}${'a' * 10000001}\"}\n"
       "                  ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
       "\"${'a' * 64}\" is 64 times a; both may be variables\n\n"
       "cases.yaml:7:21: error: expected a number from 0 to 10000000, found "
       "\"10000001\"\n"
       "  request: {path: \"/${'a' * n}${'a' * 10000001}\"}\n"
       "                  ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
       "\"${'a' * 64}\" is 64 times a; both may be variables\n\n"
       "2 errors\n"},
      {"  - name: a\n"
       "    each:\n"
       "      - {count: 1, expct: 2, expect: {status: 200}}\n"
       "      - {count: 1, upstrem: {status: 200}}\n"
       "    request: {path: \"/${count}\"}\n",
       "cases.yaml:7:20: error: nothing in the case uses \"expct\"\n"
       "  - {count: 1, expct: 2, expect: {status: 200}}\n"
       "               ^~~~~\n"
       "did you mean \"expect\"?\n\n"
       "cases.yaml:8:20: error: unknown key \"upstrem\": a variable of a row "
       "is "
       "a text or a number\n"
       "  - {count: 1, upstrem: {status: 200}}\n"
       "               ^~~~~~~\n"
       "did you mean \"upstream\"?\n\n2 errors\n"},
      {"  - {name: a, request: {path: a b, method: \"G T\"}, steps: []}\n"
       "  - 7\n",
       "cases.yaml:5:15: error: a case has either steps or request\n"
       "  - {name: a, request: {path: a b, method: \"G T\"}, steps: []}\n"
       "              ^~~~~~~\n"
       "give each step its request\n\n"
       "cases.yaml:5:59: error: expected a list with at least one step, found "
       "a list\n"
       "  - {name: a, request: {path: a b, method: \"G T\"}, steps: []}\n"
       "                                                          ^\n\n"
       "cases.yaml:6:5: error: expected a case: a map, found \"7\"\n"
       "  - 7\n"
       "    ^\n\n3 errors\n"},
      {"  - name: a\n"
       "    request: {path: /a, headers: {Bad Name: x, Content-Length: 3}}\n"
       "    upstream: {failure: timout, status: 200}\n"
       "    expect: {decision: alow, delay: 3, allowed: -1,\n"
       "             upstream_request: {}}\n",
       "cases.yaml:6:35: error: no name of a header field: \"Bad Name\"\n"
       "  request: {path: /a, headers: {Bad Name: x, Content-Length: 3}}\n"
       "                                ^~~~~~~~\n\n"
       "cases.yaml:6:48: error: Content-Length is written from the body\n"
       "  request: {path: /a, headers: {Bad Name: x, Content-Length: 3}}\n"
       "                                             ^~~~~~~~~~~~~~\n\n"
       "cases.yaml:7:25: error: expected connect, timeout, protocol or tls, "
       "found \"timout\"\n"
       "  upstream: {failure: timout, status: 200}\n"
       "                      ^~~~~~\n"
       "did you mean \"timeout\"?\n\n"
       "cases.yaml:7:33: error: unknown key \"status\"\n"
       "  upstream: {failure: timout, status: 200}\n"
       "                              ^~~~~~\n"
       "known: failure\n\n"
       "cases.yaml:8:24: error: expected allow or deny, found \"alow\"\n"
       "  expect: {decision: alow, delay: 3, allowed: -1,\n"
       "                     ^~~~\n"
       "did you mean \"allow\"?\n\n"
       "cases.yaml:8:37: error: expected a duration of at most 1d, found "
       "\"3\"\n"
       "  expect: {decision: alow, delay: 3, allowed: -1,\n"
       "                                  ^\n"
       "units: us, ms, s, m, h, d\n\n"
       "cases.yaml:8:49: error: expected an integer from 0 to 1000000000, "
       "found "
       "\"-1\"\n"
       "  expect: {decision: alow, delay: 3, allowed: -1,\n"
       "                                              ^~\n\n"
       "cases.yaml:9:32: error: expected what the upstream gets, or none, "
       "found "
       "a map\n"
       "  upstream_request: {}}\n"
       "                    ^\n\n8 errors\n"},
      {"  - {name: a, request: {path: /a}, expect: {status: 200}}\n"
       "  - {name: a, request: {path: /b}, expect: {status: 200}}\n",
       "cases.yaml:6:5: error: duplicate case \"a\"\n"
       "  - {name: a, request: {path: /b}, expect: {status: 200}}\n"
       "    ^\n"
       "the first is at cases.yaml:5:5\n\n1 error\n"},
  };
  for (const Mistake& mistake : kMistakes) {
    EXPECT_EQ(MistakesOf(CaseText(mistake.tests)), mistake.told)
        << mistake.tests;
  }
}

TEST(LoadCasesTest, TellsWhatIsMissing) {
  EXPECT_EQ(MistakesOf(""),
            "cases.yaml:1:1: error: missing key \"policy\"\n\n"
            "cases.yaml:1:1: error: missing key \"tests\"\n\n2 errors\n");
  EXPECT_EQ(MistakesOf("policy: p.yaml\ntests: []\n"),
            "cases.yaml:2:8: error: expected a list with at least one case, "
            "found a list\n"
            "  tests: []\n"
            "         ^\n\n1 error\n");
}

// A `save` that comes after its use would be empty.
TEST(LoadCasesTest, SavedValuesAreSavedFirst) {
  EXPECT_EQ(MistakesOf(CaseText(R"(
  - name: a
    steps:
      - {request: {path: "/${id}"}, expect: {status: 200}}
      - {request: {path: /b}, save: {id: data.id}}
)")),
            "cases.yaml:8:9: error: \"id\" is used before it is saved\n"
            "  - {request: {path: \"/${id}\"}, expect: {status: 200}}\n"
            "    ^\n\n1 error\n");
}

// Each of these would be gigabytes if it were believed.
TEST(LoadCasesTest, RefusesWhatGrowsWithoutEnd) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    StrAppend(&bomb, "a", i, ": &a", i, " [");
    for (int k = 0; k < 10; ++k)
      StrAppend(&bomb, k > 0 ? ", " : "", "*a", i - 1);
    bomb += "]\n";
  }
  EXPECT_NE(MistakesOf(bomb).find("too large: at most 200000 values"),
            std::string::npos);

  std::string rows = "  - name: a\n    each:\n";
  for (int i = 0; i < 2000; ++i) {
    StrAppend(&rows, "      - {n: ", i, ", expect: {status: 200}}\n");
  }
  StrAppend(&rows,
            "    request: {method: POST, path: \"/${n}\",\n"
            "              json: {$range: {from: 1, to: 90000}}}\n");
  EXPECT_EQ(
      MistakesOf(CaseText(rows)),
      "cases.yaml:2008:21: error: the file is too large with all its rows "
      "written out\n"
      "  json: {$range: {from: 1, to: 90000}}}\n"
      "        ^\n"
      "split it into several files\n\n1 error\n");

  EXPECT_EQ(MistakesOf(CaseText("  - name: a\n"
                                "    request: {path: \"/${'aaaaaaa' * "
                                "10000000}\"}\n"
                                "    expect: {status: 200}\n")),
            "cases.yaml:6:21: error: the file is too large with all its rows "
            "written out\n"
            "  request: {path: \"/${'aaaaaaa' * 10000000}\"}\n"
            "                  ^~~~~~~~~~~~~~~~~~~~~~~~~~\n"
            "split it into several files\n\n1 error\n");

  EXPECT_NE(MistakesOf(CaseText("  - name: a\n"
                                "    steps:\n"
                                "      - {repeat: 1000001, request: {path: /},"
                                " expect: {status: 200}}\n"))
                .find("expected an integer from 1 to 1000000"),
            std::string::npos);
}

}  // namespace
}  // namespace headgate::test
