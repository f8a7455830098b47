// One answer as it comes over a stream of HTTP/2: fields, data, fields. It is
// as suspect as one over HTTP/1.1 and held to the same rules and limits
// (response_parser.h); nghttp2's own, laxer ones are switched off.
//
// What comes is copied, since nghttp2 lends it only for the moment; the buffers
// stay for the next answer. Each step returns "" or the sentence of what is
// wrong with the answer, a static text. Pure; a warm one allocates nothing.
#ifndef HEADGATE_PROXY_UPSTREAM_H2_ANSWER_H_
#define HEADGATE_PROXY_UPSTREAM_H2_ANSWER_H_

#include <string>
#include <string_view>

#include "proxy/http/message.h"

namespace headgate::proxy {

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
  std::string_view TakeBody(std::string_view bytes);
  // The stream has ended.
  std::string_view End();

  // Something of it has come.
  bool begun() const { return begun_; }
  bool head_ready() const { return phase_ > Phase::kHead; }
  bool complete() const { return phase_ == Phase::kComplete; }
  // Larger than is to be held whole.
  bool large() const;
  const http::ResponseHead& head() const { return head_; }
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
  std::string text_;  // what head_ views
  http::ResponseHead head_;
  std::string body_;
  uint64_t body_bytes_ = 0;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_H2_ANSWER_H_
