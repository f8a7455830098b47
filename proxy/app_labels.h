// What may be shown of an app key, which is itself a secret in some families:
// eight hexadecimal digits of its SHA-256 for logs, and a truncated HMAC under
// a key of this process for the partition key of the RateLimit fields (so that
// a client cannot link apps across servers or restarts).
//
// Idea: hashing costs a microsecond and the same apps come again and again, so
// each worker remembers the labels of the last few thousand.
//
// Belongs to one thread. References live until the next call.
#ifndef HEADGATE_PROXY_APP_LABELS_H_
#define HEADGATE_PROXY_APP_LABELS_H_

#include <string>
#include <string_view>

#include "base/secret.h"
#include "base/strings.h"

namespace headgate::proxy {

struct AppLabel {
  std::string log_name;       // "3fa29c01"
  std::string partition_key;  // ":3q2+78r+ur4=:", as policy/rate_headers.h
                              // takes it
};

class AppLabels {
 public:
  static constexpr size_t kAppsMax = 4096;
  // Longer keys are hashed each time.
  static constexpr size_t kKeyBytesMax = 256;

  // `key`: NewAppLabelKey() of the process, the same for all workers.
  explicit AppLabels(const Secret& key) : key_(key) {}

  const AppLabel& For(std::string_view app_key);
  size_t size() const { return young_.size() + old_.size(); }

 private:
  AppLabel Make(std::string_view app_key) const;

  const Secret key_;
  // Two generations: a full young one becomes the old one, and what is asked
  // again comes back from there.
  StringMap<AppLabel> young_, old_;
  AppLabel uncached_;
};

// 32 random bytes.
Secret NewAppLabelKey();

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_APP_LABELS_H_
