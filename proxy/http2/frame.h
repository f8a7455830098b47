// What HTTP/2's frames are made of (RFC 9113 4.1, 6): a header of nine bytes,
// then the payload. Numbers are big-endian. Plain functions and data.
#ifndef HEADGATE_PROXY_HTTP2_FRAME_H_
#define HEADGATE_PROXY_HTTP2_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace headgate::http2 {

enum class FrameType : uint8_t {
  kData,
  kHeaders,
  kPriority,
  kRstStream,
  kSettings,
  kPushPromise,
  kPing,
  kGoAway,
  kWindowUpdate,
  kContinuation,
};
inline constexpr int kFrameTypes =
    static_cast<int>(FrameType::kContinuation) + 1;

inline constexpr uint8_t kEndStream = 0x1;  // DATA, HEADERS
inline constexpr uint8_t kAck = 0x1;        // SETTINGS, PING
inline constexpr uint8_t kEndHeaders = 0x4;
inline constexpr uint8_t kPadded = 0x8;
inline constexpr uint8_t kPriorityFlag = 0x20;  // of HEADERS

// RFC 9113 7. A peer may say any other number.
enum class ErrorCode : uint32_t {
  kNoError = 0,
  kProtocolError = 1,
  kFlowControlError = 3,
  kStreamClosed = 5,
  kFrameSizeError = 6,
  kRefusedStream = 7,
  kCancel = 8,
  kCompressionError = 9,
  kEnhanceYourCalm = 11,
};
// "PROTOCOL_ERROR"; "unknown" for a number that has no name.
std::string_view ErrorName(ErrorCode code);

struct FrameHeader {
  uint32_t length = 0;  // of the payload
  uint8_t type = 0;     // a FrameType, or one that nobody knows
  uint8_t flags = 0;
  uint32_t stream = 0;  // 0: the connection

  bool Is(FrameType wanted) const {
    return type == static_cast<uint8_t>(wanted);
  }
  bool Has(uint8_t flag) const { return (flags & flag) != 0; }
};

inline constexpr size_t kFrameHeaderBytes = 9;
// What a peer that said nothing takes, and all that we send and take.
inline constexpr size_t kPayloadBytesMax = 16'384;
inline constexpr uint32_t kStreamIdMax = 0x7fffffff;

// 32 bits. REQUIRES: four bytes.
uint32_t ReadNumber(std::string_view bytes);
// REQUIRES: kFrameHeaderBytes.
FrameHeader ReadFrameHeader(std::string_view bytes);

void AppendNumber(uint32_t number, std::string* out);
void AppendFrameHeader(const FrameHeader& header, std::string* out);
// Over what stands at `to`: for a header whose length is known late.
void WriteFrameHeader(const FrameHeader& header, char* to);
// A whole frame. REQUIRES: at most kPayloadBytesMax.
void AppendFrame(FrameType type, uint8_t flags, uint32_t stream,
                 std::string_view payload, std::string* out);
// A frame whose payload is a number: RST_STREAM, WINDOW_UPDATE.
void AppendFrame(FrameType type, uint32_t stream, uint32_t number,
                 std::string* out);

}  // namespace headgate::http2

#endif  // HEADGATE_PROXY_HTTP2_FRAME_H_
