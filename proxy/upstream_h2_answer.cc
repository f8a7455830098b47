#include "proxy/upstream_h2_answer.h"

#include <algorithm>

#include "proxy/http/chars.h"
#include "proxy/http/parse_result.h"
#include "proxy/http/response_parser.h"
#include "proxy/upstream.h"

namespace headgate::proxy {
namespace {

using http::Framing;

// ": " and CRLF: a field costs what it would in HTTP/1.1.
constexpr size_t kFieldBytes = 4;
// What a stream that is not in use keeps at most.
constexpr size_t kKeptBytes = 16 * 1024;

}  // namespace

void H2Answer::Begin(bool head_method) {
  head_method_ = head_method;
  begun_ = false;
  phase_ = Phase::kHead;
  interim_answers_ = 0;
  body_.clear();
  body_bytes_ = 0;
}

std::string_view H2Answer::BeginFields(bool ends) {
  begun_ = true;
  field_bytes_ = fields_ = 0;
  if (phase_ == Phase::kHead) {
    head_.text.clear();
    head_.head.Clear();
    return "";
  }
  phase_ = Phase::kTrailers;
  return ends ? "" : "fields in the middle of the body";
}

std::string_view H2Answer::AddField(std::string_view name,
                                    std::string_view value) {
  if (phase_ == Phase::kTrailers) return AddTrailer(name, value);
  constexpr http::HeadLimits kLimits;
  field_bytes_ += name.size() + value.size() + kFieldBytes;
  if (field_bytes_ > kLimits.head_bytes) return "the head is too large";
  if (++fields_ > kLimits.fields + 1) return "there are too many fields";
  const std::string_view kept_name = Keep(name);
  // The second may move the first.
  const size_t name_at =
      static_cast<size_t>(kept_name.data() - head_.text.data());
  const std::string_view kept_value = Keep(value);
  return http::AddHttp2Field({head_.text.data() + name_at, name.size()},
                             kept_value, &head_.head);
}

std::string_view H2Answer::Keep(std::string_view text) {
  const char* before = head_.text.data();
  const size_t start = head_.text.size();
  head_.text += text;
  if (head_.text.data() != before) head_.head.Rebase(before, head_.text.data());
  return std::string_view(head_.text).substr(start);
}

// Checked as in HTTP/1.1, and dropped: none is forwarded.
std::string_view H2Answer::AddTrailer(std::string_view name,
                                      std::string_view value) {
  field_bytes_ += name.size() + value.size() + kFieldBytes;
  if (field_bytes_ > kTrailerBytesMax || ++fields_ > kTrailersMax) {
    return "the trailers are too large";
  }
  if (!http::IsAll(name, http::kToken)) return "a trailer's name is no token";
  if (!http::IsFieldText(value)) return "a control byte in a trailer";
  return "";
}

std::string_view H2Answer::EndFields() {
  if (phase_ == Phase::kTrailers) return "";
  const std::string_view wrong = http::FinishHttp2Head(
      head_method_ ? http::Method::kHead : http::Method::kGet, &head_.head);
  if (!wrong.empty()) return wrong;
  if (!head().is_interim()) {
    phase_ = Phase::kBody;
  } else if (++interim_answers_ > kInterimAnswersMax) {
    return "too many interim (1xx) answers";
  }
  return "";
}

void H2Answer::TakeHead(const H2Head& known) {
  head_.CopyFrom(known);
  phase_ = Phase::kBody;
}

std::string_view H2Answer::TakeBody(std::string_view bytes) {
  begun_ = true;
  if (phase_ != Phase::kBody) return "a body without a head";
  if (bytes.empty()) return "";
  body_bytes_ += bytes.size();
  if (head().framing == Framing::kNone) {
    return "a body where there can be none";
  }
  if (head().framing == Framing::kContentLength &&
      body_bytes_ > head().content_length) {
    return "the body is longer than Content-Length";
  }
  body_ += bytes;
  return "";
}

std::string_view H2Answer::End() {
  if (phase_ == Phase::kHead) return "the stream ended without an answer";
  if (head().framing == Framing::kContentLength &&
      body_bytes_ < head().content_length) {
    return "the body is shorter than Content-Length";
  }
  phase_ = Phase::kComplete;
  return "";
}

bool H2Answer::large() const { return IsLargeAnswer(head(), body_); }

void H2Answer::Shrink() {
  body_.clear();
  if (body_.capacity() > kKeptBytes) body_.shrink_to_fit();
}

}  // namespace headgate::proxy
