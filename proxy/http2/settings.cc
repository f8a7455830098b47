#include "proxy/http2/settings.h"

namespace headgate::http2 {
namespace {

constexpr size_t kSettingBytes = 6;
constexpr uint32_t kFrameSizeLimit = 0xffffff;

}  // namespace

ErrorCode ServerSettings::Apply(std::string_view payload) {
  if (payload.size() % kSettingBytes != 0) return ErrorCode::kFrameSizeError;
  for (; !payload.empty(); payload.remove_prefix(kSettingBytes)) {
    const uint32_t id = ReadNumber(payload) >> 16;
    const uint32_t value = ReadNumber(payload.substr(2));
    switch (static_cast<SettingId>(id)) {
      case SettingId::kEnablePush:
        // A client's to say; from a server it can only be 0 (6.5.2).
        if (value != 0) return ErrorCode::kProtocolError;
        break;
      case SettingId::kMaxConcurrentStreams:
        streams_max = value;
        break;
      case SettingId::kInitialWindowSize:
        if (value > kWindowBytesMax) return ErrorCode::kFlowControlError;
        window_bytes = value;
        break;
      case SettingId::kMaxFrameSize:
        if (value < kPayloadBytesMax || value > kFrameSizeLimit) {
          return ErrorCode::kProtocolError;
        }
        break;
      default:
        break;  // those that nobody knows are ignored (6.5.2)
    }
  }
  return ErrorCode::kNoError;
}

void AppendSetting(SettingId id, uint32_t value, std::string* payload) {
  const auto number = static_cast<uint16_t>(id);
  *payload += static_cast<char>(number >> 8);
  *payload += static_cast<char>(number);
  AppendNumber(value, payload);
}

}  // namespace headgate::http2
