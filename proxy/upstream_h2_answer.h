// One answer as it comes over a stream of HTTP/2: fields, data, fields. It is
// as suspect as one over HTTP/1.1 and held to the same rules and limits
// (response_parser.h).
//
// What comes is copied, since it is lent only for the moment; the buffers stay
// for the next answer. Each step returns "" or the sentence of what is wrong
// with the answer, a static text. Pure; a warm one allocates nothing.
#ifndef HEADGATE_PROXY_UPSTREAM_H2_ANSWER_H_
#define HEADGATE_PROXY_UPSTREAM_H2_ANSWER_H_

#include <string>
#include <string_view>

#include "proxy/http/head_memory.h"
#include "proxy/http/message.h"

namespace headgate::proxy {

// A head as it was read from a block of fields.
struct H2Head {
  std::string text;
  http::ResponseHead head;  // views of `text`

  void CopyFrom(const H2Head& other) {
    text = other.text;
    head = other.head;
    head.Rebase(other.text.data(), text.data());
  }
};
// By the block: see FieldReader::StandsAlone().
using H2HeadMemory = http::HeadMemory<H2Head>;

class H2Answer {
 public:
  // As the HTTP/1.1 client has them.
  static constexpr int kInterimAnswersMax = 16;
  static constexpr size_t kTrailerBytesMax = 8192;
  static constexpr int kTrailersMax = 64;

  // The answer to another request begins; `head_method`: to a HEAD.
  void Begin(bool head_method);

  // A block of fields; `ends`: the stream ends with it.
  std::string_view BeginFields(bool ends);
  std::string_view AddField(std::string_view name, std::string_view value);
  std::string_view EndFields();
  // The block that begins now may be taken over as it was read before.
  bool may_be_known() const { return phase_ == Phase::kHead && !head_method_; }
  // Instead of its fields and their end. REQUIRES: may_be_known(), and another
  // answer's head_to_know().
  void TakeHead(const H2Head& known);
  // The block that ended was the head of an answer that others may have too.
  bool has_head_to_know() const {
    return phase_ == Phase::kBody && !head_method_;
  }
  const H2Head& head_to_know() const { return head_; }
  std::string_view TakeBody(std::string_view bytes);
  // The stream has ended.
  std::string_view End();

  // Something of it has come.
  bool begun() const { return begun_; }
  bool head_ready() const { return phase_ > Phase::kHead; }
  bool complete() const { return phase_ == Phase::kComplete; }
  // Larger than is to be held whole.
  bool large() const;
  const http::ResponseHead& head() const { return head_.head; }
  // What came of it since the last DropBody().
  std::string_view body() const { return body_; }
  void DropBody() { body_.clear(); }
  uint64_t body_bytes() const { return body_bytes_; }
  // Gives large buffers back.
  void Shrink();

 private:
  enum class Phase { kHead, kBody, kTrailers, kComplete };
  std::string_view Keep(std::string_view text);
  std::string_view AddTrailer(std::string_view name, std::string_view value);

  bool head_method_ = false;
  bool begun_ = false;
  Phase phase_ = Phase::kHead;
  int interim_answers_ = 0;
  size_t field_bytes_ = 0;  // of this block
  size_t fields_ = 0;
  H2Head head_;
  std::string body_;
  uint64_t body_bytes_ = 0;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_H2_ANSWER_H_
