// The log: what the operator must know, one line each, on standard error. It
// is spdlog's default logger: code says spdlog::warn("...") and no more. Never
// a secret, a token or a body.
//
// Thread-safe.
#ifndef HEADGATE_PROXY_LOG_H_
#define HEADGATE_PROXY_LOG_H_

#include <string>
#include <string_view>

namespace headgate::proxy {

struct LogOptions {
  std::string level = "info";  // debug, info, warning, error
  bool json = false;           // one JSON object per line
  bool color = false;          // ANSI colours by level
};

// Makes the default logger. Called again, it replaces it.
void SetUpLog(const LogOptions& options);
// Whether standard error is a terminal that wants colours (NO_COLOR unset).
bool LogWantsColor();
// Only the level: at a reload.
void SetLogLevel(std::string_view level);

// Text from outside made safe for one line of the log: control characters and
// bytes that are not UTF-8 are escaped as \xNN, at most `bytes_max` of it
// shown.
std::string Printable(std::string_view text, size_t bytes_max = 200);

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_LOG_H_
