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
// Pure; a warm `*block` allocates nothing.
#ifndef HEADGATE_PROXY_HTTP2_FIELD_WRITER_H_
#define HEADGATE_PROXY_HTTP2_FIELD_WRITER_H_

#include <string>
#include <string_view>

namespace headgate::http2 {

// Says that our table is empty for good (RFC 7541 4.2): the first bytes of a
// connection's first block.
inline constexpr std::string_view kNoTable = "\x20";

// Appends to `*block`. REQUIRES: `head` is a whole, valid HTTP/1.1 request head
// in origin-form or "*".
void AppendRequestFields(std::string_view head, std::string* block);

}  // namespace headgate::http2

#endif  // HEADGATE_PROXY_HTTP2_FIELD_WRITER_H_
