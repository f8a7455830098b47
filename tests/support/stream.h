// One connected socket, TCP or unix, plain or TLS, with a deadline on every
// call: what RawClient and ScriptedUpstream stand on.
//
// Belongs to one thread.
#ifndef HEADGATE_TESTS_SUPPORT_STREAM_H_
#define HEADGATE_TESTS_SUPPORT_STREAM_H_

#include <openssl/ssl.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "tests/support/deadline.h"

namespace headgate::test {

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslHandle = std::unique_ptr<SSL, SslFree>;
using SslContext = std::unique_ptr<SSL_CTX, SslFree>;

// How a read ended.
enum class ReadEnd { kData, kClosed, kReset, kTimeout };

class Stream {
 public:
  Stream() = default;
  // Owns `fd`, which it makes non-blocking.
  explicit Stream(int fd);
  ~Stream() { Close(); }
  Stream(Stream&& other) noexcept;
  Stream& operator=(Stream&& other) noexcept;

  // Connects to "host:port" (numeric host) or "unix:/path". Not open() if
  // nobody listens there or the deadline passes.
  static Stream Connect(const std::string& address, Deadline deadline = {});

  // Runs the TLS handshake, as the client with `server_name` or as the server.
  // False if it failed; error() says why.
  bool StartTlsClient(SSL_CTX* context, const std::string& server_name,
                      Deadline deadline = {});
  bool StartTlsServer(SSL_CTX* context, Deadline deadline = {});

  // All of `bytes`; false if the peer is gone or the deadline passed.
  bool Write(std::string_view bytes, Deadline deadline = {});
  // Appends what has come, at least one byte, to `out`.
  ReadEnd Read(std::string* out, Deadline deadline = {});
  // Waits until there is something to read, an end included.
  bool WaitReadable(Deadline deadline = {}) const;

  // Sends FIN (and close_notify); reading goes on.
  void ShutdownWrite();
  // Closes with RST: what was not yet read or sent is lost.
  void Reset();
  void Close();

  bool open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  SSL* ssl() const { return ssl_.get(); }
  const std::string& error() const { return error_; }

 private:
  bool Handshake(Deadline deadline);
  // Whether an SSL call that returned `result` shall be tried again.
  bool WaitForSsl(int result, Deadline deadline);
  bool WritePlain(std::string_view bytes, Deadline deadline);
  bool WriteTls(std::string_view bytes, Deadline deadline);
  ReadEnd ReadPlain(std::string* out, Deadline deadline);
  ReadEnd ReadTls(std::string* out, Deadline deadline);

  int fd_ = -1;
  SslHandle ssl_;
  std::string error_;
};

// A listening socket on "127.0.0.1:0" or "unix:/path"; -1 if it failed.
int ListenOn(const std::string& address);
// Where the socket listens: "127.0.0.1:41234" or "unix:/path".
std::string LocalAddress(int fd);
// The number after the last colon of "127.0.0.1:41234".
int PortOf(std::string_view address);

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_SUPPORT_STREAM_H_
