// Cuts what a peer sends into frames (RFC 9113 4.1).
//
//   FrameReader reader;
//   Frame frame;
//   while (reader.Next(&bytes, &frame) == FrameReader::Found::kFrame) ...
//
// Frames are handed over whole, and where they lie if they came whole; at most
// one is held back until its rest comes. Only DATA is handed over as it comes,
// piece by piece and without its padding, so that a slow body is seen to move
// and a large one is not copied.
//
// Pure; holds at most one frame's bytes. Not thread safe.
#ifndef HEADGATE_PROXY_HTTP2_FRAME_READER_H_
#define HEADGATE_PROXY_HTTP2_FRAME_READER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "proxy/http2/frame.h"

namespace headgate::http2 {

struct Frame {
  FrameHeader header;
  std::string_view payload;  // of DATA: the next piece, without padding
  // DATA only: bytes of the payload that came with this piece, padding and all
  // (what windows count), and whether it is the frame's last.
  size_t counted = 0;
  bool last = true;
};

class FrameReader {
 public:
  enum class Found {
    kNeedMore,
    kFrame,
    kTooLarge,    // FRAME_SIZE_ERROR: more than kPayloadBytesMax
    kBadPadding,  // PROTOCOL_ERROR: more padding than payload (6.1)
  };
  // Takes bytes from the front of `*unread`. The views of `*frame` point into
  // those or into this reader: valid until the next call. After kTooLarge and
  // kBadPadding there is no going on.
  Found Next(std::string_view* unread, Frame* frame);

 private:
  Found Begin(std::string_view* unread, Frame* frame);
  Found NextPiece(std::string_view* unread, Frame* frame);
  Found Hold(std::string_view* unread);
  // Moves bytes into held_ until it has `size`; false: there are not enough.
  bool Fill(size_t size, std::string_view* unread);
  void BeginData(const FrameHeader& header);

  std::string held_;          // the front of a frame
  bool held_is_out_ = false;  // it was handed over

  // Of a DATA frame.
  bool in_data_ = false;
  bool pad_length_due_ = false;
  FrameHeader data_;
  size_t left_ = 0;     // of its payload, with the padding
  size_t padding_ = 0;  // of that: at its end
};

}  // namespace headgate::http2

#endif  // HEADGATE_PROXY_HTTP2_FRAME_READER_H_
