// The version of this build: for --version, the metrics and the log.
#ifndef HEADGATE_BASE_VERSION_H_
#define HEADGATE_BASE_VERSION_H_

#include <string_view>

namespace headgate {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace headgate

#endif  // HEADGATE_BASE_VERSION_H_
