#include "proxy/http2/frame.h"

#include <nghttp2/nghttp2.h>

namespace headgate::http2 {
namespace {

uint32_t Byte(std::string_view bytes, size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

void WriteNumber(uint32_t number, char* to) {
  to[0] = static_cast<char>(number >> 24);
  to[1] = static_cast<char>(number >> 16);
  to[2] = static_cast<char>(number >> 8);
  to[3] = static_cast<char>(number);
}

}  // namespace

std::string_view ErrorName(ErrorCode code) {
  return nghttp2_http2_strerror(static_cast<uint32_t>(code));
}

uint32_t ReadNumber(std::string_view bytes) {
  return Byte(bytes, 0) << 24 | Byte(bytes, 1) << 16 | Byte(bytes, 2) << 8 |
         Byte(bytes, 3);
}

FrameHeader ReadFrameHeader(std::string_view bytes) {
  return {.length = ReadNumber(bytes) >> 8,
          .type = static_cast<uint8_t>(bytes[3]),
          .flags = static_cast<uint8_t>(bytes[4]),
          // The first bit is reserved, and to be ignored.
          .stream = ReadNumber(bytes.substr(5)) & kStreamIdMax};
}

void AppendNumber(uint32_t number, std::string* out) {
  char bytes[4];
  WriteNumber(number, bytes);
  out->append(bytes, sizeof bytes);
}

void WriteFrameHeader(const FrameHeader& header, char* to) {
  WriteNumber(header.length << 8 | header.type, to);
  to[4] = static_cast<char>(header.flags);
  WriteNumber(header.stream, to + 5);
}

void AppendFrameHeader(const FrameHeader& header, std::string* out) {
  char bytes[kFrameHeaderBytes];
  WriteFrameHeader(header, bytes);
  out->append(bytes, sizeof bytes);
}

void AppendFrame(FrameType type, uint8_t flags, uint32_t stream,
                 std::string_view payload, std::string* out) {
  AppendFrameHeader({.length = static_cast<uint32_t>(payload.size()),
                     .type = static_cast<uint8_t>(type),
                     .flags = flags,
                     .stream = stream},
                    out);
  out->append(payload);
}

void AppendFrame(FrameType type, uint32_t stream, uint32_t number,
                 std::string* out) {
  AppendFrameHeader({.length = sizeof number,
                     .type = static_cast<uint8_t>(type),
                     .stream = stream},
                    out);
  AppendNumber(number, out);
}

}  // namespace headgate::http2
