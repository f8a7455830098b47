// What the logs call an app whose key may be a secret: eight hexadecimal digits
// of its SHA-256.
//
// Idea: hashing costs half a microsecond and the same apps come again and
// again, so each worker remembers the labels of the last few thousand.
//
// Belongs to one thread. Views live until the next call with another key.
#ifndef HEADGATE_PROXY_APP_LABELS_H_
#define HEADGATE_PROXY_APP_LABELS_H_

#include <string>
#include <string_view>

#include "base/strings.h"

namespace headgate::proxy {

class AppLabels {
 public:
  static constexpr size_t kAppsMax = 4096;
  // Longer keys are hashed each time.
  static constexpr size_t kKeyBytesMax = 256;

  // "3fa29c01"
  std::string_view For(std::string_view app_key);
  size_t size() const { return young_.size() + old_.size(); }

 private:
  // Two generations: a full young one becomes the old one, and what is asked
  // again comes back from there.
  StringMap<std::string> young_, old_;
  std::string uncached_;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_APP_LABELS_H_
