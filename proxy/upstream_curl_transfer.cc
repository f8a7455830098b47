// CurlTransfer: what libcurl calls back, and what the sink is told.
#include "proxy/upstream_curl_transfer.h"

#include <algorithm>
#include <cstring>

#include "absl/time/time.h"
#include "base/strings.h"

namespace headgate::proxy {
namespace {

using http::BodyReader;
using policy::Refusal;

constexpr int kInterimAnswersMax = 16;

bool IsTlsFailure(CURLcode result) {
  switch (result) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_USE_SSL_FAILED:
      return true;
    default:
      return false;
  }
}

}  // namespace

CurlTransfer::CurlTransfer(const ClientSettings* settings, const Target* target,
                           CurlDriver* driver)
    : settings_(*settings),
      target_(*target),
      driver_(*driver),
      easy_(curl_easy_init()),
      timer_(&OnTimeout, this),
      look_timer_(&OnLook, this) {}

void CurlTransfer::Begin(const UpstreamRequest& request, AttemptSink* sink,
                         bool fresh) {
  request_ = request;
  sink_ = sink;
  SetOptions(fresh);
  SetRequest();
  // Until there is a connection libcurl's own timeout runs; this one is for
  // what it may have forgotten.
  Arm(settings_.connect_timeout_us + settings_.response_timeout_us);
}

void CurlTransfer::Release() {
  timer_.Clear();
  look_timer_.Clear();
  curl_easy_reset(easy_.get());
  fields_.reset();
  content_length_ = -1;
  sends_ = 0;
  timeout_text_.clear();
  out_.clear();
  out_sent_ = 0;
  out_given_ = 0;
  out_last_ = out_paused_ = out_ended_ = body_wanted_ = false;
  head_text_.clear();
  lines_.clear();
  for (std::string* text : {&body_, &delivered_}) {
    text->clear();
    if (text->capacity() > kAnswerBufferBytes / 4) text->shrink_to_fit();
  }
  refused_ = {};
  interim_answers_ = 0;
  look_now_ = http2_answer_ = false;
  head_ready_ = head_delivered_ = paused_ = body_paused_ = done_ = false;
  error_text_[0] = '\0';
  sink_ = nullptr;
}

void CurlTransfer::Arm(int64_t us) {
  timer_.Set(&settings_.loop->timers(), now_us() + us);
}

// --- Connected.

// May come twice: libcurl sends again by itself what a kept connection did not
// take.
int CurlTransfer::OnConnected(void* self, char*, char*, int, int) {
  auto* transfer = static_cast<CurlTransfer*>(self);
  if (++transfer->sends_ > 1 && !transfer->sink_->OnResent()) {
    return CURL_PREREQFUNC_ABORT;
  }
  long opened = 0;
  curl_easy_getinfo(transfer->easy(), CURLINFO_NUM_CONNECTS, &opened);
  ServerStats* stats = transfer->settings_.stats;
  (opened > 0 ? stats->connects : stats->reuses).Add(1);
  transfer->Arm(transfer->settings_.response_timeout_us);
  return CURL_PREREQFUNC_OK;
}

// --- The answer's head.

size_t CurlTransfer::OnHeader(char* data, size_t one, size_t size, void* self) {
  auto* transfer = static_cast<CurlTransfer*>(self);
  const std::string_view line(data, one * size);
  // What comes behind the head are trailers: bounded by libcurl, and dropped.
  if (transfer->head_ready_) return line.size();
  return transfer->TakeHeaderLine(line) ? line.size() : 0;
}

bool CurlTransfer::Refuse(std::string_view sentence) {
  refused_ = sentence;
  driver_.DeliverSoon(this);
  return false;
}

bool CurlTransfer::TakeHeaderLine(std::string_view line) {
  const http::HeadLimits limits;
  if (!line.ends_with("\r\n")) return Refuse("a line ends in LF without CR");
  line.remove_suffix(2);
  if (line.empty()) return EndHead();
  if (head_text_.size() + line.size() > limits.head_bytes ||
      lines_.size() > limits.fields) {
    return Refuse("the head is too large");
  }
  lines_.emplace_back(head_text_.size(), line.size());
  head_text_ += line;
  return true;
}

bool CurlTransfer::EndHead() {
  if (lines_.empty()) return Refuse("empty lines before the first line");
  std::vector<std::pair<std::string_view, std::string_view>> fields;
  const std::string_view text = head_text_;
  for (size_t i = 1; i < lines_.size(); ++i) {
    const std::string_view line =
        text.substr(lines_[i].first, lines_[i].second);
    const size_t colon = line.find(':');
    if (colon == line.npos) return Refuse("a field line without a colon");
    fields.emplace_back(line.substr(0, colon), TrimOws(line.substr(colon + 1)));
  }
  const std::string_view status = text.substr(0, lines_[0].second);
  const bool http2 = status.starts_with("HTTP/2");
  const std::string_view wrong = http::ValidateResponseHead(
      status, fields, http2,
      request_.head_method ? http::Method::kHead : http::Method::kGet, &head_);
  if (!wrong.empty()) return Refuse(wrong);
  if (head_.is_interim()) {
    if (++interim_answers_ > kInterimAnswersMax) {
      return Refuse("too many interim (1xx) answers");
    }
    head_text_.clear();
    lines_.clear();
    return true;
  }
  head_ready_ = true;
  reader_.Start(head_.framing, head_.content_length);
  progress_.Begin(now_us());
  Arm(settings_.response_timeout_us);
  if (http2) ExpectEarlyEnd();
  if (IsAnsweredEarly()) driver_.DeliverSoon(this);
  return true;
}

// --- The answer's body.

size_t CurlTransfer::OnBody(char* data, size_t one, size_t size, void* self) {
  return static_cast<CurlTransfer*>(self)->TakeBody({data, one * size});
}

size_t CurlTransfer::TakeBody(std::string_view bytes) {
  if (!head_ready_) {
    Refuse("a body without a head");
    return 0;
  }
  if (body_.size() > kAnswerBufferBytes) {
    body_paused_ = true;
    return CURL_WRITEFUNC_PAUSE;  // libcurl brings the same bytes again
  }
  progress_.Note(now_us(), bytes.size());
  std::string_view unread = bytes;
  while (!unread.empty() && !reader_.complete()) {
    const BodyReader::Step step = reader_.Read(unread);
    if (step.status == BodyReader::Status::kError) {
      Refuse(step.sentence);
      return 0;
    }
    body_ += step.data;
    unread.remove_prefix(step.consumed);
  }
  driver_.DeliverSoon(this);
  if (!unread.empty()) {
    // Bytes behind the answer: it counts, the connection does not.
    curl_easy_setopt(easy_.get(), CURLOPT_FORBID_REUSE, 1L);
  }
  return bytes.size();
}

void CurlTransfer::OnDone(CURLcode result) {
  done_ = true;
  result_ = result;
  timer_.Clear();
  look_timer_.Clear();
}

// --- Timeouts.

void CurlTransfer::OnTimeout(void* self) {
  static_cast<CurlTransfer*>(self)->CheckProgress();
}

void CurlTransfer::CheckProgress() {
  const int64_t limit_us = settings_.response_timeout_us;
  std::string_view what =
      sends_ == 0 ? "no connection within" : "no answer within";
  if (head_ready_) {
    if (out_paused_) progress_.Begin(now_us());  // it is the client's turn
    what = progress_.Check(now_us(), limit_us, !head_delivered_);
    if (what.empty()) {
      Arm(progress_.due_us(limit_us) - now_us());
      return;
    }
  }
  timeout_text_ =
      StrCat(what, " ", absl::FormatDuration(absl::Microseconds(limit_us)));
  driver_.DeliverSoon(this);
}

// --- What the sink is told.

void CurlTransfer::Deliver() {
  if (sink_ == nullptr) return;  // aborted
  if (!refused_.empty()) {
    Fail(Refusal::kUpstreamProtocol, Resend::kNo,
         StrCat("invalid answer: ", refused_));
  } else if (!timeout_text_.empty()) {
    if (sends_ > 0) {
      Fail(Refusal::kUpstreamTimeout, Resend::kNo, timeout_text_);
    } else {
      Fail(Refusal::kUpstreamConnect, Resend::kElsewhere, timeout_text_);
    }
  } else if (done_ && result_ != CURLE_OK && !IsAnsweredEarly()) {
    FailWith(result_);
  } else if (paused_) {
    return;
  } else if (done_ || IsAnsweredEarly()) {
    DeliverEnd();
  } else {
    DeliverPart();
  }
}

void CurlTransfer::DeliverEnd() {
  if (!head_ready_) {
    Fail(Refusal::kUpstreamProtocol, Resend::kNo,
         "the answer's head was cut off");
    return;
  }
  if (!reader_.complete() && !reader_.FinishAtClose()) {
    Fail(Refusal::kUpstreamProtocol, Resend::kNo,
         StrCat("the answer's body was cut off after ", reader_.body_bytes(),
                " bytes"));
    return;
  }
  AttemptSink* sink = End();
  if (head_delivered_) {
    sink->OnAnswerBody(body_, true);
  } else {
    sink->OnAnswer(head_, body_, true);
  }
}

void CurlTransfer::DeliverPart() {
  if (std::exchange(look_now_, false)) {
    Look();
    if (done_ || !refused_.empty()) return;  // to be delivered next
  }
  if (body_wanted_ && pending_body() <= kRequestBodyLowBytes) {
    body_wanted_ = false;
    sink_->OnRequestBodyWanted();
    if (sink_ == nullptr || paused_) return;
  }
  const bool large = head_ready_ && IsLargeAnswer(head_, body_);
  if (!head_delivered_ && !large) return;
  delivered_.clear();
  delivered_.swap(body_);
  if (!head_delivered_) {
    head_delivered_ = true;
    sink_->OnAnswer(head_, delivered_, false);
  } else if (!delivered_.empty()) {
    sink_->OnAnswerBody(delivered_, false);
  }
  if (sink_ != nullptr && !paused_) MakeRoom();
}

// There is room for what libcurl holds back.
void CurlTransfer::MakeRoom() {
  if (!std::exchange(body_paused_, false)) return;
  Unpause();
}

// May call OnBody from inside.
void CurlTransfer::Unpause() { curl_easy_pause(easy_.get(), CURLPAUSE_CONT); }

AttemptSink* CurlTransfer::End() {
  driver_.OnEnded(this);
  return std::exchange(sink_, nullptr);
}

void CurlTransfer::Fail(Refusal kind, Resend resend, std::string_view what) {
  const std::string detail = StrCat(settings_.server, ": ", what);
  const int status = head_ready_ ? head_.status : 0;
  End()->OnAttemptFailed({kind, resend, detail, status});
}

void CurlTransfer::FailWith(CURLcode result) {
  const char* text =
      error_text_[0] != '\0' ? error_text_ : curl_easy_strerror(result);
  if (IsTlsFailure(result)) {
    Fail(Refusal::kUpstreamTls, Resend::kNo, text);
  } else if (sends_ == 0) {
    Fail(Refusal::kUpstreamConnect, Resend::kElsewhere,
         StrCat("cannot connect: ", text));
  } else {
    const bool afresh = KeptConnectionWasClosed(result);
    Fail(Refusal::kUpstreamProtocol, afresh ? Resend::kAfresh : Resend::kNo,
         text);
  }
}

// Before a byte of the answer came. Most often libcurl sends it again by
// itself; not over HTTP/2.
bool CurlTransfer::KeptConnectionWasClosed(CURLcode result) const {
  long opened = 1;
  curl_easy_getinfo(easy_.get(), CURLINFO_NUM_CONNECTS, &opened);
  // CURLE_PARTIAL_FILE: an end inside a stream of HTTP/2, also if it was empty.
  const bool closed =
      result == CURLE_SEND_ERROR || result == CURLE_RECV_ERROR ||
      result == CURLE_GOT_NOTHING || result == CURLE_PARTIAL_FILE;
  return closed && opened == 0 && lines_.empty() && interim_answers_ == 0;
}

void CurlTransfer::Abort() {
  sink_ = nullptr;
  driver_.OnEnded(this);
}

void CurlTransfer::PauseAnswer() {
  paused_ = true;
  timer_.Clear();
}

void CurlTransfer::ResumeAnswer() {
  if (!std::exchange(paused_, false)) return;
  progress_.Begin(now_us());
  if (!done_) Arm(settings_.response_timeout_us);
  driver_.DeliverSoon(this);
}

}  // namespace headgate::proxy
