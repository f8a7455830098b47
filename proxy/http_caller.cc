#include "proxy/http_caller.h"

#include "base/strings.h"

namespace headgate::proxy {
namespace {

template <typename Value>
void Set(CURL* easy, CURLoption option, Value value) {
  curl_easy_setopt(easy, option, value);
}

bool Names(const HttpCall& call, std::string_view name) {
  for (const auto& [known, value] : call.fields) {
    if (EqualsIgnoreCase(known, name)) return true;
  }
  return false;
}

}  // namespace

absl::Status HttpCaller::CheckUrl(std::string_view url) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    return absl::InvalidArgumentError(
        "the URL must begin with http:// or https://");
  }
  url.remove_prefix(url.find("//") + 2);
  if (url.empty() || url.find_first_of("/?#") != url.npos) {
    return absl::InvalidArgumentError(
        "the URL must be a host and a port, without a path");
  }
  return absl::OkStatus();
}

HttpCaller::HttpCaller(std::string url, absl::Duration timeout)
    : url_(std::move(url)), timeout_(timeout), easy_(curl_easy_init()) {}

void HttpCaller::SetUp() {
  CURL* easy = easy_.get();
  curl_easy_reset(easy);  // keeps the connection
  Set(easy, CURLOPT_ERRORBUFFER, error_);
  Set(easy, CURLOPT_NOSIGNAL, 1L);
  Set(easy, CURLOPT_PROXY, "");
  Set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  Set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  Set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  Set(easy, CURLOPT_TIMEOUT_MS,
      static_cast<long>(absl::ToInt64Milliseconds(timeout_)));
  Set(easy, CURLOPT_URL, url_.c_str());
  Set(easy, CURLOPT_HEADERFUNCTION, &OnHead);
  Set(easy, CURLOPT_WRITEFUNCTION, &OnBody);
}

void HttpCaller::AddField(std::string_view name, std::string_view value) {
  // "Name;" is libcurl's way to say "with an empty value".
  const std::string line =
      value.empty() ? StrCat(name, ";") : StrCat(name, ": ", value);
  curl_slist* list = curl_slist_append(fields_.get(), line.c_str());
  if (list == nullptr) return;  // out of memory
  (void)fields_.release();
  fields_.reset(list);
}

void HttpCaller::SetRequest(const HttpCall& call) {
  CURL* easy = easy_.get();
  fields_.reset();
  for (const auto& [name, value] : call.fields) AddField(name, value);
  // Not what libcurl would add.
  for (const char* name : {"Accept", "User-Agent", "Content-Type", "Expect"}) {
    if (Names(call, name)) continue;
    curl_slist* list =
        curl_slist_append(fields_.get(), StrCat(name, ":").c_str());
    if (list == nullptr) continue;
    (void)fields_.release();
    fields_.reset(list);
  }
  Set(easy, CURLOPT_HTTPHEADER, fields_.get());
  Set(easy, CURLOPT_REQUEST_TARGET, call.target.c_str());
  if (call.method == "HEAD") {
    Set(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  if (!call.body.empty()) {
    Set(easy, CURLOPT_POST, 1L);
    Set(easy, CURLOPT_POSTFIELDSIZE_LARGE,
        static_cast<curl_off_t>(call.body.size()));
    Set(easy, CURLOPT_POSTFIELDS, call.body.data());
  }
  Set(easy, CURLOPT_CUSTOMREQUEST, call.method.c_str());
}

absl::StatusOr<HttpAnswer> HttpCaller::Call(const HttpCall& call) {
  HttpAnswer answer;
  if (easy_ == nullptr) return absl::UnavailableError("out of memory");
  SetUp();
  SetRequest(call);
  CURL* easy = easy_.get();
  Set(easy, CURLOPT_HEADERDATA, static_cast<void*>(&answer));
  Set(easy, CURLOPT_WRITEDATA, static_cast<void*>(&answer));
  error_[0] = '\0';
  const CURLcode code = curl_easy_perform(easy);
  if (code != CURLE_OK) {
    return absl::UnavailableError(error_[0] != '\0' ? error_
                                                    : curl_easy_strerror(code));
  }
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  return answer;
}

size_t HttpCaller::OnHead(char* data, size_t one, size_t size, void* answer) {
  std::string* head = &static_cast<HttpAnswer*>(answer)->head;
  const std::string_view line(data, one * size);
  // An interim answer came before.
  if (line.starts_with("HTTP/")) head->clear();
  if (head->size() + line.size() > kHttpAnswerBytesMax) return 0;
  head->append(line);
  return line.size();
}

size_t HttpCaller::OnBody(char* data, size_t one, size_t size, void* answer) {
  std::string* body = &static_cast<HttpAnswer*>(answer)->body;
  if (body->size() + one * size > kHttpAnswerBytesMax) return 0;
  body->append(data, one * size);
  return one * size;
}

}  // namespace headgate::proxy
