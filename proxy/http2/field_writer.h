// A request's head in HPACK (RFC 7541): the head that http::WriteRequestHead
// wrote for HTTP/1.1, as a block of fields (RFC 9113 8.3). Host becomes
// ":authority", names become lower case, and what HTTP/2 has no use for goes
// (RFC 9113 8.2.2).
//
// HPACK's table is not used, nor Huffman's code: a field is the number of its
// name in the static table, or the name, and its value as it stands. Between a
// proxy and a server beside it the bytes that both would save cost less than
// the search for them. Credentials are marked as never to be kept in a table by
// anybody (RFC 7541 7.1.3).
//
// A line that stands where it stood in the request before is copied as it was
// written then: most are the same from call to call.
//
// A warm one allocates nothing. Belongs to one connection: its first block says
// that our table is closed.
#ifndef HEADGATE_PROXY_HTTP2_FIELD_WRITER_H_
#define HEADGATE_PROXY_HTTP2_FIELD_WRITER_H_

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace headgate::http2 {

class FieldWriter {
 public:
  // Appends to `*block`. REQUIRES: `head` is a whole, valid HTTP/1.1 request
  // head in origin-form or "*", and its first field is Host.
  void Append(std::string_view head, std::string* block);

 private:
  // Lines that are remembered, and how long they may be.
  static constexpr size_t kLines = 24;
  static constexpr size_t kLineBytesMax = 512;
  struct Line {
    std::string text;   // with its CRLF
    std::string field;  // what became of it; "": it was dropped
  };

  const std::string& Write(std::string_view text, Line* line);

  std::array<Line, kLines> lines_;
  Line spare_;  // of those that are not remembered
  bool begun_ = false;
};

}  // namespace headgate::http2

#endif  // HEADGATE_PROXY_HTTP2_FIELD_WRITER_H_
