// A client that sends exactly the bytes it is told, in the pieces it is told,
// and reads answers strictly. Over TCP, a unix socket or TLS.
//
//   RawClient client(headgate.address());
//   client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
//   const Message answer = client.ReadAnswer();
//   EXPECT_EQ(answer.status, 404) << answer;
//
// Belongs to one thread. Every wait ends at a deadline.
#ifndef HEADGATE_TESTS_SUPPORT_RAW_CLIENT_H_
#define HEADGATE_TESTS_SUPPORT_RAW_CLIENT_H_

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/certificates.h"
#include "tests/support/http_message.h"
#include "tests/support/stream.h"

namespace headgate::test {

class RawClient {
 public:
  // "host:port" or "unix:/path". connected() says whether it worked.
  explicit RawClient(const std::string& address, Deadline deadline = {});
  RawClient(const std::string& address, const TlsClientOptions& tls,
            Deadline deadline = {});

  bool connected() const { return connected_; }
  const std::string& error() const { return stream_->error(); }

  // False if the peer closed first.
  bool Send(std::string_view bytes, Deadline deadline = {});
  // In pieces of `piece_bytes`, each in a segment of its own where the kernel
  // allows it.
  bool SendSplit(std::string_view bytes, size_t piece_bytes = 1);
  // One byte each `interval` until all is sent or the peer answers or closes;
  // the number of bytes sent.
  size_t Drip(std::string_view bytes, std::chrono::milliseconds interval);

  // The next answer; `method` is that of the request it belongs to.
  Message ReadAnswer(std::string_view method = "GET", Deadline deadline = {});
  // Send and ReadAnswer.
  Message Call(std::string_view request, std::string_view method = "GET");
  // All that comes until the peer closes; nullopt-like: kTimeout if it did not.
  ReadEnd ReadUntilClosed(std::string* bytes, Deadline deadline = {});
  // Whether the peer closes (FIN or RST) without sending anything more.
  bool WaitClosed(Deadline deadline = {});
  // Whether nothing at all has come, not even an end, when the deadline passes.
  bool StaysSilent(std::chrono::milliseconds for_time);

  void ShutdownWrite() { stream_->ShutdownWrite(); }
  void Reset() { stream_->Reset(); }
  void Close() { stream_->Close(); }
  Stream& stream() { return *stream_; }

 private:
  // Pointers, so that a client can be moved while the reader knows the stream.
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<MessageReader> reader_;
  bool connected_ = false;
};

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_SUPPORT_RAW_CLIENT_H_
