#include "proxy/replay_record.h"

#include <string>
#include <vector>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/proxy/replay_line.h"

namespace headgate::proxy {
namespace {

using policy::Call;
using policy::TestPolicy;

constexpr char kContract[] =
    "contract: shop\n"
    "app_key: '{bearer_token}'\n"
    "credentials: api_key\n"
    "errors:\n"
    "  shape: {code: '{code}'}\n"
    "values:\n"
    "  username: {charset: a-zA-Z0-9, length: 1..64}\n"
    "  text: {length: 0..65536}\n"
    "limits: {default: 1000000/s}\n"
    "operations:\n"
    "  join:\n"
    "    request: POST /rooms/{username}\n"
    "    query:\n"
    "      page: {integer: 1..}\n"
    "      who: {value: username}\n"
    "      cursor: {value: text}\n"
    "      access_token: {value: username}\n"
    "    body:\n"
    "      names: {list: username, optional: true}\n"
    "      note: {value: text, optional: true}\n"
    "      password: {value: username, optional: true}\n"
    "      client_secret: {value: username, optional: true}\n"
    "      apiKey: {value: username, optional: true}\n"
    "      pin_secret: {integer: 0.., optional: true}\n"
    "      tokens: {list: {name: {value: username}}, optional: true}\n"
    "      meta: {map: text, optional: true, keys: {token: username,\n"
    "             mode: username}}\n";

TestPolicy Shop() {
  return TestPolicy("  shop: {upstream: {servers: [http://127.0.0.1:9]}}\n",
                    kContract);
}

// The line's `replay`.
std::string RecordOf(const Call& call) {
  TestPolicy policy = Shop();
  const std::string line = test::LogLineOf(&policy, call);
  const size_t at = line.find("\"replay\":");
  return at == line.npos ? line : line.substr(at + 9, line.size() - at - 11);
}

struct Row {
  std::string query, body, expected;
};

TEST(ReplayRecordTest, KeepsWhatADecisionNeeds) {
  const Row rows[] = {
      {"", "{}", R"("body":{}})"},
      {"page=2&who=bob&x=1&y", "{}",
       R"("query":"page=2&who=bob","query_more":2,"body":{}})"},
      {"p%61ge=2", "{}", R"("query":"page=2","body":{}})"},
      {"cursor=a%C3%A9c", "{}", R"("query":"cursor=#3","body":{}})"},
      {"cursor=%FF", "{}", R"("query":"cursor=%FF","body_is":"unread"})"},
      {"", R"({"names":["Bob","amy"],"x":1,"y":2})",
       R"("body":{"names":["Bob","amy"],"#more":2}})"},
      {"", R"({"names":["bob",7,null,{"a":1},[2]]})",
       R"("body":{"names":["bob",7,null,{},[]]}})"},
      {"", R"({"note":"what\u00e9ver"})", R"("body":{"note":{"#chars":8}}})"},
      {"", R"({"meta":{"mode":"a","b":"cd","e":7}})",
       R"("body":{"meta":{"mode":"a","#bytes":9,"#lengths":[2,-1]}}})"},
      {"", "[1,2,3]", R"("body":[3]})"},
      {"", "\"text\"", R"("body":null})"},
      {"", "{\"a\":", R"("body_is":"not_json"})"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(RecordOf({.method = "POST",
                        .path = "/rooms/bob",
                        .query = row.query,
                        .body = row.body,
                        .authorization = "Bearer KEY"}),
              StrCat("{\"at_us\":0,\"scheme\":\"bearer\",\"credentials\":"
                     "\"present\",\"key\":\"",
                     policy::AppKeyLabel("KEY"), "\",", row.expected))
        << row.query << row.body;
  }
}

// The contract page's own AccessToken2, good until 1111711.
TEST(ReplayRecordTest, AnExpiredTokenIsABadOne) {
  TestPolicy policy(
      "  agora-chat:\n"
      "    apps:\n"
      "      - {org_name: acme, app_name: chat,\n"
      "         app_id: 970CA35de60c44645bbae8a215061b33,\n"
      "         certificate: 5CFd2fd1755d40ecb72977518be15d3b}\n");
  policy.now().unix_us = int64_t{1111711} * 1000000;
  const auto line = [&policy](const std::string& authorization) {
    return test::LogLineOf(
        &policy, {"GET", "/acme/chat/chatrooms", "", "", authorization});
  };
  EXPECT_NE(line("Bearer 007eJxTYNDNaz3snC8huEfHWdz6s98qltq4zqy9fl99Uh0FDvy6F6"
                 "DAYGlu4OxobJqSamaQbGJiZmKalJSYapFoZGhqYGaYZGzs/kWAIYKJgYGR"
                 "AYRZgZgJzGdgAACt8hhr")
                .find(R"("credentials":"bad")"),
            std::string::npos);
  EXPECT_NE(line("Bearer").find(R"("credentials":"missing")"),
            std::string::npos);
}

TEST(ReplayRecordTest, NeverHoldsASecret) {
  const Call calls[] = {
      {.query = "access_token=SECRET&key=SECRET&SECRET&page=SECRET"},
      {.query = "cursor=SECRET&ACCESS_TOKEN=SECRET"},
      {.body = R"({"password":"SECRET","client_secret":"SECRET"})"},
      {.body = R"({"apiKey":"SECRET","note":"SECRET"})"},
      {.body = R"({"password":{"SECRET":"SECRET"},"note":["SECRET"]})"},
      {.body = R"({"tokens":[{"name":"SECRET","SECRET":1}]})"},
      {.body = R"({"tokens":["SECRET"]})"},
      {.body = R"({"meta":{"SECRET":"SECRET","token":"SECRET"}})"},
      {.body = R"({"SECRET":"SECRET"})"},
      {.body = R"(["SECRET"])"},
      {.body = R"("SECRET")"},
      {.body = R"({"pin_secret":777})"},
      {.body = "SECRET"},
      {.authorization = "Bearer SECRET"},
      {.authorization = "Basic U0VDUkVUOlNFQ1JFVA=="},
      {.authorization = "SECRET"},
      {.authorization = "SECRET SECRET"},
      {.body = "{}", .content_type = "SECRET/SECRET"},
  };
  TestPolicy policy = Shop();
  for (Call call : calls) {
    call.method = "POST";
    call.path = "/rooms/bob";
    const std::string line = test::LogLineOf(&policy, call);
    EXPECT_EQ(line.find("SECRET"), line.npos) << line;
    EXPECT_EQ(line.find("U0VD"), line.npos) << line;
    EXPECT_EQ(line.find("777"), line.npos) << line;
  }
}

TEST(ReplayRecordTest, IsBounded) {
  std::string names, people;
  for (int i = 0; i < 5000; ++i) {
    StrAppend(&names, i == 0 ? "" : ",", "\"user", i, "\"");
    StrAppend(&people, i == 0 ? "" : ",", "{\"name\":\"user", i, "\"}");
  }
  EXPECT_NE(RecordOf({.method = "POST",
                      .path = "/rooms/bob",
                      .body = StrCat("{\"names\":[", names, "]}")})
                .find(R"("body":{"names":{"#items":5000}}})"),
            std::string::npos);
  const Call hostile[] = {
      {.query = StrCat("who=", std::string(900, 'a'), "&who=b&page=1")},
      {.query = std::string(100000, '&')},
      {.body = StrCat("{\"note\":\"", std::string(900000, '\x7f'), "\"}")},
      {.body = StrCat("{\"tokens\":[", people, "]}")},
      {.body = StrCat("{\"password\":\"", std::string(900000, 'a'), "\"}")},
      {.authorization = std::string(8000, 'a')},
  };
  for (Call call : hostile) {
    call.method = "POST";
    call.path = "/rooms/bob";
    EXPECT_LT(RecordOf(call).size(), 10'000u) << call.query.substr(0, 50);
  }
}

}  // namespace
}  // namespace headgate::proxy
