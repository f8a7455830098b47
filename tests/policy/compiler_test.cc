// Compile: limits merged, contracts of the operator's own, and what is wrong
// with a policy that cannot be compiled.
#include "policy/compiler.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/limits.h"
#include "tests/policy/engine_fixture.h"

namespace headgate::policy {
namespace {

config::Limit PerSecond(int64_t calls) {
  config::Limit limit;
  limit.limit = calls;
  return limit;
}

TEST(LimitsTest, AWordAboutOneOperationBeatsAWordAboutAll) {
  // Bits: contract default, contract op, service default, service op, app
  // default, app op. The expected winner for every combination.
  const std::string kWinners[] = {"app op",          "service op",
                                  "contract op",     "app default",
                                  "service default", "contract default"};
  for (int bits = 0; bits < 64; ++bits) {
    config::Contract contract;
    config::Service service;
    config::App app;
    service.name = "chat";
    app.name = "acme";
    const auto has = [bits](const std::string& name) {
      const std::string order[] = {"contract default", "contract op",
                                   "service default",  "service op",
                                   "app default",      "app op"};
      for (int i = 0; i < 6; ++i) {
        if (order[i] == name) return (bits >> i & 1) != 0;
      }
      return false;
    };
    const auto put = [&](const std::string& name, int64_t calls) {
      if (!has(name)) return;
      const std::string key = name.ends_with("op") ? "add" : "default";
      if (name.starts_with("contract")) {
        contract.limits[key] =
            std::make_shared<const config::Limit>(PerSecond(calls));
      } else {
        (name.starts_with("app") ? app.limits : service.limits)[key] =
            PerSecond(calls);
      }
    };
    int64_t expected = 100;
    for (int64_t i = 5; i >= 0; --i) {
      put(kWinners[i], i + 1);
      if (has(kWinners[i])) expected = i + 1;
    }
    EXPECT_EQ(ChooseLimit(contract, service, &app, "add").limit.limit, expected)
        << bits;
  }
}

TEST(LimitsTest, TheRuleSaysWhereTheLimitStands) {
  config::Contract contract;
  config::Service service;
  config::App app;
  service.name = "chat";
  app.name = "acme";
  EXPECT_EQ(ChooseLimit(contract, service, &app, "add").rule,
            "chat.limits.default");
  contract.limits["add"] = std::make_shared<const config::Limit>(PerSecond(1));
  EXPECT_EQ(ChooseLimit(contract, service, &app, "add").rule,
            "chat.limits.add");
  app.limits["add"] = PerSecond(2);
  EXPECT_EQ(ChooseLimit(contract, service, &app, "add").rule,
            "chat.apps.acme.limits.add");
  EXPECT_EQ(ChooseLimit(contract, service, nullptr, "add").rule,
            "chat.limits.add");
}

TEST(LimitsTest, EverySettingReachesTheLimiter) {
  config::Limit limit;
  limit.limit = 7;
  limit.window = absl::Minutes(1);
  limit.on_exceed = config::Limit::OnExceed::kDelay;
  limit.max_delay = absl::Milliseconds(250);
  limit.max_queue = 9;
  limit.shadow = true;
  limit.candidate = 5;
  const RateLimit compiled = CompileLimit(limit);
  EXPECT_EQ(compiled.limit, 7);
  EXPECT_EQ(compiled.window_us, 60000000);
  EXPECT_TRUE(compiled.delay);
  EXPECT_EQ(compiled.max_delay_us, 250000);
  EXPECT_EQ(compiled.max_queue, 9);
  EXPECT_TRUE(compiled.shadow);
  EXPECT_EQ(compiled.candidate, 5);
}

// A fourth family, in YAML only.
constexpr char kTickets[] = R"(
contract: tickets
app_key: "{tenant}"
credentials: none
errors:
  shape: {code: "{code}", at: "{location}"}
  bad: {status: 400, code: bad}
  no_ticket: {status: 404, code: no_ticket}
  closed: {status: 403, code: closed}
refusals: {invalid: bad, invalid_query: bad, invalid_field: bad}
values:
  tenant: {charset: a-z, length: 1..20}
  ticket: {pattern: "T[0-9]+", error: no_ticket}
  colour: {one_of: [red, green], fold: lower, error: bad}
limits: {default: 2/s}
operations:
  get_ticket:
    request: GET /{tenant}/tickets/{ticket}
    query:
      colour: {value: colour}
      page: {integer: -5..5}
  edit_ticket:
    request: PUT /{tenant}/tickets/{ticket}
    body:
      deep:
        object:
          flag: {boolean: true}
          more: {any: true, optional: true}
  everything_else:
    request: POST /{tenant}/internal/{rest...}
    deny: closed
)";

constexpr char kTicketsService[] =
    "  tickets: {upstream: {servers: [http://127.0.0.1:9001]}}\n";

TEST(CompilerTest, AFamilyOfTheOperatorsOwnNeedsNoCode) {
  TestPolicy policy(kTicketsService, kTickets);
  ASSERT_TRUE(policy.ok());
  struct Case {
    Call call;
    std::string outcome, query;
  };
  const Case kCases[] = {
      {{"GET", "/a/tickets/T1"}, "allow", ""},
      {{"GET", "/b/tickets/T1", "colour=RED&page=-5"},
       "allow",
       "colour=red&page=-5"},
      {{"GET", "/c/tickets/T1", "colour=blue"},
       "bad get_ticket.query.colour.one_of",
       ""},
      {{"GET", "/d/tickets/T1", "page=6"},
       "bad get_ticket.query.page.range",
       ""},
      {{"GET", "/e/tickets/T1", "page=05"},
       "bad get_ticket.query.page.integer",
       ""},
      {{"GET", "/f/tickets/T1", "page=99999999999999999999"},
       "bad get_ticket.query.page.range",
       ""},
      {{"GET", "/g/tickets/1"}, "no_ticket get_ticket.path.ticket.pattern", ""},
      {{"PUT", "/h/tickets/T1", "", R"({"deep":{"flag":true,"more":[{}]}})"},
       "allow",
       ""},
      {{"PUT", "/i/tickets/T1", "", R"({"deep":{"flag":1}})"},
       "bad edit_ticket.body.deep.flag.type",
       ""},
      {{"PUT", "/j/tickets/T1", "", R"({"deep":[]})"},
       "bad edit_ticket.body.deep.type",
       ""},
      {{"POST", "/k/internal/x/y"}, "closed everything_else.deny", ""},
  };
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.call.path + "?" + c.call.query + c.call.body);
    const Decision& decision = policy.Decide(c.call);
    EXPECT_EQ(Outcome(decision), c.outcome);
    EXPECT_EQ(decision.query, c.query);
  }
}

TEST(CompilerTest, ADeniedOperationSpendsItsLimitAllTheSame) {
  TestPolicy policy(kTicketsService, kTickets);
  ASSERT_TRUE(policy.ok());
  const Call call{"POST", "/k/internal/x"};
  EXPECT_EQ(policy.Decide(call).refusal, Refusal::kForbidden);
  EXPECT_EQ(policy.Decide(call).refusal, Refusal::kForbidden);
  EXPECT_EQ(policy.Decide(call).refusal, Refusal::kRate);
}

TEST(CompilerTest, MistakesAreDiagnosticsAllInOneRun) {
  std::string contract = kTickets;
  contract.replace(contract.find("T[0-9]+"), 7, "T[0-9");
  contract.replace(contract.find("charset: a-z"), 12, "charset: z-a");
  std::string mistakes;
  EXPECT_EQ(CompileText("listeners: [{address: 127.0.0.1:0}]\n"
                        "contracts: [contract.yaml]\nservices:\n" +
                            std::string(kTicketsService),
                        contract, &mistakes),
            nullptr);
  EXPECT_THAT(mistakes, testing::HasSubstr("contract.yaml:12:"));
  EXPECT_THAT(mistakes, testing::HasSubstr("the range ends before it begins"));
  EXPECT_THAT(mistakes, testing::HasSubstr("contract.yaml:13:"));
}

// Config sees what follows first; a Config that a program made, or that config
// let pass, is held to the same.
class UncheckedTest : public testing::Test {
 protected:
  void SetUp() override {
    config::Diagnostics diagnostics;
    auto loaded = LoadTexts(
        "listeners: [{address: 127.0.0.1:0}]\n"
        "contracts: [contract.yaml]\nservices:\n" +
            std::string(kTicketsService),
        kTickets, &diagnostics);
    ASSERT_TRUE(loaded) << diagnostics.ToString();
    config_ = *loaded;
  }
  config::Contract& contract() { return config_.contracts["tickets"]; }
  std::vector<std::string> Mistakes() {
    config::Diagnostics diagnostics;
    EXPECT_EQ(Policy::Compile(config_, &diagnostics), nullptr);
    std::vector<std::string> messages;
    for (const config::Diagnostic& one : diagnostics.Sorted()) {
      messages.push_back(one.message);
    }
    return messages;
  }

  config::Config config_;
};

TEST_F(UncheckedTest, TwoAppsCannotShareAKey) {
  contract().app_key = "{bearer_token}";
  config::App app;
  app.api_key = Secret("k");
  for (const char* name : {"one", "two"}) {
    app.name = name;
    config_.services[0].apps.push_back(app);
  }
  EXPECT_THAT(Mistakes(), testing::ElementsAre(
                              "app \"two\" has the same app key as \"one\""));
}

TEST_F(UncheckedTest, EveryOperationIsLookedAt) {
  contract().app_key = "{nobody}";
  contract().operations[0].credentials = "magic";
  contract().operations[1].path = "bad path";
  contract().operations.erase(contract().operations.begin() + 2);
  config_.services.resize(2);
  config_.services[1].name = "missing";
  EXPECT_THAT(Mistakes(),
              testing::UnorderedElementsAre(
                  "unknown kind of credentials \"magic\"",
                  "bad app key of operation \"get_ticket\": {nobody} is no "
                  "variable of the path",
                  "bad path \"bad path\"", "there is no contract \"missing\""));
}

TEST_F(UncheckedTest, TwoOperationsCannotHaveTheSameRequests) {
  config::Operation twin = contract().operations[0];
  twin.name = "twin";
  twin.path = "/{tenant}/tickets/{other}";
  contract().operations.push_back(twin);
  EXPECT_THAT(Mistakes(),
              testing::ElementsAre("operation \"twin\" has the same requests "
                                   "as \"get_ticket\""));
}

TEST_F(UncheckedTest, QueryParametersAreBounded) {
  contract().operations[0].query.resize(65);
  EXPECT_THAT(Mistakes(),
              testing::ElementsAre("operation \"get_ticket\" has 65 query "
                                   "parameters; at most 64 are supported"));
}

}  // namespace
}  // namespace headgate::policy
