#include "proxy/app_labels.h"

#include <utility>

#include "base/crypto.h"
#include "policy/app_table.h"
#include "policy/rate_headers.h"

namespace headgate::proxy {

const AppLabel& AppLabels::For(std::string_view app_key) {
  if (app_key.size() > kKeyBytesMax) {
    uncached_ = Make(app_key);
    return uncached_;
  }
  if (auto found = young_.find(app_key); found != young_.end()) {
    return found->second;
  }
  if (young_.size() >= kAppsMax / 2) {
    old_ = std::move(young_);
    young_.clear();
  }
  AppLabel label;
  if (auto found = old_.find(app_key); found != old_.end()) {
    label = std::move(found->second);
    old_.erase(found);
  } else {
    label = Make(app_key);
  }
  return young_.emplace(app_key, std::move(label)).first->second;
}

AppLabel AppLabels::Make(std::string_view app_key) const {
  AppLabel label;
  label.log_name = policy::AppKeyLabel(app_key);
  label.partition_key = policy::PartitionKey(key_.Reveal(), app_key);
  return label;
}

Secret NewAppLabelKey() { return Secret(RandomBytes(32)); }

}  // namespace headgate::proxy
