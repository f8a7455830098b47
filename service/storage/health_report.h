// Says that something fails when it begins to, and that it works again when it
// does: two lines for an hour of a full disk, not one for each call.
//
// Belongs to one thread.
#ifndef HEADGATE_SERVICE_STORAGE_HEALTH_REPORT_H_
#define HEADGATE_SERVICE_STORAGE_HEALTH_REPORT_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "base/strings.h"
#include "service/storage/store.h"

namespace headgate::service {

class HealthReport {
 public:
  // `what` begins the lines: "data/headgate.db: writes". `warn` may be empty.
  HealthReport(std::string what, Store::Warn warn)
      : what_(std::move(what)), warn_(std::move(warn)) {}

  // How the last try went.
  void Report(const absl::Status& status) {
    if (failing_ == !status.ok()) return;
    failing_ = !status.ok();
    if (!failing_ && warn_) warn_(StrCat(what_, " work again"));
    if (failing_) Note("fail", status);
  }
  // An error that has no such state.
  void Note(std::string_view event, const absl::Status& status) const {
    if (!warn_) return;
    warn_(StrCat(what_, " ", event, ": ", FromAbsl(status.message())));
  }

 private:
  std::string what_;
  Store::Warn warn_;
  bool failing_ = false;
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_HEALTH_REPORT_H_
