#include "proxy/upstream_health.h"

#include <algorithm>

namespace headgate::proxy {

void ServerHealth::OnAnswered() {
  failures_ = 0;
  back_off_us_ = 0;
  probing_ = false;
}

void ServerHealth::OnFailed(int64_t now_us) {
  last_failure_us_ = now_us;
  probing_ = false;
  // A call that was under way when the server went out says nothing new.
  if (back_off_us_ != 0 && now_us < out_until_us_) return;
  if (++failures_ < kFailuresMax) return;
  back_off_us_ = std::clamp(back_off_us_ * 2, kBackOffMinUs, kBackOffMaxUs);
  out_until_us_ = now_us + back_off_us_;
}

void ServerHealth::OnCheck(bool passed) {
  if (!passed) {
    failed_checks_ = std::min(failed_checks_ + 1, kFailedChecksMax);
    return;
  }
  failed_checks_ = 0;
  OnAnswered();
}

}  // namespace headgate::proxy
