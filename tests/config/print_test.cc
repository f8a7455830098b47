#include "config/print.h"

#include <gtest/gtest.h>

#include "tests/config/examples.h"

namespace headgate::config {
namespace {

std::string PrintAgain(const std::string& text) {
  std::string problems;
  const auto config = EnvironmentOfEverything().Load(text, &problems);
  EXPECT_TRUE(config) << problems << "\nin\n" << text;
  return config ? PrintConfig(*config) : "";
}

TEST(PrintTest, WritesEveryDefault) {
  EXPECT_EQ(PrintAgain(kSidecar),
            R"(workers: 0
listeners:
  - address: 127.0.0.1:8080
contracts: []
limits_for_requests:
  head_bytes: 16KiB
  headers: 100
  body_bytes: 1MiB
  in_flight: 10000
timeouts:
  head: 10s
  body: 30s
  idle: 75s
  write: 30s
  drain: 30s
services:
  agora-chat:
    upstream:
      servers:
        - http://127.0.0.1:9001
        - http://127.0.0.1:9002
      connect_timeout: 1s
      response_timeout: 10s
      idle_connections: 256
      retries: 1
      http2: false
      h2c: false
    cors:
      origins: []
      max_age: 10m
    authenticate: forward
    unmatched: deny
    limits: {}
    values: {}
    settings: {}
    apps: []
    unlisted_apps: allow
storage: memory
limiter:
  keys: 1000000
tokens:
  lifetime: 1d
  issuer: headgate
  format: local
  keys: []
access_log:
  path: "-"
  format: json
  replay: true
log:
  level: info
)");
}

TEST(PrintTest, LoadsAgainToTheSame) {
  for (const char* text : {kSidecar, kStandalone}) {
    const std::string printed = PrintAgain(text);
    EXPECT_EQ(PrintAgain(printed), printed);
  }
}

TEST(PrintTest, ShowsNoSecret) {
  const FakeEnvironment environment = EnvironmentOfEverything();
  for (const char* text : {kStandalone, kEverything}) {
    const std::string printed = PrintAgain(text);
    EXPECT_NE(printed.find(": <secret>\n"), std::string::npos);
    for (const char* secret :
         {"demo-secret", "demo-key", "demo-api-key", "helpdesk-key",
          "5CFd2fd1755d40ecb72977518be15d3b", "k4.local.", "cHFyc3R1"}) {
      EXPECT_EQ(printed.find(secret), std::string::npos) << secret;
    }
  }
}

}  // namespace
}  // namespace headgate::config
