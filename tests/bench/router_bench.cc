// Routing among ten thousand operations against routing among ten, and a whole
// decision: policy's share of a proxied call. The target for the first is a
// ratio of at most 1.5.
#include <benchmark/benchmark.h>

#include <memory>
#include <optional>
#include <string>

#include "config/load.h"
#include "policy/contracts/builtin.h"
#include "policy/engine.h"
#include "policy/router.h"

namespace headgate::policy {
namespace {

void AddOperation(Router* router, int number) {
  std::vector<TemplateSegment> segments;
  const std::string path =
      "/{org}/{app}/things" + std::to_string(number) + "/{id}/users/{name}";
  ParseTemplate(path, &segments);
  router->Add("POST", segments, number);
}

void BM_Route(benchmark::State& state) {
  Router router;
  const int operations = static_cast<int>(state.range(0));
  for (int i = 0; i < operations; ++i) AddOperation(&router, i);
  // The few that real traffic asks for.
  std::vector<std::string> paths;
  for (int i = 0; i < 10; ++i) {
    paths.push_back("/acme/chat/things" +
                    std::to_string(i * (operations / 10)) + "/1/users/bob");
  }
  Router::Match match;
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        router.Find("POST", paths[next++ % paths.size()], &match));
  }
}
BENCHMARK(BM_Route)->Arg(10)->Arg(100)->Arg(1000)->Arg(10000);

std::shared_ptr<const Policy> SidecarPolicy() {
  config::Environment environment;
  environment.builtin_contracts = BuiltinContracts();
  environment.variable = [](const std::string&) { return std::nullopt; };
  config::Diagnostics diagnostics;
  const auto config =
      config::LoadText("bench.yaml",
                       "listeners: [{address: 127.0.0.1:0}]\nservices:\n"
                       "  agora-chat:\n"
                       "    upstream: {servers: [http://127.0.0.1:9001]}\n"
                       "    limits: {default: 1000000/s}\n",
                       environment, &diagnostics);
  return Policy::Compile(*config, &diagnostics);
}

// `names` in the body; 0: no body.
void BM_Decide(benchmark::State& state) {
  const auto policy = SidecarPolicy();
  Limiter limiter({});
  Engine engine(&limiter);
  std::string body;
  for (int64_t i = 0; i < state.range(0); ++i) {
    body += (i == 0 ? "{\"usernames\":[\"" : "\",\"");
    body += "member" + std::to_string(i);
  }
  if (!body.empty()) body += "\"]}";
  Request request;
  request.method = "POST";
  request.path = body.empty() ? "/acme/chat/chatrooms/66213271109633/users/bob"
                              : "/acme/chat/chatrooms/66213271109633/users";
  request.authorization = "Bearer YWMtSozP9jHNEeSQegV9EKeAQgAAAUlmBR2bTGr-";
  request.content_type = "application/json";
  request.has_body = !body.empty();
  Decision decision;
  Instant now{1, 1};
  for (auto _ : state) {
    decision.Clear();
    now.monotonic_us += 10;
    engine.Evaluate(*policy, request, body, now, &decision);
    if (!decision.allowed()) state.SkipWithError(decision.rule.c_str());
  }
}
BENCHMARK(BM_Decide)->Arg(0)->Arg(1)->Arg(60);

}  // namespace
}  // namespace headgate::policy

BENCHMARK_MAIN();
