// Reads the body of a message: finds its end and takes the framing off.
//
//   reader.Start(head.framing, head.content_length);
//   for (;;) {
//     BodyReader::Step step = reader.Read(unread);
//     use(step.data); skip(step.consumed);
//     if (step.status != BodyReader::Status::kData) break;
//   }
//
// One call yields at most one piece of decoded data, a view into the input, so
// nothing is copied and the caller can stop at any piece (back-pressure). The
// decoder may be resumed at every byte.
//
// Chunked bodies are read strictly (RFC 9112 7.1, design "HTTP rules" 1): sizes
// of 1 to 16 hexadecimal digits, CRLF and nothing but CRLF, extensions well
// formed and bounded. Trailer fields are bounded and checked like fields, and
// then dropped: none is forwarded, so none can smuggle framing.
// Not thread safe; no allocation.
#ifndef HEADGATE_PROXY_HTTP_BODY_READER_H_
#define HEADGATE_PROXY_HTTP_BODY_READER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proxy/http/message.h"

namespace headgate::http {

class BodyReader {
 public:
  enum class Status {
    kNeedMore,  // all input is consumed, the body goes on
    kData,      // a piece of data; there may be more in the input
    kComplete,  // the body has ended; the rest of the input is not its own
    kError,     // framing is broken: `sentence` says how
  };
  struct Step {
    Status status = Status::kNeedMore;
    size_t consumed = 0;        // bytes of the input that are done with
    std::string_view data;      // decoded; may come with any status but kError
    std::string_view sentence;  // static
  };

  static constexpr int kSizeDigitsMax = 16;
  static constexpr size_t kExtensionBytesMax = 256;        // per chunk
  static constexpr size_t kExtensionBytesTotalMax = 4096;  // per body
  static constexpr size_t kTrailerBytesMax = 8192;
  static constexpr int kTrailersMax = 64;

  // A body with this framing begins. `content_length` counts only with
  // Framing::kContentLength.
  void Start(Framing framing, uint64_t content_length);

  // Reads on. Never called again after kComplete or kError without Start().
  Step Read(std::string_view input);

  // The peer closed: true if the body is whole (kUntilClose, or complete
  // already), false if it was cut off.
  bool FinishAtClose();

  bool complete() const { return state_ == State::kComplete; }
  // Decoded bytes handed out so far.
  uint64_t body_bytes() const { return body_bytes_; }
  // Bytes that are known to come still: of the body, or of the current chunk.
  uint64_t remaining() const { return remaining_; }

 private:
  enum class State : uint8_t {
    kComplete,
    kError,
    kFixed,
    kUntilClose,
    // chunked
    kSizeFirst,
    kSize,
    kExtensionName,
    kExtensionNameMore,
    kExtensionValue,
    kExtensionToken,
    kExtensionQuoted,
    kExtensionEscape,
    kExtensionQuoteEnd,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerFirst,
    kTrailerName,
    kTrailerValue,
    kTrailerLf,
    kEndLf,
  };

  Step ReadData(std::string_view input, State after);
  Step ReadChunked(std::string_view input);
  // One byte of chunk framing; false sets sentence_.
  bool Take(unsigned char c);
  bool TakeSize(unsigned char c);
  bool TakeExtension(unsigned char c);
  bool TakeTrailer(unsigned char c);
  bool EndOfSizeLine(unsigned char c);
  bool Fail(std::string_view sentence);

  State state_ = State::kComplete;
  int size_digits_ = 0;
  uint64_t remaining_ = 0;
  uint64_t body_bytes_ = 0;
  size_t extension_bytes_ = 0;
  size_t extension_bytes_total_ = 0;
  size_t trailer_bytes_ = 0;
  int trailers_ = 0;
  std::string_view sentence_;
};

}  // namespace headgate::http

#endif  // HEADGATE_PROXY_HTTP_BODY_READER_H_
