// The limiter's decision beside what it cannot do without: finding the key.
// The target is three look-ups of an absl::flat_hash_map of the same keys, a
// million of them live, in an order that no cache foresees.
//
//   limiter_bench --benchmark_repetitions=5 \
//     --benchmark_enable_random_interleaving=true
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/strings.h"
#include "policy/limiter.h"

namespace headgate::policy {
namespace {

constexpr int64_t kKeys = 1000000;
constexpr std::string_view kOperation = "add_chatroom_member";

// A call comes each 10 ns of virtual time: every key has 100 calls a second,
// the limit, in a ring that is full.
constexpr int64_t kCallsPerMicrosecond = 100;

struct World {
  std::vector<std::string> names;  // app keys, in random order
  std::vector<LimiterKey> keys;
  absl::flat_hash_map<std::string, int64_t, StringHash, StringEqual> by_name;
  absl::flat_hash_map<uint64_t, LimiterKey> by_hash;
  Limiter limiter{Limiter::Options{.keys_max = 2 * kKeys}};
  LimiterKey operation = limiter.HashOperation(kOperation);
  int64_t calls = 0;

  Instant Next() { return Instant{calls++ / kCallsPerMicrosecond, 0}; }
};

// Made once: filling the rings takes 100 calls for each key.
World& TheWorld() {
  static const std::unique_ptr<World> world = [] {
    auto made = std::make_unique<World>();
    for (int64_t i = 0; i < kKeys; ++i) {
      made->names.push_back(StrCat("organization", i, "#app"));
    }
    std::ranges::shuffle(made->names, std::mt19937_64(1));
    for (const std::string& name : made->names) {
      made->keys.push_back(made->limiter.KeyFor(name, kOperation));
      made->by_name.emplace(name, 1);
      made->by_hash.emplace(made->keys.back().high, made->keys.back());
    }
    // Every key as often as any other, in an order of its own.
    std::vector<LimiterKey> order = made->keys;
    std::mt19937_64 random(2);
    for (int round = 0; round < 101; ++round) {
      for (const LimiterKey& key : order) {
        made->limiter.Admit(key, RateLimit(), made->Next());
      }
    }
    std::ranges::shuffle(made->keys, random);
    return made;
  }();
  return *world;
}

void FlatHashMapLookUpByName(benchmark::State& state) {
  World& world = TheWorld();
  size_t i = 0;
  for (auto _ : state) {
    const std::string_view name = world.names[i];
    benchmark::DoNotOptimize(world.by_name.find(name)->second);
    i = i + 1 == kKeys ? 0 : i + 1;
  }
}

void FlatHashMapLookUpByHash(benchmark::State& state) {
  World& world = TheWorld();
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        world.by_hash.find(world.keys[i].high)->second.low);
    i = i + 1 == kKeys ? 0 : i + 1;
  }
}

void LimiterDecisionByName(benchmark::State& state) {
  World& world = TheWorld();
  const RateLimit limit;
  size_t i = 0;
  for (auto _ : state) {
    const LimiterKey key = Limiter::Combine(
        world.limiter.HashAppKey(world.names[i]), world.operation);
    benchmark::DoNotOptimize(world.limiter.Admit(key, limit, world.Next()));
    i = i + 1 == kKeys ? 0 : i + 1;
  }
}

void LimiterDecisionByHash(benchmark::State& state) {
  World& world = TheWorld();
  const RateLimit limit;
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        world.limiter.Admit(world.keys[i], limit, world.Next()));
    i = i + 1 == kKeys ? 0 : i + 1;
  }
  const Limiter::Stats stats = world.limiter.GetStats();
  state.counters["bytes_per_key"] =
      static_cast<double>(stats.bytes) / static_cast<double>(stats.keys);
}

void LimiterDecisionOnAHotKey(benchmark::State& state) {
  World& world = TheWorld();
  const RateLimit limit;
  const LimiterKey key = world.keys[0];
  for (auto _ : state) {
    benchmark::DoNotOptimize(world.limiter.Admit(key, limit, world.Next()));
  }
}

void LimiterHashOfAnAppKey(benchmark::State& state) {
  World& world = TheWorld();
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(world.limiter.HashAppKey(world.names[i]));
    i = i + 1 == kKeys ? 0 : i + 1;
  }
}

BENCHMARK(FlatHashMapLookUpByName);
BENCHMARK(LimiterDecisionByName);
BENCHMARK(FlatHashMapLookUpByHash);
BENCHMARK(LimiterDecisionByHash);
BENCHMARK(LimiterDecisionOnAHotKey);
BENCHMARK(LimiterHashOfAnAppKey);

}  // namespace
}  // namespace headgate::policy

BENCHMARK_MAIN();
