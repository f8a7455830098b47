// CurlTransfer: the request's way into libcurl.
#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/strings.h"
#include "proxy/upstream_curl_transfer.h"

namespace headgate::proxy {
namespace {

// libcurl writes these itself, and HTTP/2 has none of them.
bool IsCurlsOwn(std::string_view name) {
  for (std::string_view own : {"connection", "keep-alive", "transfer-encoding",
                               "content-length", "te", "upgrade"}) {
    if (EqualsIgnoreCase(name, own)) return true;
  }
  return false;
}

std::string_view TakeLine(std::string_view* text) {
  const size_t end = text->find("\r\n");
  const std::string_view line = text->substr(0, end);
  text->remove_prefix(end == text->npos ? text->size() : end + 2);
  return line;
}

long Milliseconds(int64_t us) {
  return static_cast<long>(std::max<int64_t>(1, us / 1000));
}

}  // namespace

void CurlTransfer::SetOptions(bool fresh) {
  CURL* easy = easy_.get();
  const auto set = [easy](CURLoption option, auto value) {
    curl_easy_setopt(easy, option, value);
  };
  set(CURLOPT_PRIVATE, static_cast<void*>(this));
  set(CURLOPT_ERRORBUFFER, error_text_);
  set(CURLOPT_NOSIGNAL, 1L);
  // Only what the operator wrote decides where it goes.
  set(CURLOPT_PROXY, "");
  set(CURLOPT_PROTOCOLS_STR, "https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  // The server must be who it says it is.
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!target_.ca.empty()) {
    set(CURLOPT_CAINFO, target_.ca.c_str());
    set(CURLOPT_CAPATH, static_cast<char*>(nullptr));  // and nobody else's
  }
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_PIPEWAIT, 1L);
  // The answer as it comes: our own readers decode the chunks.
  set(CURLOPT_HTTP_TRANSFER_DECODING, 0L);
  set(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set(CURLOPT_CONNECTTIMEOUT_MS, Milliseconds(settings_.connect_timeout_us));
  set(CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
  set(CURLOPT_FORBID_REUSE, request_.alone ? 1L : 0L);
  set(CURLOPT_MAXAGE_CONN, 60L);
  set(CURLOPT_HEADERFUNCTION, &OnHeader);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &OnBody);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_PREREQFUNCTION, &OnConnected);
  set(CURLOPT_PREREQDATA, static_cast<void*>(this));
}

// Takes the head apart again: libcurl writes its own.
void CurlTransfer::SetRequest() {
  std::string_view head = request_.head;
  const std::string_view line = TakeLine(&head);
  const size_t space = line.find(' ');
  method_ = line.substr(0, space);
  request_target_ = line.substr(space + 1, line.rfind(' ') - space - 1);
  bool has_accept = false;
  bool has_content_type = false;
  while (!head.empty()) {
    const std::string_view field = TakeLine(&head);
    if (field.empty()) break;
    const std::string_view name = field.substr(0, field.find(':'));
    has_accept |= EqualsIgnoreCase(name, "accept");
    has_content_type |= EqualsIgnoreCase(name, "content-type");
    if (EqualsIgnoreCase(name, "content-length")) {
      const std::string_view digits = TrimOws(field.substr(name.size() + 1));
      std::from_chars(digits.data(), digits.data() + digits.size(),
                      content_length_);
    }
    if (!IsCurlsOwn(name)) AddField(field);
  }
  // Not what libcurl would add.
  if (!has_accept) AppendField("Accept:");
  if (!has_content_type) AppendField("Content-Type:");
  AppendField("Expect:");
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_URL, target_.url.c_str());
  curl_easy_setopt(easy, CURLOPT_REQUEST_TARGET, request_target_.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, fields_.get());
  SetBody();
  if (!request_.head_method) {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method_.c_str());
  }
}

void CurlTransfer::AddField(std::string_view line) {
  const size_t colon = line.find(':');
  std::string field(line);
  // libcurl's way to say "with an empty value".
  if (TrimOws(line.substr(colon + 1)).empty()) {
    field = StrCat(line.substr(0, colon), ";");
  }
  AppendField(field.c_str());
}

void CurlTransfer::AppendField(const char* field) {
  curl_slist* list = curl_slist_append(fields_.get(), field);
  if (list == nullptr) return;  // out of memory
  (void)fields_.release();
  fields_.reset(list);
}

void CurlTransfer::SetBody() {
  CURL* easy = easy_.get();
  if (request_.head_method) {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (request_.body_streams) {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &OnRead);
    curl_easy_setopt(easy, CURLOPT_READDATA, static_cast<void*>(this));
    // -1: libcurl sends chunks, or a stream in HTTP/2.
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE,
                     static_cast<curl_off_t>(content_length_));
  } else if (!request_.body.empty() || content_length_ == 0) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                     request_.body.empty() ? "" : request_.body.data());
  } else {
    curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  }
}

size_t CurlTransfer::OnRead(char* to, size_t one, size_t size, void* self) {
  return static_cast<CurlTransfer*>(self)->GiveBody(to, one * size);
}

size_t CurlTransfer::GiveBody(char* to, size_t size) {
  const size_t given = std::min(size, pending_body());
  if (given == 0 && !out_last_) {
    out_paused_ = true;
    if (!head_ready_) timer_.Clear();  // it is the client's turn
    return CURL_READFUNC_PAUSE;
  }
  if (head_ready_) {
    progress_.Begin(now_us());  // an early answer may wait for the request
  } else {
    Arm(settings_.response_timeout_us);
  }
  std::memcpy(to, out_.data() + out_sent_, given);
  out_sent_ += given;
  out_given_ += static_cast<int64_t>(given);
  if (pending_body() == 0) {
    out_.clear();
    out_sent_ = 0;
  }
  // Of an unknown length nothing but an empty piece is the end.
  const bool end =
      content_length_ >= 0 ? out_given_ == content_length_ : given == 0;
  if (end && !std::exchange(out_ended_, true)) LookSoon();
  if (body_wanted_ && pending_body() <= kRequestBodyLowBytes) {
    driver_.DeliverSoon(this);
  }
  return given;
}

bool CurlTransfer::SendBody(std::string_view piece, bool last) {
  if (done_ || out_last_) return true;
  if (out_sent_ > kRequestBodyLowBytes) {
    out_.erase(0, out_sent_);
    out_sent_ = 0;
  }
  out_ += piece;
  out_last_ = last;
  if (std::exchange(out_paused_, false)) Unpause();
  body_wanted_ = pending_body() > kRequestBodyHighBytes;
  return !body_wanted_;
}

}  // namespace headgate::proxy
