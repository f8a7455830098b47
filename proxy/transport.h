// The bytes of one connected socket, plain or under TLS, never blocking. The
// one place that knows which of the two it is.
//
// Under TLS a read may have to write and the other way round (a handshake, a
// key update); `wants_write` on a read that would block says that the socket
// must become writable first.
//
// Owns the descriptor. Belongs to one loop.
#ifndef HEADGATE_PROXY_TRANSPORT_H_
#define HEADGATE_PROXY_TRANSPORT_H_

#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <string>

#include "proxy/ssl_handle.h"

namespace headgate::proxy {

struct IoResult {
  enum class Status { kOk, kWouldBlock, kClosed, kError };
  Status status = Status::kOk;
  size_t bytes = 0;          // kOk: at least 1
  bool wants_write = false;  // kWouldBlock: wait for writable, not readable
};

class Transport {
 public:
  Transport() = default;
  // Takes `fd` (non-blocking). `ssl`: null for plain; else in accept or connect
  // state, without a descriptor.
  Transport(int fd, SslHandle ssl);
  ~Transport() { Close(); }
  Transport(Transport&& other) noexcept;
  Transport& operator=(Transport&& other) noexcept;

  IoResult Read(char* data, size_t size);
  // Gathers; under TLS into one record, of which the next Write must repeat
  // what would block.
  IoResult Write(std::span<const iovec> pieces);
  // Whether a byte can be read; it is left there. kWouldBlock: not yet.
  IoResult Peek();
  // A step of the TLS handshake; kOk: it is over. An error is said in words.
  IoResult Handshake(std::string* error);

  // Decrypted bytes wait inside TLS: no readable event will tell of them.
  bool HasPending() const;
  // The TLS handshake is not over.
  bool InHandshake() const;
  // Says to the peer that nothing more will be written (FIN; close_notify).
  void ShutdownWrite();
  // With `reset`, the peer gets RST rather than FIN.
  void Close(bool reset = false);

  int fd() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  bool is_tls() const { return ssl_ != nullptr; }

 private:
  IoResult WriteRecord(std::span<const iovec> pieces);
  IoResult FromSsl(int result);

  int fd_ = -1;
  SslHandle ssl_;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_TRANSPORT_H_
