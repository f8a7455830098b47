// The client of one https:// server that may speak HTTP/2: a libcurl multi
// handle on our loop, many calls on few connections.
//
// libcurl says which sockets and which timer to watch, and is told what
// happened to them; that is the one place from which it calls back. When it has
// returned, the transfers that have something to tell are delivered, one by
// one, so that a sink may do as it likes.
//
// While the window of an upload is used up, libcurl 7.88 asks to be told when
// its socket can be written to, which is always: so after some times in vain it
// is told only each tick, and when the socket can be read.
//
// Certificates are verified, against `ca` or the system's store. HTTP/2 is used
// where the server offers it. A slow reader of a large HTTP/2 answer makes
// libcurl hold back at most its stream window. libcurl sends a request again by
// itself if a kept connection was closed before a byte of the answer came, most
// often over HTTP/1.1; AttemptSink::OnResent counts and bounds that. Where it
// does not, the balancer does. Belongs to one loop.
#ifndef HEADGATE_PROXY_UPSTREAM_CURL_H_
#define HEADGATE_PROXY_UPSTREAM_CURL_H_

#include <curl/curl.h>

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/config.h"
#include "proxy/upstream_client.h"
#include "proxy/upstream_curl_transfer.h"

namespace headgate::proxy {

class CurlClient final : public ServerClient, private CurlDriver {
 public:
  // `ca`: a PEM file; empty: the system's.
  CurlClient(ClientSettings settings, const config::Server& server,
             const std::string& ca);
  ~CurlClient() override;

  Attempt* Start(const UpstreamRequest& request, AttemptSink* sink,
                 bool fresh) override;

 private:
  struct SocketWatch {
    EventHandle event;
    short wanted = 0;    // by libcurl
    int writes = 0;      // in a row: "writable", and nothing to read
    bool rests = false;  // is not watched for writing
  };
  struct MultiDeleter {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };

  static int OnSocket(CURL* easy, curl_socket_t fd, int what, void* self,
                      void* unused);
  static int OnTimer(CURLM* multi, long milliseconds, void* self);
  static void OnReady(int fd, short what, void* self);
  static void OnTimeout(int fd, short what, void* self);
  static void OnDelivery(int fd, short what, void* self);
  static void OnRestTime(void* self);

  void DeliverSoon(CurlTransfer* transfer) override;
  void OnEnded(CurlTransfer* transfer) override;
  void RunDue() override;
  void Watch(curl_socket_t fd, SocketWatch* watch);
  void NoteWrite(curl_socket_t fd, bool alone);
  bool Uploads();
  void Act(curl_socket_t fd, int what);
  void TakeResults();
  void DeliverAll();

  const ClientSettings settings_;
  CurlTransfer::Target target_;
  // libcurl closes sockets while it is cleaned up: the watches outlive it.
  std::unordered_map<curl_socket_t, SocketWatch> watches_;
  EventHandle timeout_, delivery_;
  WheelTimer rest_;
  int64_t uploaded_bytes_ = 0;  // when that was last asked
  std::unique_ptr<CURLM, MultiDeleter> multi_;
  std::vector<std::unique_ptr<CurlTransfer>> transfers_;
  std::vector<CurlTransfer*> free_;
  std::vector<CurlTransfer*> ended_;  // free once their sinks have returned
  std::deque<CurlTransfer*> queue_;   // have something to tell
  bool delivering_ = false;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_CURL_H_
