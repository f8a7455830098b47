// What an operator can get wrong, and exactly what is said about it.
#include <gtest/gtest.h>

#include <string>

#include "base/strings.h"
#include "config/reader.h"
#include "tests/config/examples.h"

namespace headgate::config {
namespace {

// A file that is right but for `line`, which is its only line 1.
struct Mistake {
  const char* why;
  std::string text;
  std::string problems;  // without the closing count
};

constexpr char kListener[] = "listeners: [{address: 127.0.0.1:80}]\n";
constexpr char kService[] =
    "services: {agora-chat: {upstream: {servers: [http://a:1]}}}\n";

// A line in front of a file that is otherwise right.
std::string Top(const std::string& line) {
  return line + "\n" + kListener + kService;
}
// The inside of agora-chat's map, as line 2.
std::string Chat(const std::string& inside) {
  return std::string(kListener) + "services: {agora-chat: {" + inside + "}}\n";
}
// The inside of an app of agora-chat, as line 2.
std::string AppLine(const std::string& inside) {
  return Chat("apps: [{" + inside + "}]");
}

void ExpectMistakes(const std::vector<Mistake>& mistakes) {
  const FakeEnvironment environment = {
      .files = {{"empty.key", "\n"},
                {"good.key", "s3cret"},
                {"token.key", std::string(64, 'a') + "\n"}},
      .variables = {{"EMPTY", ""}}};
  for (const Mistake& mistake : mistakes) {
    std::string problems;
    EXPECT_FALSE(environment.Load(mistake.text, &problems)) << mistake.why;
    EXPECT_EQ(problems, mistake.problems + "\n\n1 error\n") << mistake.why;
    EXPECT_EQ(problems.find("hunter2"), std::string::npos) << mistake.why;
  }
}

TEST(MistakesTest, OfKeysAndTheirValues) {
  ExpectMistakes({
      {"a misspelt key", Top("worker: 2"),
       "headgate.yaml:1:1: error: unknown key \"worker\"\n"
       "  worker: 2\n  ^~~~~~\ndid you mean \"workers\"?"},
      {"a key out of place", Top("log: {path: x}"),
       "headgate.yaml:1:7: error: unknown key \"path\"\n"
       "  log: {path: x}\n        ^~~~\nknown: level"},
      {"a duplicate key", Top("workers: 1\nworkers: 2"),
       "headgate.yaml:2:1: error: duplicate key \"workers\"\n"
       "  workers: 2\n  ^~~~~~~\nthe first is at headgate.yaml:1:1"},
      {"a number that is none", Top("workers: two"),
       "headgate.yaml:1:10: error: expected an integer from 0 to 256, found "
       "\"two\"\n  workers: two\n           ^~~"},
      {"a bad unit", Top("timeouts: {head: 10sec}"),
       "headgate.yaml:1:18: error: expected a duration from 1ms to 1h, found "
       "\"10sec\"\n  timeouts: {head: 10sec}\n                   ^~~~~\n"
       "units: us, ms, s, m, h, d"},
      {"a list for a map", Top("log: [info]"),
       "headgate.yaml:1:6: error: expected a map, found a list\n"
       "  log: [info]\n       ^"},
      {"a word that is none of the choices", Top("log: {level: infos}"),
       "headgate.yaml:1:14: error: expected debug, info, warning or error, "
       "found \"infos\"\n  log: {level: infos}\n               ^~~~~\n"
       "did you mean \"info\"?"},
      {"a store that does not exist", Top("storage: sqlite"),
       "headgate.yaml:1:10: error: expected memory or sqlite:PATH, found "
       "\"sqlite\"\n  storage: sqlite\n           ^~~~~~"},
      {"nothing for a value", Top("storage:"),
       "headgate.yaml:1:1: error: expected a string, found nothing\n"
       "  storage:\n  ^~~~~~~"},
      {"a contract file that is not there", Top("contracts: [ours.yaml]"),
       "headgate.yaml:1:13: error: cannot read \"ours.yaml\": No such file or "
       "directory\n  contracts: [ours.yaml]\n              ^~~~~~~~~"},
  });
}

TEST(MistakesTest, OfTheWholeFile) {
  std::string problems;
  const FakeEnvironment environment;
  EXPECT_FALSE(environment.Load("", &problems));
  EXPECT_EQ(problems,
            "headgate.yaml:1:1: error: missing key \"listeners\"\n\n"
            "headgate.yaml:1:1: error: missing key \"services\"\n\n2 errors\n");
  EXPECT_FALSE(environment.Load("- a\n", &problems));
  EXPECT_EQ(problems,
            "headgate.yaml:1:1: error: expected a map, found a list\n"
            "  - a\n  ^\n\n1 error\n");
  EXPECT_FALSE(environment.Load("listeners: []\nservices: {}\n", &problems));
  EXPECT_EQ(problems,
            "headgate.yaml:1:12: error: expected at least one entry\n"
            "  listeners: []\n             ^\n\n"
            "headgate.yaml:2:11: error: expected a map with at least one "
            "entry, found a map\n  services: {}\n            ^\n\n2 errors\n");
}

TEST(MistakesTest, OfAddresses) {
  const auto listeners = [](const std::string& list) {
    return "listeners: " + list + "\n" + kService;
  };
  const std::string expected =
      ": error: expected an address such as 127.0.0.1:8080, [::1]:8080 or "
      "unix:/path, found ";
  for (const char* bad :
       {"8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
        "127.0.0.1:-1", "127.0.0.1:80x", "[::1]", "[::1:80", "::1:80", "[x]:80",
        "a b:80", "unix:", "http://a:80"}) {
    std::string problems;
    EXPECT_FALSE(FakeEnvironment().Load(
        listeners("[{address: '" + std::string(bad) + "'}]"), &problems));
    EXPECT_TRUE(problems.starts_with("headgate.yaml:1:23" + expected))
        << bad << "\n"
        << problems;
  }
  ExpectMistakes({
      {"one address twice",
       listeners("[{address: a:80}, {address: b:80}, {address: a:80}]"),
       "headgate.yaml:1:57: error: duplicate address \"a:80\"\n"
       "  listeners: [{address: a:80}, {address: b:80}, {address: a:80}]\n"
       "                                                          ^~~~\n"
       "the first is at headgate.yaml:1:23"},
      {"the admin's address twice",
       "admin: {address: 127.0.0.1:80}\n" +
           listeners("[{address: 127.0.0.1:80}]"),
       "headgate.yaml:1:18: error: duplicate address \"127.0.0.1:80\"\n"
       "  admin: {address: 127.0.0.1:80}\n                   ^~~~~~~~~~~~\n"
       "the first is at headgate.yaml:2:23"},
      {"TLS without a key",
       listeners("[{address: a:80, tls: {certificate: good.key}}]"),
       "headgate.yaml:1:34: error: missing key \"key\"\n"
       "  listeners: [{address: a:80, tls: {certificate: good.key}}]\n"
       "                                   ^"},
  });
  std::string problems;
  EXPECT_TRUE(FakeEnvironment().Load(
      listeners("[{address: a:0}, {address: a:0}, {address: \"[::1]:80\"}]"),
      &problems))
      << problems;
}

TEST(MistakesTest, OfUpstreams) {
  const std::string expected =
      ": error: expected http://host:port, https://host[:port] or unix:/path, "
      "without a path, query or user, found ";
  for (const char* bad :
       {"a:80", "ftp://a", "http://", "http://a/", "http://a/b", "http://a?b",
        "http://u@a", "http://u:p@a", "http://a:0",
        "http://a:", "unix:", "HTTP://a", "http://[::1", "http://a:99999"}) {
    std::string problems;
    EXPECT_FALSE(FakeEnvironment().Load(
        Chat("upstream: {servers: [\"" + std::string(bad) + "\"]}"),
        &problems));
    EXPECT_TRUE(problems.starts_with("headgate.yaml:2:46" + expected + "\"" +
                                     bad + "\""))
        << problems;
  }
  ExpectMistakes({
      {"a server twice",
       Chat("upstream: {servers: [http://a:1, http://b:1, http://a:1]}"),
       "headgate.yaml:2:70: error: duplicate server \"http://a:1\"\n"
       "  services: {agora-chat: {upstream: {servers: [http://a:1, http://b:1, "
       "http://a:1]}}}\n" +
           std::string(71, ' ') +
           "^~~~~~~~~~\nthe first is at headgate.yaml:2:46"},
      {"HTTP/2 by TLS to a server without it",
       Chat("upstream: {servers: [http://a:1], http2: true}"),
       "headgate.yaml:2:46: error: `http2` needs https servers\n"
       "  services: {agora-chat: {upstream: {servers: [http://a:1], http2: "
       "true}}}\n" +
           std::string(47, ' ') +
           "^~~~~~~~~~\nfor HTTP/2 in clear text write `h2c: true`"},
      {"HTTP/2 in clear text to a server with TLS",
       Chat("upstream: {servers: [https://a:1], h2c: true}"),
       "headgate.yaml:2:46: error: `h2c` needs http or unix servers\n"
       "  services: {agora-chat: {upstream: {servers: [https://a:1], h2c: "
       "true}}}\n" +
           std::string(47, ' ') +
           "^~~~~~~~~~~\nfor HTTP/2 over TLS write `http2: true`"},
      {"nowhere to forward to", Chat("unmatched: forward"),
       "headgate.yaml:2:36: error: agora-chat has no upstream to forward to\n"
       "  services: {agora-chat: {unmatched: forward}}\n" +
           std::string(37, ' ') +
           "^~~~~~~\nleave out `unmatched`, or give an `upstream`"},
      {"a health path that is a URL",
       Chat("upstream: {servers: [http://a:1], health: {path: x}}"),
       "headgate.yaml:2:74: error: expected a path that begins with /, found "
       "\"x\"\n  services: {agora-chat: {upstream: {servers: [http://a:1], "
       "health: {path: x}}}}\n" +
           std::string(75, ' ') + "^"},
      {"every origin and one more",
       Chat("cors: {origins: [\"*\", \"https://a\"]}"),
       "headgate.yaml:2:41: error: \"*\" must be the only origin\n"
       "  services: {agora-chat: {cors: {origins: [\"*\", \"https://a\"]}}}\n" +
           std::string(42, ' ') + "^"},
      {"an origin with a path", Chat("cors: {origins: [https://a/]}"),
       "headgate.yaml:2:42: error: expected an origin such as "
       "https://app.example.com, or \"*\", found \"https://a/\"\n"
       "  services: {agora-chat: {cors: {origins: [https://a/]}}}\n" +
           std::string(43, ' ') + "^~~~~~~~~~"},
  });
}

TEST(MistakesTest, AboutNamesOfTheContract) {
  ExpectMistakes({
      {"an unknown service",
       std::string(kListener) + "services: {agora-caht: {}}\n",
       "headgate.yaml:2:12: error: no contract for the service "
       "\"agora-caht\"\n  services: {agora-caht: {}}\n             "
       "^~~~~~~~~~\ndid you mean \"agora-chat\"?"},
      {"an unknown service like none",
       std::string(kListener) + "services: {zebra: {}}\n",
       "headgate.yaml:2:12: error: no contract for the service \"zebra\"\n"
       "  services: {zebra: {}}\n             ^~~~~\n"
       "known: agora-chat, flipflop, private-services"},
      {"an unknown operation", Chat("limits: {create_tokn: 1/s}"),
       "headgate.yaml:2:34: error: agora-chat has no operation "
       "\"create_tokn\"\n  services: {agora-chat: {limits: {create_tokn: "
       "1/s}}}\n" +
           std::string(35, ' ') +
           "^~~~~~~~~~~\ndid you mean \"create_token\"?"},
      {"an unknown operation of an app",
       AppLine("app_id: a, limits: {defalt: 1/s}"),
       "headgate.yaml:2:53: error: agora-chat has no operation \"defalt\"\n"
       "  services: {agora-chat: {apps: [{app_id: a, limits: {defalt: "
       "1/s}}]}}\n" +
           std::string(54, ' ') + "^~~~~~\ndid you mean \"default\"?"},
      {"a rate without a window", Chat("limits: {default: 100}"),
       "headgate.yaml:2:43: error: expected a rate such as 100/s or 5/500ms, "
       "found \"100\"\n  services: {agora-chat: {limits: {default: 100}}}\n" +
           std::string(44, ' ') + "^~~\nunits: us, ms, s, m, h, d"},
      {"a rate over a week", Chat("limits: {default: 1/7d}"),
       "headgate.yaml:2:43: error: expected at most 1000000 calls in 1ms to "
       "24h, found \"1/7d\"\n"
       "  services: {agora-chat: {limits: {default: 1/7d}}}\n" +
           std::string(44, ' ') + "^~~~"},
      {"an unknown value", Chat("values: {usrname: {}}"),
       "headgate.yaml:2:34: error: agora-chat has no value \"usrname\"\n"
       "  services: {agora-chat: {values: {usrname: {}}}}\n" +
           std::string(35, ' ') + "^~~~~~~\ndid you mean \"username\"?"},
      {"an unknown error of a value",
       Chat("values: {username: {error: ilegal_username}}"),
       "headgate.yaml:2:52: error: agora-chat has no error "
       "\"ilegal_username\"\n  services: {agora-chat: {values: {username: "
       "{error: ilegal_username}}}}\n" +
           std::string(53, ' ') +
           "^~~~~~~~~~~~~~~\ndid you mean \"illegal_username\"?"},
      {"an unknown setting", Chat("settings: {already_membr: accept}"),
       "headgate.yaml:2:36: error: agora-chat has no setting "
       "\"already_membr\"\n  services: {agora-chat: {settings: "
       "{already_membr: accept}}}\n" +
           std::string(37, ' ') +
           "^~~~~~~~~~~~~\ndid you mean \"already_member\"?"},
      {"an unknown choice", Chat("settings: {already_member: acept}"),
       "headgate.yaml:2:52: error: expected reject or accept, found \"acept\"\n"
       "  services: {agora-chat: {settings: {already_member: acept}}}\n" +
           std::string(53, ' ') + "^~~~~\ndid you mean \"accept\"?"},
      {"an unknown permission",
       std::string(kListener) +
           "services: {private-services: {apps: [{name: a, api_key: hunter2, "
           "grants: [PermissionChatMut]}]}}\n",
       "headgate.yaml:2:75: error: private-services has no permission "
       "\"PermissionChatMut\"\n  services: {private-services: {apps: [{name: "
       "a, api_key: *******, grants: [PermissionChatMut]}]}}\n" +
           std::string(76, ' ') +
           "^~~~~~~~~~~~~~~~~\ndid you mean \"PermissionChatMute\"?"},
  });
}

// Where nobody else checks the callers, an app needs what they show.
TEST(MistakesTest, OfAppsThatNobodyCouldCallAs) {
  const auto apps = [](const std::string& service, const std::string& app) {
    return StrCat(kListener, "services:\n  ", service, ":\n    apps: [", app,
                  "]\n");
  };
  const std::string hint =
      "\nnobody could call as this app: who calls flipflop is checked here; "
      "give ";
  ExpectMistakes({
      {"no secret", apps("flipflop", "{app_id: a, api_key: hunter2}"),
       "headgate.yaml:4:12: error: missing key \"api_secret\"\n"
       "  apps: [{app_id: a, api_key: *******}]\n         ^" +
           hint + "api_secret or api_secret_sha256"},
      {"neither", apps("flipflop", "{app_id: a}"),
       "headgate.yaml:4:12: error: missing key \"api_key\"\n"
       "  apps: [{app_id: a}]\n         ^" +
           hint + "api_key or api_key_sha256"},
      {"no key", apps("private-services", "{app_id: a}"),
       "headgate.yaml:4:12: error: missing key \"api_key\"\n"
       "  apps: [{app_id: a}]\n         ^\nnobody could call as this app: who "
       "calls private-services is checked here; give api_key or "
       "api_key_sha256"},
      {"no key beside an upstream",
       StrCat(kListener,
              "services:\n  private-services:\n    authenticate: verify\n"
              "    upstream: {servers: [http://a]}\n"
              "    apps: [{app_id: a}]\n"),
       "headgate.yaml:6:12: error: missing key \"api_key\"\n"
       "  apps: [{app_id: a}]\n         ^\nnobody could call as this app: who "
       "calls private-services is checked here; give api_key or "
       "api_key_sha256"},
      {"nothing at all", apps("flipflop", "{grants: [a]}"),
       "headgate.yaml:4:12: error: nothing here tells which app it is\n"
       "  apps: [{grants: [a]}]\n         ^\n"
       "give org_name and app_name, app_id, or api_key"},
      {"one that cannot be read",
       apps("private-services", "{app_id: a, api_key: {env: NOPE}}"),
       "headgate.yaml:4:39: error: the environment variable \"NOPE\" is not "
       "set\n  apps: [{app_id: a, api_key: {env: NOPE}}]\n" +
           std::string(36, ' ') + "^~~~"},
  });
  std::string problems;
  EXPECT_TRUE(FakeEnvironment().Load(
      StrCat(kListener,
             "services:\n  flipflop:\n    upstream: {servers: [http://a]}\n"
             "    apps: [{app_id: a, api_key: k}]\n"),
      &problems))
      << problems;
}

TEST(MistakesTest, OfAppsNeverShowASecret) {
  const auto caret = [](size_t column) {
    return std::string(column + 1, ' ') + "^";
  };
  ExpectMistakes({
      {"a variable that is not set", AppLine("app_id: a, api_key: {env: NOPE}"),
       "headgate.yaml:2:59: error: the environment variable \"NOPE\" is not "
       "set\n  services: {agora-chat: {apps: [{app_id: a, api_key: {env: "
       "NOPE}}]}}\n" +
           caret(59) + "~~~"},
      {"a variable that is empty", AppLine("app_id: a, api_key: {env: EMPTY}"),
       "headgate.yaml:2:59: error: the environment variable \"EMPTY\" is "
       "empty\n  services: {agora-chat: {apps: [{app_id: a, api_key: {env: "
       "EMPTY}}]}}\n" +
           caret(59) + "~~~~"},
      {"a file that is not there",
       AppLine("app_id: a, api_key: {file: no.key}"),
       "headgate.yaml:2:60: error: cannot read \"no.key\": No such file or "
       "directory\n  services: {agora-chat: {apps: [{app_id: a, api_key: "
       "{file: no.key}}]}}\n" +
           caret(60) + "~~~~~"},
      {"a file that is empty", AppLine("app_id: a, api_key: {file: empty.key}"),
       "headgate.yaml:2:60: error: \"empty.key\" is empty\n  services: "
       "{agora-chat: {apps: [{app_id: a, api_key: {file: empty.key}}]}}\n" +
           caret(60) + "~~~~~~~~"},
      {"a map that is no secret", AppLine("app_id: a, api_key: {hunter2: x}"),
       "headgate.yaml:2:53: error: expected a secret: a string, {env: NAME} "
       "or {file: PATH}\n  services: {agora-chat: {apps: [{app_id: a, "
       "api_key: ****************\n" +
           caret(53)},
      {"a certificate of the wrong length",
       AppLine("app_id: a, certificate: hunter2"),
       "headgate.yaml:2:57: error: expected 32 hexadecimal digits\n"
       "  services: {agora-chat: {apps: [{app_id: a, certificate: "
       "***********\n" +
           caret(57) + "~~~~~~"},
      {"a key where its hash should be",
       AppLine("name: a, api_key_sha256: hunter2"),
       "headgate.yaml:2:58: error: expected 64 hexadecimal digits\n"
       "  services: {agora-chat: {apps: [{name: a, api_key_sha256: "
       "***********\n" +
           caret(58) + "~~~~~~"},
      {"a key and its hash",
       AppLine("name: a, api_key: hunter2, api_key_sha256: " +
               std::string(64, 'a')),
       "headgate.yaml:2:76: error: expected api_key or api_key_sha256, found "
       "both\n  ...a-chat: {apps: [{name: a, api_key: *******, "
       "api_key_sha256: " +
           std::string(60, '*') + "...\n" + caret(64) + std::string(59, '~')},
      {"half of a name", AppLine("org_name: acme"),
       "headgate.yaml:2:32: error: missing key \"app_name\"\n"
       "  services: {agora-chat: {apps: [{org_name: acme}]}}\n" +
           caret(32) + "\norg_name and app_name go together"},
      {"nothing that names it", AppLine("client_secret: hunter2"),
       "headgate.yaml:2:32: error: nothing here tells which app it is\n"
       "  services: {agora-chat: {apps: [{client_secret: *******}]}}\n" +
           caret(32) + "\ngive org_name and app_name, app_id, or api_key"},
      {"no name for the logs", AppLine("api_key: hunter2"),
       "headgate.yaml:2:32: error: missing key \"name\"\n"
       "  services: {agora-chat: {apps: [{api_key: *******}]}}\n" +
           caret(32) + "\nthe logs need one: they never show an api_key"},
      {"one key twice",
       Chat("apps: [{name: a, api_key: hunter2}, {name: b, api_key: hunter2}]"),
       "headgate.yaml:2:61: error: duplicate api_key\n"
       "  services: {agora-chat: {apps: [{name: a, api_key: *******}, {name: "
       "b, api_key: *******}]}}\n" +
           caret(61) + "\nthe first is at headgate.yaml:2:32"},
      {"a key and another app's hash of it",
       Chat("apps: [{name: a, api_key: hunter2}, {name: b, api_key_sha256: "
            "F52FBD32B2B3B86FF88EF6C490628285F482AF15DDCB29541F94BCF526A3F6C7"
            "}]"),
       "headgate.yaml:2:61: error: duplicate api_key\n"
       "  services: {agora-chat: {apps: [{name: a, api_key: *******}, {name: "
       "b, api_key_sha256: " +
           std::string(34, '*') + "...\n" + caret(61) +
           "\nthe first is at headgate.yaml:2:32"},
      {"one app twice",
       Chat("apps: [{org_name: o, app_name: a}, {org_name: o, app_name: a}]"),
       "headgate.yaml:2:60: error: duplicate app \"o#a\"\n"
       "  services: {agora-chat: {apps: [{org_name: o, app_name: a}, "
       "{org_name: o, app_name: a}]}}\n" +
           caret(60) + "\nthe first is at headgate.yaml:2:32"},
      {"one id twice", Chat("apps: [{app_id: a}, {app_id: a, name: n}]"),
       "headgate.yaml:2:45: error: duplicate app_id \"a\"\n"
       "  services: {agora-chat: {apps: [{app_id: a}, {app_id: a, name: "
       "n}]}}\n" +
           caret(45) + "\nthe first is at headgate.yaml:2:32"},
      {"one name twice",
       Chat("apps: [{org_name: o, app_name: a}, {app_id: a, name: o#a}]"),
       "headgate.yaml:2:60: error: duplicate app name \"o#a\"\n"
       "  services: {agora-chat: {apps: [{org_name: o, app_name: a}, "
       "{app_id: a, name: o#a}]}}\n" +
           caret(60) + "\nthe first is at headgate.yaml:2:32"},
      {"one token key twice",
       Top("tokens: {keys: [{id: k, secret: {file: token.key}}, "
           "{id: k, secret: {file: token.key}}]}"),
       "headgate.yaml:1:53: error: duplicate key id \"k\"\n"
       "  tokens: {keys: [{id: k, secret: {file: token.key}}, "
       "{id: k, secret: {file: token.key}}]}\n" +
           caret(53) + "\nthe first is at headgate.yaml:1:17"},
  });
}

TEST(MistakesTest, OfTokenKeys) {
  ExpectMistakes({
      {"a secret that is no key",
       Top("tokens: {keys: [{id: k, secret: hunter2}]}"),
       "headgate.yaml:1:33: error: expected a key: k4.local. or k4.secret. and "
       "what follows, 64 hexadecimal digits, or 32 bytes as base64\n"
       "  tokens: {keys: [{id: k, secret: **********\n"
       "                                  ^~~~~~~\n`headgate token new-key` "
       "makes one"},
      {"a key that seals where one must sign",
       Top("tokens: {format: public, keys: [{id: k, "
           "secret: {file: token.key}}]}"),
       "headgate.yaml:1:33: error: the first key must be a k4.secret. key: "
       "`format: public`\n"
       "  tokens: {format: public, keys: [{id: k, secret: {file: "
       "token.key}}]}\n                                  ^"},
      {"an issuer with a blank", Top("tokens: {issuer: our gateway}"),
       "headgate.yaml:1:18: error: expected 1 to 255 visible characters, found "
       "\"our gateway\"\n  tokens: {issuer: our gateway}\n"
       "                   ^~~~~~~~~~~"},
  });
}

TEST(MistakesTest, AllComeInOneRunInTheOrderOfTheFile) {
  std::string problems;
  EXPECT_FALSE(FakeEnvironment().Load(R"(workers: many
listeners:
  - adress: 127.0.0.1:8080
services:
  agora-chat:
    upstream: {servers: [http://a:1], retries: 99}
    limits: {nothing_like_it: 1/s, default: 5}
  flipflip: {}
log: {level: loud}
)",
                                      &problems));
  Strings places;
  for (const std::string_view line : Split(problems, '\n')) {
    if (line.starts_with("headgate.yaml:")) {
      places.emplace_back(line.substr(14, line.find(": error") - 14));
    }
  }
  EXPECT_EQ(places, (Strings{"1:10", "3:5", "3:5", "6:48", "7:14", "7:45",
                             "8:3", "9:14"}))
      << problems;
  EXPECT_TRUE(problems.ends_with("\n8 errors\n"));
}

}  // namespace
}  // namespace headgate::config
