#include "config/load.h"

#include <gtest/gtest.h>

#include "tests/config/examples.h"

namespace headgate::config {
namespace {

TEST(LoadTest, TakesTheSmallestSidecar) {
  std::string problems;
  const auto config = FakeEnvironment().Load(kSidecar, &problems);
  ASSERT_TRUE(config) << problems;
  ASSERT_EQ(config->listeners.size(), 1u);
  EXPECT_EQ(config->listeners[0].address.ToString(), "127.0.0.1:8080");
  ASSERT_EQ(config->services.size(), 1u);
  const Service& service = config->services[0];
  EXPECT_EQ(service.name, "agora-chat");
  EXPECT_EQ(service.at.ToString(), "headgate.yaml:4:3");
  ASSERT_TRUE(service.upstream);
  ASSERT_EQ(service.upstream->servers.size(), 2u);
  EXPECT_EQ(service.upstream->servers[1].host, "127.0.0.1");
  EXPECT_EQ(service.upstream->servers[1].port, 9002);
  EXPECT_TRUE(service.unlisted_apps_allowed);
  EXPECT_TRUE(config->contracts.contains("agora-chat"));
}

TEST(LoadTest, TakesTheStandaloneExample) {
  std::string problems;
  const auto config = FakeEnvironment().Load(kStandalone, &problems);
  ASSERT_TRUE(config) << problems;
  EXPECT_EQ(config->storage, "sqlite:data/headgate.db");
  ASSERT_EQ(config->services.size(), 3u);
  for (const Service& service : config->services) {
    EXPECT_FALSE(service.upstream) << service.name;
    EXPECT_FALSE(service.unlisted_apps_allowed) << service.name;
    ASSERT_EQ(service.apps.size(), 1u) << service.name;
    EXPECT_FALSE(service.apps[0].grants) << service.name;
  }
  EXPECT_EQ(config->services[0].apps[0].name, "acme#chat");
  EXPECT_EQ(config->services[0].apps[0].client_secret.Reveal(), "demo-secret");
  EXPECT_EQ(config->services[1].apps[0].name, "ffl-dev-1");
  EXPECT_EQ(config->services[1].chat_server_url, "wss://chat.example.com/ws");
  EXPECT_EQ(config->services[2].apps[0].api_key.Reveal(), "demo-api-key");
}

TEST(LoadTest, TakesTheExampleWithEverything) {
  std::string problems;
  const auto config = EnvironmentOfEverything().Load(kEverything, &problems);
  ASSERT_TRUE(config) << problems;
  EXPECT_EQ(config->workers, 2);
  ASSERT_TRUE(config->listeners[0].tls);
  EXPECT_EQ(config->listeners[0].tls->client_ca, "ca.pem");
  EXPECT_EQ(config->listeners[1].address.unix_path,
            "/run/headgate/headgate.sock");
  EXPECT_EQ(config->admin->port, 9901);
  EXPECT_TRUE(config->contracts.contains("our-own-api"));
  const Service& chat = config->services[0];
  EXPECT_EQ(chat.upstream->servers[0].scheme, Server::Scheme::kHttps);
  EXPECT_EQ(chat.upstream->servers[0].port, 443);
  EXPECT_EQ(chat.upstream->health->interval, absl::Seconds(5));
  EXPECT_EQ(chat.cors.origins,
            std::vector<std::string>{"https://app.example.com"});
  EXPECT_EQ(chat.limits.at("create_token").limit, 300);
  const Limit& limit = chat.limits.at("add_chatroom_member");
  EXPECT_EQ(limit.on_exceed, Limit::OnExceed::kDelay);
  EXPECT_EQ(limit.max_delay, absl::Milliseconds(500));
  EXPECT_EQ(limit.candidate, 80);
  EXPECT_EQ(limit.at.ToString(), "headgate.yaml:41:7");
  EXPECT_EQ(chat.values.at("username").length, (Range{3, 32}));
  EXPECT_FALSE(chat.values.at("username").charset);
  EXPECT_EQ(chat.settings.at("already_member"), "accept");
  EXPECT_EQ(chat.apps[0].certificate.Reveal(),
            "5CFd2fd1755d40ecb72977518be15d3b");
  EXPECT_EQ(chat.apps[0].limits.at("default").limit, 500);
  EXPECT_EQ(config->services[1].apps[0].grants->size(), 2u);
  ASSERT_EQ(config->tokens.keys.size(), 2u);
  EXPECT_EQ(config->tokens.keys[0].secret.Reveal(),
            "k4.local.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8");
  EXPECT_EQ(config->tokens.keys[1].secret.Reveal(),
            "k4.local.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
}

TEST(LoadTest, ReadsFilesRelativeToTheFolderOfTheFile) {
  FakeEnvironment files;
  files.files = {{"/etc/headgate/cert.pem", "c"}, {"/keys/key.pem", "k"}};
  files.files["/etc/headgate/main.yaml"] = R"(listeners:
  - address: "[::1]:8443"
    tls: {certificate: cert.pem, key: /keys/key.pem}
services: {agora-chat: {upstream: {servers: ["unix:/run/chat.sock"]}}}
)";
  Diagnostics diagnostics;
  const auto config =
      Load("/etc/headgate/main.yaml", files.Make(), &diagnostics);
  ASSERT_TRUE(config) << diagnostics.ToString();
  EXPECT_EQ(config->listeners[0].address.ToString(), "[::1]:8443");
  EXPECT_EQ(config->listeners[0].tls->certificate, "/etc/headgate/cert.pem");
  EXPECT_EQ(config->listeners[0].tls->key, "/keys/key.pem");
  EXPECT_EQ(config->services[0].upstream->servers[0].unix_path,
            "/run/chat.sock");
}

TEST(LoadTest, TellsWhichFileIsMissing) {
  Diagnostics diagnostics;
  EXPECT_FALSE(Load("absent.yaml", FakeEnvironment().Make(), &diagnostics));
  EXPECT_EQ(diagnostics.ToString(),
            "absent.yaml: error: cannot read: No such file or directory\n\n"
            "1 error\n");
}

TEST(LoadTest, TheSystemsEnvironmentReadsFilesAndVariables) {
  const Environment system = SystemEnvironment({{"ours", "contract: ours"}});
  const auto text =
      system.read_file(std::string(HEADGATE_SOURCE_DIR) + "/config/load.h");
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_NE(text->find("SystemEnvironment"), std::string::npos);
  EXPECT_EQ(system.read_file("/nowhere/at/all").status().message(),
            "No such file or directory");
  EXPECT_EQ(system.read_file("/").status().message(), "Is a directory");
  EXPECT_EQ(system.read_file("/dev/zero").status().message(),
            "larger than 4 MiB");
  EXPECT_TRUE(system.variable("PATH"));
  EXPECT_FALSE(system.variable("HEADGATE_NO_SUCH_VARIABLE"));
  EXPECT_EQ(system.builtin_contracts.at("ours"), "contract: ours");
}

}  // namespace
}  // namespace headgate::config
