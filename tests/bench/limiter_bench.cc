// What a decision of the limiter costs with a million keys live, beside a
// look-up of the same keys in an absl::flat_hash_map, and what a key costs in
// memory: the limiter's rows of the targets.
//
// `scripts/bench` reads the JSON of Google Benchmark: Decide and LookUp give
// the time, the counter `bytes_per_key` of FillKeys the memory.
//
// In DecideInTurn and LookUpInTurn which key is next is known only when the
// turn before has its answer: that is what one key costs that no cache holds,
// as in a server, where a whole request lies between two decisions. The loop of
// LookUp measures how many misses the CPU keeps in flight instead: eight of
// those. Of decisions it keeps less than two, since each takes 300 instructions
// and goes by what it finds at the key. (Without the lock it is the same.)
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/strings.h"
#include "benchmark/benchmark.h"
#include "policy/limiter.h"

namespace headgate::policy {
namespace {

constexpr int64_t kKeys = 1'000'000;

std::unique_ptr<Limiter> NewLimiter() {
  Limiter::Options options;
  options.keys_max = 2 * kKeys;
  options.seed[0] = 1;
  options.seed[1] = 2;
  return std::make_unique<Limiter>(options);
}

const std::vector<LimiterKey>& Keys() {
  static const auto* const keys = [] {
    auto made = std::make_unique<std::vector<LimiterKey>>();
    const auto limiter = NewLimiter();
    for (int64_t i = 0; i < kKeys; ++i) {
      made->push_back(limiter->KeyFor(StrCat("org#app", i), "add_member"));
    }
    return made.release();  // lives as long as the program
  }();
  return *keys;
}

// Which key is asked for next: random, the same for both benchmarks.
uint32_t NextKey(uint64_t* state) {
  *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
  return static_cast<uint32_t>((*state >> 33) % kKeys);
}

struct KeyHash {
  size_t operator()(const LimiterKey& key) const { return key.low; }
};

void Decide(benchmark::State& state) {
  const auto limiter = NewLimiter();
  const RateLimit limit;
  Instant now{1'000'000, 0};
  for (const LimiterKey& key : Keys()) limiter->Admit(key, limit, now);
  uint64_t random = 1;
  for (auto _ : state) {
    // A call each microsecond: every key is live, none at its limit.
    now.monotonic_us += 1;
    benchmark::DoNotOptimize(
        limiter->Admit(Keys()[NextKey(&random)], limit, now));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(Decide);

void LookUp(benchmark::State& state) {
  absl::flat_hash_map<LimiterKey, int64_t, KeyHash> map;
  for (const LimiterKey& key : Keys()) map[key] = 1;
  uint64_t random = 1;
  for (auto _ : state) {
    benchmark::DoNotOptimize(++map.find(Keys()[NextKey(&random)])->second);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(LookUp);

// Adds what is always zero, which the CPU cannot know, to the random state.
void WaitFor(int64_t answer, uint64_t* random) {
  *random += static_cast<uint64_t>(answer) >> 62;
}

void DecideInTurn(benchmark::State& state) {
  const auto limiter = NewLimiter();
  const RateLimit limit;
  Instant now{1'000'000, 0};
  for (const LimiterKey& key : Keys()) limiter->Admit(key, limit, now);
  uint64_t random = 1;
  for (auto _ : state) {
    now.monotonic_us += 1;
    WaitFor(limiter->Admit(Keys()[NextKey(&random)], limit, now).remaining,
            &random);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(DecideInTurn);

void LookUpInTurn(benchmark::State& state) {
  absl::flat_hash_map<LimiterKey, int64_t, KeyHash> map;
  for (const LimiterKey& key : Keys()) map[key] = 1;
  uint64_t random = 1;
  for (auto _ : state) {
    WaitFor(++map.find(Keys()[NextKey(&random)])->second, &random);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(LookUpInTurn);

// The full limit of 100 in one window, on every key.
void FillKeys(benchmark::State& state) {
  constexpr int64_t kActive = 100'000;
  Limiter::Stats stats;
  for (auto _ : state) {
    const auto limiter = NewLimiter();
    const RateLimit limit;
    Instant now{1'000'000, 0};
    for (int64_t key = 0; key < kActive; ++key) {
      now.monotonic_us += 1;
      for (int call = 0; call < 100; ++call) {
        limiter->Admit(Keys()[static_cast<size_t>(key)], limit, now);
      }
    }
    stats = limiter->GetStats();
  }
  state.counters["bytes_per_key"] =
      static_cast<double>(stats.bytes) / static_cast<double>(stats.keys);
}
BENCHMARK(FillKeys)->Iterations(1);

}  // namespace
}  // namespace headgate::policy

BENCHMARK_MAIN();
