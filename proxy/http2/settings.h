// SETTINGS (RFC 9113 6.5): what we ask of a server, and what it asks of us.
#ifndef HEADGATE_PROXY_HTTP2_SETTINGS_H_
#define HEADGATE_PROXY_HTTP2_SETTINGS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/http2/flow_window.h"
#include "proxy/http2/frame.h"

namespace headgate::http2 {

enum class SettingId : uint16_t {
  kHeaderTableSize = 1,
  kEnablePush = 2,
  kMaxConcurrentStreams = 3,
  kInitialWindowSize = 4,
  kMaxFrameSize = 5,
  kMaxHeaderListSize = 6,
  kNoRfc7540Priorities = 9,
};

// Of a server. The size of its table is not kept: we use none; nor are the
// sizes of its frames and heads: ours are below what each must take.
struct ServerSettings {
  uint32_t streams_max = UINT32_MAX;
  int64_t window_bytes = kWindowBytes;  // of each stream

  // Takes in a frame's payload. Not kNoError: it breaks the rules so.
  ErrorCode Apply(std::string_view payload);
};

// One of ours.
void AppendSetting(SettingId id, uint32_t value, std::string* payload);

}  // namespace headgate::http2

#endif  // HEADGATE_PROXY_HTTP2_SETTINGS_H_
