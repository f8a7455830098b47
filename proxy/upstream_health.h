// Whether a server takes calls.
//
// Passive: after kFailuresMax connections in a row that failed or answers that
// never came, it is out for a back-off that doubles from one second to one
// minute; then one call is let through as a probe, and its end decides. Active:
// the verdict of the last health checks, where they are configured.
//
// Pure: time is an argument. Belongs to one loop.
#ifndef HEADGATE_PROXY_UPSTREAM_HEALTH_H_
#define HEADGATE_PROXY_UPSTREAM_HEALTH_H_

#include <cstdint>

namespace headgate::proxy {

class ServerHealth {
 public:
  static constexpr int kFailuresMax = 3;
  static constexpr int kFailedChecksMax = 2;
  static constexpr int64_t kBackOffMinUs = 1'000'000;
  static constexpr int64_t kBackOffMaxUs = 60'000'000;

  // In: as far as is known it works.
  bool up() const { return checks_passed() && back_off_us_ == 0; }
  // A call may go there: it is in, or it is out and a probe is due.
  bool Takes(int64_t now_us) const {
    return checks_passed() &&
           (back_off_us_ == 0 || (now_us >= out_until_us_ && !probing_));
  }
  int64_t last_failure_us() const { return last_failure_us_; }

  // A call was sent there. Each is followed by one of the three below.
  void OnSent() { probing_ = back_off_us_ != 0; }
  // An answer came, whatever it said.
  void OnAnswered();
  // It could not be reached, or did not answer in time.
  void OnFailed(int64_t now_us);
  // Neither: the call was dropped, or what came was no answer.
  void OnUndecided() { probing_ = false; }

  void OnCheck(bool passed);

 private:
  bool checks_passed() const { return failed_checks_ < kFailedChecksMax; }

  int failures_ = 0;         // in a row
  int64_t back_off_us_ = 0;  // 0: in
  int64_t out_until_us_ = 0;
  int64_t last_failure_us_ = 0;
  bool probing_ = false;
  int failed_checks_ = 0;  // in a row
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_HEALTH_H_
