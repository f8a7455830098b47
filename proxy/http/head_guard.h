// Our guard: cuts a head into lines and checks each as soon as it is complete.
//
// What it demands of every line (RFC 9112 2.2, 5, 5.2; design "HTTP rules" 1,
// 2): it ends in CRLF and holds no other CR or LF, no NUL and no control byte
// but tab; a field line is token ":" OWS value OWS, never a folded one. The
// part of a line that has come so far is checked too, so that bytes which can
// be no head (a TLS ClientHello, a folded line) are refused when they come and
// not when the head times out. Every byte is looked at a bounded number of
// times, however small the pieces in which it came.
//
// Shared by the parsers of requests and answers. Not thread safe.
#ifndef HEADGATE_PROXY_HTTP_HEAD_GUARD_H_
#define HEADGATE_PROXY_HTTP_HEAD_GUARD_H_

#include <cstddef>
#include <string_view>

#include "proxy/http/message.h"
#include "proxy/http/parse_result.h"

namespace headgate::http {

class HeadGuard {
 public:
  enum class Kind { kRequest, kResponse };

  // The longest method that llhttp knows has 13.
  static constexpr size_t kMethodBytesMax = 32;

  HeadGuard(Kind kind, const HeadLimits& limits);
  void Reset();
  bool started() const { return started_; }

  // To be called before Next() with the same bytes. Clears `head` where a new
  // one begins; its views follow the bytes where those have moved.
  template <typename Head>
  void Follow(std::string_view unread, Head* head) {
    if (base_ == nullptr) {
      head->Clear();
    } else if (base_ != unread.data()) {
      head->Rebase(base_, unread.data());
    }
    base_ = unread.data();
  }

  enum class Found { kLine, kEnd, kNeedMore, kError };
  // The next line of `unread`, which begins with the first byte of the head in
  // every call: kLine sets `*line` (without CRLF), kEnd is the empty line that
  // ends the head, kError sets error().
  Found Next(std::string_view unread, std::string_view* line);

  // The line that Next() found is the first one of the head.
  bool at_first_line() const { return lines_ == 1; }
  // Bytes up to and with the last line found.
  size_t consumed() const { return line_start_; }
  // Where the first line begins: behind an empty line, if there was one.
  size_t head_start() const { return head_start_; }
  const ParseResult& error() const { return error_; }
  // Whether a head of this form keeps the limits.
  bool Allows(size_t first_line_bytes, size_t other_bytes,
              size_t fields) const {
    return first_line_bytes <= limits_.request_line_bytes &&
           first_line_bytes + other_bytes <= limits_.head_bytes &&
           fields <= limits_.fields;
  }

  // Cuts `line` into a field and adds it. "" or the sentence of what is wrong.
  static std::string_view AddFieldLine(std::string_view line, Fields* fields);
  // Checks one that somebody else has cut, and adds it.
  static std::string_view AddField(std::string_view name,
                                   std::string_view value, Fields* fields);

 private:
  Found Fail(policy::Refusal refusal, std::string_view sentence);
  Found CheckPartial(std::string_view unread);
  // `fresh_start`: the bytes of `partial` before it have been checked before.
  Found CheckPartialFirstLine(std::string_view partial, size_t fresh_start);
  Found TooLong();

  Kind kind_;
  HeadLimits limits_;
  const char* base_ = nullptr;  // where `head`'s views point
  bool started_ = false;
  size_t lines_ = 0;  // complete ones, the empty ones left out
  size_t head_start_ = 0;
  size_t line_start_ = 0;     // of the line that is not complete yet
  size_t scanned_ = 0;        // no LF before this
  size_t version_start_ = 0;  // in the first line, once its place is known
  ParseResult error_;
};

}  // namespace headgate::http

#endif  // HEADGATE_PROXY_HTTP_HEAD_GUARD_H_
