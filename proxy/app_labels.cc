#include "proxy/app_labels.h"

#include <utility>

#include "policy/app_table.h"

namespace headgate::proxy {

std::string_view AppLabels::For(std::string_view app_key) {
  if (app_key.size() > kKeyBytesMax) {
    return uncached_ = policy::AppKeyLabel(app_key);
  }
  if (auto found = young_.find(app_key); found != young_.end()) {
    return found->second;
  }
  if (young_.size() >= kAppsMax / 2) {
    old_ = std::move(young_);
    young_.clear();
  }
  std::string label;
  if (auto found = old_.find(app_key); found != old_.end()) {
    label = std::move(found->second);
    old_.erase(found);
  } else {
    label = policy::AppKeyLabel(app_key);
  }
  return young_.emplace(app_key, std::move(label)).first->second;
}

}  // namespace headgate::proxy
