// Writes heads anew from what was parsed (design: "What was validated is what
// is forwarded"). Everything is appended to a string that the caller reuses.
//
// Towards an upstream: the normalised target, Host, the client's end-to-end
// fields, then ours (X-Forwarded-*, Forwarded, X-Request-ID, traceparent,
// framing). Hop-by-hop fields go (RFC 9110 7.6.1), and so do fields that
// make an upstream act on another request than the one that was checked
// (X-Original-URL, X-Rewrite-URL, X-HTTP-Method-Override) or that claim who the
// client is (X-Real-IP), unless the sender is trusted.
//
// REQUIRES: every text given here is clean (no CR, LF, NUL): parsed by the
// parsers, or made by us. Pure functions, no state.
#ifndef HEADGATE_PROXY_HTTP_WRITER_H_
#define HEADGATE_PROXY_HTTP_WRITER_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "proxy/http/message.h"
#include "proxy/http/target.h"

namespace headgate::http {

// A field of ours. It replaces every field of the same name that would be
// copied. An empty value removes only.
struct OwnField {
  FieldId id;  // not kOther
  std::string_view value;
};

struct UpstreamRequestOptions {
  std::string_view host;             // Host to send: the client's authority, or
                                     // the upstream's own
  std::string_view client_address;   // "192.0.2.1", "2001:db8::1", or "unix"
  std::string_view scheme = "http";  // how the client reached us
  std::string_view request_id;       // sent as X-Request-ID; empty: none
  bool trust_forwarded = false;      // append to X-Forwarded-* and Forwarded
                                     // that came in, instead of replacing them
  // The answer is read here: Accept-Encoding, Range and conditions on what the
  // client has already stay behind, since no answer to them is documented.
  bool whole_answer = false;
  Framing framing = Framing::kNone;  // of the body that will be sent
  uint64_t content_length = 0;
};
// The request line and all fields, with the empty line.
void WriteRequestHead(const RequestHead& head, const Target& target,
                      const UpstreamRequestOptions& options, std::string* out);

// What both kinds of answer need to know of the exchange.
struct AnswerOptions {
  // Of the body that will be sent: a length, chunks or kUntilClose.
  Framing framing = Framing::kContentLength;
  uint64_t content_length = 0;
  bool keep_alive = true;        // else `Connection: close`
  int client_minor_version = 1;  // 1.0 is told `Connection: keep-alive`
  std::string_view date;         // FormatHttpDate(), for answers without Date
  std::span<const OwnField> own_fields;
};
// An upstream's answer, without its hop-by-hop fields and its framing. One that
// has no body (to HEAD; 304) keeps the length that it names.
void WriteResponseHead(const ResponseHead& head, const AnswerOptions& options,
                       std::string* out);
// An answer made here. `content_type` may be empty: none. A status without a
// body gets no framing.
void WriteLocalHead(int status, std::string_view content_type,
                    const AnswerOptions& options, std::string* out);

inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// Chunk framing of a streamed body: WriteChunkStart, the data, kChunkEnd; at
// the end kLastChunk. REQUIRES: size > 0 (a chunk of 0 would be the end).
void WriteChunkStart(uint64_t size, std::string* out);
inline constexpr std::string_view kChunkEnd = "\r\n";
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7) into `*out`.
void FormatHttpDate(int64_t unix_seconds, std::string* out);

// A request id that may be kept and logged: 1 to 128 of [A-Za-z0-9._-].
bool IsRequestId(std::string_view text);
// A traceparent of W3C Trace Context version 00, or of a later version with the
// same beginning; neither id all zeros.
bool IsTraceparent(std::string_view text);

}  // namespace headgate::http

#endif  // HEADGATE_PROXY_HTTP_WRITER_H_
