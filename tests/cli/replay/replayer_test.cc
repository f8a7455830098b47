#include "cli/replay/replayer.h"

#include <memory>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/proxy/replay_line.h"

namespace headgate::cli {
namespace {

using policy::Call;
using policy::TestPolicy;

// A family with every kind of place. `username` and `rest` are its changes.
std::string Shop(std::string_view username, std::string_view rest = "",
                 std::string_view operation = "") {
  return StrCat(
      "contract: shop\n"
      "app_key: '{org}'\n"
      "credentials: bearer\n"
      "errors:\n"
      "  shape: {code: '{code}'}\n"
      "  forbidden: {status: 403, code: forbidden}\n"
      "values:\n"
      "  username: {",
      username,
      "}\n"
      "  text: {length: 1..10}\n"
      "  flag: {one_of: ['true', 'false']}\n"
      "limits: {default: 1000000/s}\n",
      rest,
      "operations:\n"
      "  join:\n"
      "    request: POST /{org}/rooms/{username}\n",
      operation,
      "    query:\n"
      "      page: {integer: 1..5}\n"
      "      size: {integer: 1.., at_most: 10}\n"
      "      who: {value: username}\n"
      "      cursor: {value: text}\n"
      "      access_token: {value: text}\n"
      "    empty_body: ['', \"''\"]\n"
      "    array_body: {items: 1..2}\n"
      "    body:\n"
      "      owner: {value: username, optional: true}\n"
      "      note: {value: text, optional: true, nullable: true}\n"
      "      password: {value: username, optional: true}\n"
      "      age: {integer: 0..99, optional: true}\n"
      "      open: {boolean: true, optional: true}\n"
      "      names: {list: username, items: 1..3, optional: true}\n"
      "      people:\n"
      "        optional: true\n"
      "        items: 1..2\n"
      "        list: {name: {value: username}, note: {value: text}}\n"
      "      meta: {map: text, items: 0..2, bytes: 24, optional: true,\n"
      "             keys: {loud: flag}}\n"
      "  leave:\n"
      "    request: DELETE /{org}/rooms/{names}\n"
      "    path:\n"
      "      names: {list: username, separator: ',', items: 1..3}\n");
}

TestPolicy ShopPolicy(const std::string& contract) {
  return TestPolicy("  shop: {upstream: {servers: [http://127.0.0.1:9]}}\n",
                    contract);
}

// It belongs to the test.
std::shared_ptr<const policy::Policy> PolicyOf(const TestPolicy& policy) {
  return {std::shared_ptr<const policy::Policy>(), &policy.policy()};
}

Call Join(std::string body, std::string query = "") {
  return {.method = "POST",
          .path = "/acme/rooms/bob",
          .query = std::move(query),
          .body = std::move(body)};
}

constexpr const char* kBodies[] = {
    "",
    "''",
    "{}",
    " {} ",
    "{",
    "[1]",
    "[1,2]",
    "[]",
    "[1,2,3]",
    "7",
    "\"x\"",
    "null",
    R"({"owner":"bob"})",
    R"({"owner":"Bob7"})",
    R"({"owner":7})",
    R"({"owner":{"a":1}})",
    R"({"owner":[]})",
    R"({"owner":null})",
    R"({"note":"hello"})",
    R"({"note":""})",
    R"({"note":"hello world"})",
    R"({"note":"\u00e9\u00e9"})",
    R"({"note":null})",
    R"({"note":true})",
    R"({"age":99})",
    R"({"age":100})",
    R"({"age":-1})",
    R"({"age":1.5})",
    R"({"age":99999999999999999999})",
    R"({"age":"1"})",
    R"({"open":true})",
    R"({"open":"true"})",
    R"({"names":["bob","amy"]})",
    R"({"names":[]})",
    R"({"names":["a","b","c","d"]})",
    R"({"names":["bob",7]})",
    R"({"names":["b0b"]})",
    R"({"names":"bob"})",
    R"({"people":[{"name":"bob","note":"x"}]})",
    R"({"people":[{"name":"bob"}]})",
    R"({"people":[{"note":"x"}]})",
    R"({"people":[{"name":"bob","note":"hello world"}]})",
    R"({"people":["bob"]})",
    R"({"people":{}})",
    R"({"people":[{},{},{}]})",
    R"({"meta":{}})",
    R"({"meta":{"loud":"true"}})",
    R"({"meta":{"loud":"aye"}})",
    R"({"meta":{"a":"b","c":"d"}})",
    R"({"meta":{"a":"","c":"d"}})",
    R"({"meta":{"a":"1","b":"2","c":"3"}})",
    R"({"meta":{"a":7}})",
    R"({"meta":{"abcdefghijklmn":"0123456789"}})",
    R"({"meta":{"abcdefghijklmno":"0123456789"}})",
    R"({"meta":{"\u00e9\u00e9\u00e9\u00e9":"\u00e9\u00e9\u00e9\u00e9"}})",
    R"({"meta":[]})",
    R"({"more":1,"owner":"bob"})"};

std::vector<Call> Calls() {
  std::vector<Call> calls = {
      {.method = "DELETE", .path = "/acme/rooms/bob,amy"},
      {.method = "DELETE", .path = "/acme/rooms/bob,Am3"},
      {.method = "DELETE", .path = "/acme/rooms/a,b,c,d"},
      {.method = "DELETE", .path = "/acme/rooms/bob", .body = "{\"x\":1}"},
      {.method = "DELETE", .path = "/acme/rooms/bob", .body = "{"},
      {.method = "GET", .path = "/acme/rooms/bob"},
      {.method = "POST", .path = "/acme"},
      {.method = "POST", .path = "/acme/rooms/Bob%20x"},
      {.method = "POST", .path = "/acme/rooms/bob", .authorization = ""},
      {.method = "POST", .path = "/acme/rooms/bob", .authorization = "Basic x"},
      {.method = "POST",
       .path = "/acme/rooms/bob",
       .authorization = "Bearer ?"},
      {.method = "POST",
       .path = "/acme/rooms/bob",
       .body = "a=b",
       .content_type = "application/x-www-form-urlencoded"},
  };
  for (const char* query :
       {"page=1", "page=6", "page=x", "page=1&page=1", "size=11", "size=0",
        "who=amy", "who=A%20my", "who=", "cursor=abc", "cursor=", "cursor=%FF",
        "cursor=aaaaaaaaaaa", "access_token=s3cret",
        "access_token=", "other=1&page=2", "p%61ge=9", "page"}) {
    calls.push_back(Join("", query));
  }
  for (const char* text : kBodies) calls.push_back(Join(text));
  return calls;
}

// "allow", "ROW RULE", "open", or "unknown: why".
std::string Decided(const ReplayOutcome& outcome) {
  switch (outcome.kind) {
    case ReplayOutcome::Kind::kOpen:
      return "open";
    case ReplayOutcome::Kind::kUnknown:
      return StrCat("unknown: ", outcome.why_unknown);
    default:
      return policy::Outcome(*outcome.decision);
  }
}

ReplayCall ReadBack(const std::string& line) {
  CallReader reader;
  ReplayCall call;
  const std::string_view text(line.data(), line.size() - 1);
  EXPECT_EQ(reader.Read(text, &call), CallReader::Found::kCall)
      << reader.error() << "\n"
      << line;
  return call;
}

constexpr char kLetters[] = "charset: a-zA-Z, length: 1..5, fold: lower";

// What the real request is decided to be is the oracle.
TEST(ReplayerTest, DecidesARecordAsItsRequestWasDecided) {
  const std::string contract = Shop(kLetters);
  TestPolicy writer = ShopPolicy(contract);
  TestPolicy again = ShopPolicy(contract);
  Replayer replayer(PolicyOf(again), writer.policy());
  for (const Call& call : Calls()) {
    const std::string line = test::LogLineOf(&writer, call);
    const std::string expected = policy::Outcome(writer.Decide(call));
    EXPECT_EQ(Decided(replayer.Decide(ReadBack(line))), expected) << line;
  }
}

TEST(ReplayerTest, DecidesUnderAnotherPolicyOrSaysWhyNot) {
  const std::string written = Shop(kLetters);
  const std::vector<std::string> contracts = {
      Shop("charset: a-z, length: 1..4"),
      Shop("charset: a-z0-9, length: 2..9", "prefixes: [/acme]\n"),
      Shop("length: 1..3"),
      Shop(kLetters, "", "    credentials: none\n"),
      Shop(kLetters, "", "    credentials: basic\n"),
      Shop(kLetters, "", "    deny: forbidden\n")};
  for (const std::string& contract : contracts) {
    TestPolicy writer = ShopPolicy(written);
    TestPolicy other = ShopPolicy(contract);
    ASSERT_TRUE(other.ok());
    Replayer replayer(PolicyOf(other), writer.policy());
    int decided = 0;
    for (const Call& call : Calls()) {
      const std::string line = test::LogLineOf(&writer, call);
      const std::string found = Decided(replayer.Decide(ReadBack(line)));
      if (found == "open" || found.starts_with("unknown")) continue;
      ++decided;
      EXPECT_EQ(found, policy::Outcome(other.Decide(call))) << line;
    }
    EXPECT_GT(decided, 50);
  }
}

struct Unknown {
  Call call;
  std::string contract;
  std::string expected;  // empty: as the request itself is decided
};

TEST(ReplayerTest, SaysWhatARecordDoesNotTell) {
  const std::string written = Shop(kLetters);
  std::string charset = Shop(kLetters);
  charset.replace(charset.find("text: {"), 7, "text: {charset: a-z, ");
  std::string field = Shop(kLetters);
  field.replace(field.find("      owner:"), 0,
                "      more: {integer: 1..9, optional: true}\n");
  std::string parameter = Shop(kLetters);
  parameter.replace(parameter.find("      page:"), 0,
                    "      other: {integer: 5..9}\n");
  const std::string body = "unknown: its body is not recorded in enough detail";
  const std::string query =
      "unknown: its query is not recorded in enough detail";
  const Unknown cases[] = {
      {Join(R"({"note":"hello"})"), charset, body},
      {Join(R"({"note":"hello world"})"), charset, ""},
      {Join(R"({"password":"bob"})"), written, body},
      {Join(R"({"more":1})"), field, body},
      {Join(R"({"owner":"bob"})"), field, ""},
      {Join("", "cursor=abc"), charset, query},
      {Join("", "other=1"), parameter, query},
      {Join("", "page=1"), parameter, ""},
  };
  for (const Unknown& test : cases) {
    TestPolicy writer = ShopPolicy(written);
    TestPolicy other = ShopPolicy(test.contract);
    ASSERT_TRUE(other.ok());
    Replayer replayer(PolicyOf(other), writer.policy());
    const std::string line = test::LogLineOf(&writer, test.call);
    const std::string found = Decided(replayer.Decide(ReadBack(line)));
    EXPECT_EQ(found, test.expected.empty()
                         ? policy::Outcome(other.Decide(test.call))
                         : test.expected)
        << line;
  }
}

// What was refused before its body was read is open where it is not refused.
TEST(ReplayerTest, ABodyThatNobodyReadIsOpen) {
  TestPolicy writer = ShopPolicy(Shop("charset: a-c, length: 1..5"));
  TestPolicy other = ShopPolicy(Shop(kLetters));
  Replayer replayer(PolicyOf(other), writer.policy());
  const std::string line = test::LogLineOf(&writer, Join("{}"));
  EXPECT_EQ(Decided(replayer.Decide(ReadBack(line))), "open");
}

constexpr char kKeys[] =
    "  private-services:\n"
    "    upstream: {servers: [http://127.0.0.1:9]}\n";

// The app of a secret key is found by the key's hash.
TEST(ReplayerTest, FindsTheAppOfASecretKey) {
  const std::string plain =
      StrCat(kKeys,
             "    limits: {default: 1/s}\n"
             "    apps: [{name: desk, api_key: k1, limits: {default: 2/s}}]\n");
  const std::string hashed =
      StrCat(kKeys, "    authenticate: verify\n    unlisted_apps: deny\n",
             "    limits: {default: 1/s}\n",
             "    apps: [{name: help, limits: {default: 2/s}, api_key_sha256: ",
             HexEncode(AsBytes(Sha256("k1"))), "}]\n");
  TestPolicy writer(plain), other(hashed);
  ASSERT_TRUE(writer.ok() && other.ok());
  Replayer again(PolicyOf(writer), writer.policy());
  Replayer replayer(PolicyOf(other), writer.policy());
  const auto decide = [&](const char* key, Replayer* by) {
    const Call call = {.method = "POST",
                       .path = "/oauth2/introspect",
                       .authorization = StrCat("Bearer ", key)};
    return Decided(by->Decide(ReadBack(test::LogLineOf(&writer, call))));
  };
  EXPECT_EQ(decide("k1", &again), "allow");
  EXPECT_EQ(decide("k1", &again), "allow");
  EXPECT_EQ(decide("k1", &again),
            "rate private-services.apps.desk.limits.default");
  EXPECT_EQ(decide("k2", &again), "allow");
  EXPECT_EQ(decide("k2", &again), "rate private-services.limits.default");
  EXPECT_EQ(decide("k2", &replayer),
            "unauthenticated private-services.authenticate");
  EXPECT_EQ(decide("k1", &replayer),
            "unknown: its credentials were not verified when it was recorded");
  // It verifies them, so its own log tells.
  Replayer own(PolicyOf(other), other.policy());
  for (const char* expected :
       {"allow", "allow", "rate private-services.apps.help.limits.default"}) {
    const Call call = {.method = "POST",
                       .path = "/oauth2/introspect",
                       .authorization = "Bearer k1"};
    EXPECT_EQ(Decided(own.Decide(ReadBack(test::LogLineOf(&other, call)))),
              expected);
  }
}

}  // namespace
}  // namespace headgate::cli
