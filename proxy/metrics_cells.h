// The numbers of one worker. Each is written by the worker's thread alone and
// read by whoever scrapes, so adding is a plain load and store: no locked
// instruction, no shared cache line between workers.
#ifndef HEADGATE_PROXY_METRICS_CELLS_H_
#define HEADGATE_PROXY_METRICS_CELLS_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace headgate::proxy {

// A counter, or a gauge if it also goes down.
class Cell {
 public:
  // Only on the owner's thread.
  void Add(int64_t by = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + by,
                 std::memory_order_relaxed);
  }
  void Set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  // Any thread.
  int64_t Get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// One more in progress while it lives: an open connection, an exchange.
class [[nodiscard]] InProgress {
 public:
  InProgress() = default;
  explicit InProgress(Cell* gauge) : gauge_(gauge) { gauge_->Add(1); }
  ~InProgress() { Release(); }
  InProgress(InProgress&& other) noexcept
      : gauge_(std::exchange(other.gauge_, nullptr)) {}
  InProgress& operator=(InProgress&& other) noexcept {
    Release();
    gauge_ = std::exchange(other.gauge_, nullptr);
    return *this;
  }
  void Release() {
    if (gauge_ != nullptr) std::exchange(gauge_, nullptr)->Add(-1);
  }

 private:
  Cell* gauge_ = nullptr;
};

// A histogram of durations in fixed buckets.
class DurationCells {
 public:
  // Upper bounds, inclusive; one more bucket holds the rest.
  static constexpr std::array<int64_t, 16> kBoundsUs = {
      100,   250,    500,    1000,   2500,    5000,    10000,   25000,
      50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000};

  void Observe(int64_t duration_us) {
    size_t bucket = 0;
    while (bucket < kBoundsUs.size() && duration_us > kBoundsUs[bucket]) {
      ++bucket;
    }
    counts_[bucket].Add();
    sum_us_.Add(duration_us);
  }
  int64_t count(size_t bucket) const { return counts_[bucket].Get(); }
  int64_t sum_us() const { return sum_us_.Get(); }
  void AddTo(DurationCells* totals) const;

 private:
  std::array<Cell, kBoundsUs.size() + 1> counts_;
  Cell sum_us_;
};

// Why a downstream connection was closed.
enum class CloseCause {
  kClient,        // client: it closed, in order
  kAnswered,      // answered: our Connection: close
  kBadRequest,    // bad_request: its framing could not be trusted any more
  kHeadTimeout,   // head_timeout
  kBodyTimeout,   // body_timeout: silence or too slow a drip in a body
  kIdleTimeout,   // idle_timeout
  kWriteTimeout,  // write_timeout: it took nothing
  kTlsFailed,     // tls_failed: the handshake
  kReset,         // reset: it went away in the middle
  kUpstream,      // upstream: a streamed answer broke off
  kDrained,       // drained: we end
  kOverloaded,    // overloaded: more connections than we take
  kError,         // error: a system call failed
};
inline constexpr int kCloseCauses = static_cast<int>(CloseCause::kError) + 1;
std::string_view CloseCauseName(CloseCause cause);

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_METRICS_CELLS_H_
