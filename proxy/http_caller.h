// One HTTP call and its answer, waited for: what `headgate test --against`
// asks a running gateway with. libcurl does it; the serving side has clients of
// its own (upstream.h).
//
// The request goes out as it is given: no redirect is followed, no field is
// added but Host and the framing, no byte of the target is changed. One
// connection is kept. Certificates are verified. Belongs to one thread.
#ifndef HEADGATE_PROXY_HTTP_CALLER_H_
#define HEADGATE_PROXY_HTTP_CALLER_H_

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace headgate::proxy {

struct HttpCall {
  std::string method = "GET";
  std::string target = "/";  // path and query, as the wire has them
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
};

struct HttpAnswer {
  int status = 0;
  std::string head;  // with the empty line; of the final answer
  std::string body;
};

// Larger answers are an error.
inline constexpr size_t kHttpAnswerBytesMax = 16 << 20;

class HttpCaller {
 public:
  // OK for "http://127.0.0.1:8080" and "https://gateway.example"; else a
  // sentence for whoever wrote it.
  static absl::Status CheckUrl(std::string_view url);

  // REQUIRES: CheckUrl(url).ok().
  HttpCaller(std::string url, absl::Duration timeout);

  // UNAVAILABLE, with libcurl's reason, if no answer came.
  absl::StatusOr<HttpAnswer> Call(const HttpCall& call);

 private:
  struct Cleanup {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  using List = std::unique_ptr<curl_slist, FreeList>;

  void SetUp();
  void SetRequest(const HttpCall& call);
  void AddField(std::string_view name, std::string_view value);
  static size_t OnHead(char* data, size_t one, size_t size, void* answer);
  static size_t OnBody(char* data, size_t one, size_t size, void* answer);

  std::string url_;
  absl::Duration timeout_;
  std::unique_ptr<CURL, Cleanup> easy_;
  List fields_;
  char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_HTTP_CALLER_H_
