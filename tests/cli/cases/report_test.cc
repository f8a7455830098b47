// What a run says in each format: the exact text.
#include "cli/cases/report.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/cli/cases/case_texts.h"

namespace headgate::test {
namespace {

using cli::ReportFormat;

// One passes, one fails, and its name and answer hold what formats escape.
const CaseRun& TheRun() {
  static const CaseRun run(CaseText(R"(
  - name: passes
    request: {path: /nobody}
    expect: {status: 404}
  - name: "100% <b> & \"c\", #1: d"
    request: {path: "/nobody?a=<&"}
    expect: {status: 200,
             headers: {Retry-After: "1"}}
)"));
  return run;
}

std::string Write(ReportFormat format) {
  return cli::WriteReport(TheRun().report(), format, /*color=*/false);
}

TEST(ReportTest, Pretty) {
  EXPECT_EQ(Write(ReportFormat::kPretty), R"(FAIL 100% <b> & "c", #1: d
  cases.yaml:11:22: status: expected 200, got 400
    expect: {status: 200,
                     ^~~
  cases.yaml:12:37: headers.Retry-After: expected "1", got none
    headers: {Retry-After: "1"}}
                           ^~~
  GET /nobody?a=<& at 0ms was answered 400 invalid_parameter
    FAIL  parse        invalid_query: a byte in the target that must be escaped

2 cases: 1 passed, 1 failed (2 calls, 0.000 s)
)");
}

TEST(ReportTest, PrettyHasColorsIfAsked) {
  const std::string text = cli::WriteReport(
      TheRun().report(), ReportFormat::kPretty, /*color=*/true);
  EXPECT_TRUE(text.starts_with("\033[1;31mFAIL\033[0m \033[1m100% <b>"));
}

TEST(ReportTest, Tap) {
  EXPECT_EQ(Write(ReportFormat::kTap), R"(TAP version 14
1..2
ok 1 - passes
not ok 2 - 100% <b> & "c", \#1: d
  ---
  failures:
    - at: "cases.yaml:11:22"
      message: "status: expected 200, got 400"
    - at: "cases.yaml:12:37"
      message: "headers.Retry-After: expected \"1\", got none"
  ...
)");
}

TEST(ReportTest, Junit) {
  const std::string counts =
      "tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\" "
      "time=\"0.000000\"";
  const auto test = [](std::string_view name, int line) {
    return StrCat("    <testcase name=\"", name,
                  "\" classname=\"cases.yaml\" file=\"cases.yaml\" line=\"",
                  line, "\" time=\"0.000000\"");
  };
  EXPECT_EQ(Write(ReportFormat::kJunit),
            StrCat("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites ",
                   counts, ">\n  <testsuite name=\"cases.yaml\" ", counts,
                   ">\n", test("passes", 6), "/>\n",
                   test("100% &lt;b&gt; &amp; &quot;c&quot;, #1: d", 9),
                   R"(>
      <failure type="expectation" message="status: expected 200, got 400">)"
                   R"(  cases.yaml:11:22: status: expected 200, got 400
    expect: {status: 200,
                     ^~~
  cases.yaml:12:37: headers.Retry-After: expected &quot;1&quot;, got none
    headers: {Retry-After: &quot;1&quot;}}
                           ^~~
  GET /nobody?a=&lt;&amp; at 0ms was answered 400 invalid_parameter
    FAIL  parse        invalid_query: a byte in the target that must be escaped
</failure>
    </testcase>
  </testsuite>
</testsuites>
)"));
}

TEST(ReportTest, Github) {
  EXPECT_EQ(
      Write(ReportFormat::kGithub),
      "::error file=cases.yaml,line=11,col=22,title=100%25 <b> & \"c\"%2C "
      "#1%3A d::  cases.yaml:11:22: status: expected 200, got 400%0A"
      "    expect: {status: 200,%0A"
      "                     ^~~%0A"
      "  cases.yaml:12:37: headers.Retry-After: expected \"1\", got none%0A"
      "    headers: {Retry-After: \"1\"}}%0A"
      "                           ^~~%0A"
      "  GET /nobody?a=<& at 0ms was answered 400 invalid_parameter%0A"
      "    FAIL  parse        invalid_query: a byte in the target that must be "
      "escaped%0A\n"
      "2 cases: 1 passed, 1 failed (2 calls, 0.000 s)\n");
}

TEST(ReportTest, Json) {
  EXPECT_EQ(
      Write(ReportFormat::kJson),
      R"({"passed":1,"failed":1,"skipped":0,"elapsed_us":0,"files":[)"
      R"({"file":"cases.yaml","policy":"headgate.yaml","cases":[)"
      R"({"name":"passes","at":"cases.yaml:6:5","outcome":"passed","calls":1,)"
      R"("elapsed_us":0},)"
      R"({"name":"100% <b> & \"c\", #1: d","at":"cases.yaml:9:5",)"
      R"("outcome":"failed","calls":1,"elapsed_us":0,"failures":[],)"
      R"("failed_calls":[{"method":"GET","path":"/nobody?a=<&","call":1,)"
      R"("at_us":0,"more_failed_calls":0,"answer":"400 invalid_parameter",)"
      R"("failures":[{"at":"cases.yaml:11:22","field":"status",)"
      R"("expected":"200","actual":"400"},{"at":"cases.yaml:12:37",)"
      R"("field":"headers.Retry-After","expected":"\"1\"","actual":"none"}],)"
      R"("trace":[{"step":"parse","rule":"invalid_query","value":)"
      R"("a byte in the target that must be escaped","passed":false}]}]}]}]})"
      "\n");
}

TEST(ReportTest, ATrainOfCallsIsToldOnce) {
  const CaseRun run(CaseText(R"(
  - name: a train
    steps:
      - {repeat: 103, every: 1ms, request: {path: /acme/chat/chatrooms/1/admin},
         expect: {decision: allow, denied: 0}}
)"));
  const std::string text = run.Failures();
  EXPECT_NE(text.find("cases.yaml:9:44: denied: expected 0, got 3\n"),
            std::string::npos)
      << text;
  EXPECT_NE(
      text.find("  GET /acme/chat/chatrooms/1/admin at 100ms (call 101 of "
                "103, and 2 more) was answered 429 reach_limit\n"),
      std::string::npos)
      << text;
}

}  // namespace
}  // namespace headgate::test
