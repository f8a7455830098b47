// One attempt over libcurl: an easy handle and what it has brought so far.
//
// libcurl's callbacks only record: a sink may want to cancel or to start calls,
// and libcurl allows neither inside its callbacks. The client delivers when
// libcurl has returned.
//
// libcurl reads answers leniently, so what it hands over is read again: it
// gives the header lines as they came and (transfer decoding is off) the chunks
// as they came, and our own strict readers judge both.
//
// An answer may come before the request was sent: upstream_curl_early.cc.
//
// Belongs to one loop and to its client.
#ifndef HEADGATE_PROXY_UPSTREAM_CURL_TRANSFER_H_
#define HEADGATE_PROXY_UPSTREAM_CURL_TRANSFER_H_

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/http/body_reader.h"
#include "proxy/http/response_parser.h"
#include "proxy/upstream_client.h"
#include "proxy/upstream_progress.h"

namespace headgate::proxy {

class CurlTransfer;

// What a transfer asks of its client.
class CurlDriver {
 public:
  // Deliver() shall be called, once libcurl has returned.
  virtual void DeliverSoon(CurlTransfer* transfer) = 0;
  // The call is over: the handle can be taken out of libcurl now, the rest must
  // stay until the sink has returned.
  virtual void OnEnded(CurlTransfer* transfer) = 0;
  // libcurl shall do what is due. Only inside Deliver().
  virtual void RunDue() = 0;

 protected:
  ~CurlDriver() = default;
};

class CurlTransfer final : public Attempt {
 public:
  struct Target {
    std::string url;  // "https://host:port/"
    std::string ca;   // empty: the system's
  };

  CurlTransfer(const ClientSettings* settings, const Target* target,
               CurlDriver* driver);

  // Sets the handle up; the client adds it to its multi handle.
  void Begin(const UpstreamRequest& request, AttemptSink* sink, bool fresh);
  // libcurl is done with it.
  void OnDone(CURLcode result);
  // Tells the sink what there is to tell.
  void Deliver();
  // Drops all that belongs to the call, but not the handle's connections.
  void Release();

  CURL* easy() const { return easy_.get(); }
  bool queued = false;  // for delivery: the client's own note

  bool SendBody(std::string_view piece, bool last) override;
  void PauseAnswer() override;
  void ResumeAnswer() override;
  void Abort() override;

 private:
  struct EasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  using Resend = AttemptFailure::Resend;

  static size_t OnHeader(char* data, size_t one, size_t size, void* self);
  static size_t OnBody(char* data, size_t one, size_t size, void* self);
  static size_t OnRead(char* to, size_t one, size_t size, void* self);
  static int OnConnected(void* self, char* peer_ip, char* own_ip, int peer_port,
                         int own_port);
  static void OnTimeout(void* self);

  void SetOptions(bool fresh);
  void SetRequest();
  void AddField(std::string_view line);
  void AppendField(const char* field);
  void SetBody();
  bool TakeHeaderLine(std::string_view line);
  bool EndHead();
  size_t TakeBody(std::string_view bytes);
  size_t GiveBody(char* to, size_t size);
  bool Refuse(std::string_view sentence);
  void CheckProgress();
  void Arm(int64_t us);
  int64_t now_us() const { return settings_.loop->Now().monotonic_us; }

  void ExpectEarlyEnd();
  void LookSoon();
  void Look();
  static void OnLook(void* self);
  bool IsAnsweredEarly() const;

  size_t pending_body() const { return out_.size() - out_sent_; }
  void DeliverEnd();
  void DeliverPart();
  void MakeRoom();
  void Unpause();
  AttemptSink* End();
  void Fail(policy::Refusal kind, Resend resend, std::string_view what);
  void FailWith(CURLcode result);
  bool KeptConnectionWasClosed(CURLcode result) const;

  const ClientSettings& settings_;
  const Target& target_;
  CurlDriver& driver_;
  std::unique_ptr<CURL, EasyDeleter> easy_;
  char error_text_[CURL_ERROR_SIZE] = {};
  WheelTimer timer_, look_timer_;

  // The call.
  UpstreamRequest request_;
  AttemptSink* sink_ = nullptr;
  std::unique_ptr<curl_slist, ListDeleter> fields_;
  std::string method_, request_target_;
  int64_t content_length_ = -1;  // of the request's body; -1: has none
  int sends_ = 0;                // a connection was ready so often
  std::string timeout_text_;
  // A streamed request body.
  std::string out_;
  size_t out_sent_ = 0;
  int64_t out_given_ = 0;  // to libcurl, in all
  bool out_last_ = false;
  bool out_paused_ = false;   // libcurl waits for more
  bool out_ended_ = false;    // libcurl has all of it
  bool body_wanted_ = false;  // we wait for room
  // The answer.
  std::string head_text_;
  std::vector<std::pair<size_t, size_t>> lines_;  // offset and size
  http::ResponseHead head_;
  http::BodyReader reader_;
  std::string body_;          // decoded, not delivered
  std::string delivered_;     // lent to the sink
  std::string_view refused_;  // why the answer is invalid; static
  int interim_answers_ = 0;
  bool http2_answer_ = false;  // to a request with a body
  bool look_now_ = false;
  int64_t look_after_us_ = 0;  // the last look, until the next
  bool head_ready_ = false;
  bool head_delivered_ = false;
  bool paused_ = false;       // by the sink
  bool body_paused_ = false;  // libcurl waits for room
  bool done_ = false;
  CURLcode result_ = CURLE_OK;
  AnswerProgress progress_;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_CURL_TRANSFER_H_
