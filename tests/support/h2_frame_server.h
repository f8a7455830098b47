// A server of HTTP/2 over TLS that answers frames with frames, for what no
// proper server does, or does when the test wants it.
//
//   H2FrameServer server(certificates.ServerOptions(),
//                        [](const H2FrameServer::Received& frame) {
//                          return Frame(...);
//                        });
//
// By itself it sends its SETTINGS and acknowledges the client's, no more: it
// opens no window. One connection at a time, one thread; every method may be
// called from any thread.
#ifndef HEADGATE_TESTS_SUPPORT_H2_FRAME_SERVER_H_
#define HEADGATE_TESTS_SUPPORT_H2_FRAME_SERVER_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/certificates.h"
#include "tests/support/h2_server.h"
#include "tests/support/stream.h"

namespace headgate::test {

class H2FrameServer {
 public:
  struct Received {
    uint8_t type = 0;
    uint8_t flags = 0;
    uint32_t stream = 0;
    std::string payload;

    // The last frame of a request.
    bool ends_request() const {
      return type <= kHeadersFrame && (flags & kEndStream) != 0;
    }
  };
  // What to send for a frame; nothing: closes the connection.
  using Handler =
      std::function<std::optional<std::string>(const Received& frame)>;

  // Offers "h2" and nothing else.
  H2FrameServer(TlsServerOptions tls, Handler handler);
  ~H2FrameServer();
  H2FrameServer(const H2FrameServer&) = delete;
  H2FrameServer& operator=(const H2FrameServer&) = delete;

  std::string url() const;  // "https://localhost:41234"
  std::vector<Received> frames() const;
  // The client's acknowledgements: it has read all that came before the ping.
  size_t pongs() const;
  // The body of a request, so far; whether it has ended.
  std::string BodyOf(uint32_t stream) const;
  bool HasEnded(uint32_t stream) const;

 private:
  void Serve(int fd);
  // Answers what is whole in `in`, from `at` on; false: close.
  bool AnswerFrames(const std::string& in, size_t* at, Stream* stream);

  const Handler handler_;
  SslContext context_;
  int listening_fd_;
  std::string address_;

  mutable std::mutex mutex_;
  std::vector<Received> frames_;
  int connection_fd_ = -1;
  bool stopping_ = false;

  std::thread thread_;  // last: everything else is there when it starts
};

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_SUPPORT_H2_FRAME_SERVER_H_
