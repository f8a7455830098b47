// CurlTransfer: an answer that comes before the whole request was sent.
//
// The other clients end such a call with its answer: nobody wants the rest of
// the request. libcurl goes on with it, and over HTTP/2 libcurl 7.88 does not
// take it well (lib/http2.c and, for the second, lib/http.c):
//
// 1. A stream is closed when both sides have ended it. Where the answer ended
//    first, that happens inside libcurl's own last send; on_stream_close()
//    wakes a transfer for what others do, not for what it does itself, and the
//    server has nothing more to say. The call would wait for its timeout: so
//    Look().
// 2. At a status of 300 or more libcurl stops and says END_STREAM, and half a
//    request looks like a whole one: so "keep sending".
// 3. After as many bytes as the content-length says, it reads nothing more, nor
//    the window updates that it needs to send: so IsAnsweredEarly().
// 4. A server may reset the stream behind its answer: it needs no more of the
//    request (RFC 9113 8.1). Then libcurl fails: so the same. (If the reset
//    comes in one read with the answer, libcurl has dropped the answer.)
//
// Without a content-length the call ends when the request has been sent: before
// that libcurl does not tell that the answer has ended.
#include "proxy/upstream_curl_transfer.h"

namespace headgate::proxy {

// The head of an answer over HTTP/2 is there.
void CurlTransfer::ExpectEarlyEnd() {
  const bool has_body = request_.body_streams || !request_.body.empty();
  if (!has_body) return;
  http2_answer_ = true;
  curl_easy_setopt(easy_.get(), CURLOPT_KEEP_SENDING_ON_ERROR, 1L);
  LookSoon();
}

// When libcurl has returned; and, as nobody says when the last frame has left,
// later, ever less often. Almost every call is over before the first.
void CurlTransfer::LookSoon() {
  if (!http2_answer_) return;
  look_after_us_ = TimerWheel::kTickUs;
  OnLook(this);
}

void CurlTransfer::OnLook(void* self) {
  auto* transfer = static_cast<CurlTransfer*>(self);
  transfer->look_now_ = true;
  transfer->driver_.DeliverSoon(transfer);
  transfer->look_timer_.Set(&transfer->settings_.loop->timers(),
                            transfer->now_us() + transfer->look_after_us_);
  transfer->look_after_us_ *= 2;
}

// Makes libcurl look at the stream, though the socket has nothing to read.
void CurlTransfer::Look() {
  // What is paused is looked at when it goes on.
  if (body_paused_ || out_paused_) return;
  // "Look" is a mark on the connection, and the next transfer that libcurl runs
  // takes it away: first those that are due, then this one alone.
  driver_.RunDue();
  if (done_) return;
  // What goes on after a pause is marked.
  curl_easy_pause(easy_.get(), CURLPAUSE_SEND);
  curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
  driver_.RunDue();
}

// The answer is whole, and libcurl still has to send.
bool CurlTransfer::IsAnsweredEarly() const {
  if (!head_ready_ || !reader_.complete()) return false;
  curl_off_t sent = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_SIZE_UPLOAD_T, &sent);
  if (content_length_ >= 0) return sent < content_length_;
  return request_.body_streams && (!out_ended_ || sent < out_given_);
}

}  // namespace headgate::proxy
