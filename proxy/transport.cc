#include "proxy/transport.h"

#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "proxy/tls_client.h"

namespace headgate::proxy {
namespace {

IoResult FromErrno() {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
    return {.status = IoResult::Status::kWouldBlock};
  }
  return {.status = IoResult::Status::kError};
}

// recv() and send() as the kernel has them: in a program of several threads,
// glibc's announce before and after each call that the thread may be cancelled,
// which takes 2 % of a small request. No thread of ours is ever cancelled.
ssize_t Receive(int fd, char* data, size_t size) {
  return syscall(SYS_recvfrom, fd, data, size, 0, nullptr, nullptr);
}
ssize_t Send(int fd, const void* data, size_t size) {
  return syscall(SYS_sendto, fd, data, size, MSG_NOSIGNAL, nullptr, 0);
}

IoResult FromSent(ssize_t sent) {
  if (sent >= 0) return {.bytes = static_cast<size_t>(sent)};
  return FromErrno();
}

}  // namespace

Transport::Transport(int fd, SslHandle ssl) : fd_(fd), ssl_(std::move(ssl)) {
  if (ssl_ == nullptr) return;
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                               SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                               SSL_MODE_RELEASE_BUFFERS);
  SSL_set_fd(ssl_.get(), fd_);
}

Transport::Transport(Transport&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), ssl_(std::move(other.ssl_)) {}

Transport& Transport::operator=(Transport&& other) noexcept {
  Close();
  fd_ = std::exchange(other.fd_, -1);
  ssl_ = std::move(other.ssl_);
  return *this;
}

IoResult Transport::Read(char* data, size_t size) {
  if (ssl_ != nullptr) {
    ERR_clear_error();
    const int capped = static_cast<int>(std::min<size_t>(size, INT_MAX));
    return FromSsl(SSL_read(ssl_.get(), data, capped));
  }
  const ssize_t got = Receive(fd_, data, size);
  if (got > 0) return {.bytes = static_cast<size_t>(got)};
  if (got == 0) return {.status = IoResult::Status::kClosed};
  return FromErrno();
}

IoResult Transport::Write(std::span<const iovec> pieces) {
  if (ssl_ != nullptr) {
    return WriteRecord(pieces);
  }
  if (pieces.size() == 1) {
    // The kernel has less to look at than with sendmsg.
    return FromSent(Send(fd_, pieces[0].iov_base, pieces[0].iov_len));
  }
  msghdr message = {};
  message.msg_iov = const_cast<iovec*>(pieces.data());
  message.msg_iovlen = pieces.size();
  return FromSent(sendmsg(fd_, &message, MSG_NOSIGNAL));
}

// One record, and so one write to the socket, for a head and its body.
IoResult Transport::WriteRecord(std::span<const iovec> pieces) {
  thread_local std::array<char, SSL3_RT_MAX_PLAIN_LENGTH> record;
  const char* data = nullptr;
  size_t size = 0;
  for (const iovec& piece : pieces) {
    if (piece.iov_len == 0) continue;
    const auto* from = static_cast<const char*>(piece.iov_base);
    if (data == nullptr) {
      data = from;
      size = std::min(piece.iov_len, record.size());
      continue;
    }
    const size_t taken = std::min(piece.iov_len, record.size() - size);
    if (data != record.data()) std::memcpy(record.data(), data, size);
    data = record.data();
    std::memcpy(record.data() + size, from, taken);
    size += taken;
  }
  if (size == 0) return {};
  ERR_clear_error();
  return FromSsl(SSL_write(ssl_.get(), data, static_cast<int>(size)));
}

IoResult Transport::Peek() {
  char byte;
  if (ssl_ != nullptr) {
    ERR_clear_error();
    return FromSsl(SSL_peek(ssl_.get(), &byte, 1));
  }
  const ssize_t got = recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (got == 0) return {.status = IoResult::Status::kClosed};
  return FromSent(got);
}

IoResult Transport::Handshake(std::string* error) {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return {};
  const int code = SSL_get_error(ssl_.get(), result);
  if (code == SSL_ERROR_WANT_READ || code == SSL_ERROR_WANT_WRITE) {
    return FromSsl(result);
  }
  *error = TakeHandshakeError(ssl_.get());
  SSL_set_quiet_shutdown(ssl_.get(), 1);
  return {.status = IoResult::Status::kError};
}

IoResult Transport::FromSsl(int result) {
  if (result > 0) return {.bytes = static_cast<size_t>(result)};
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {.status = IoResult::Status::kWouldBlock};
    case SSL_ERROR_WANT_WRITE:
      return {.status = IoResult::Status::kWouldBlock, .wants_write = true};
    case SSL_ERROR_ZERO_RETURN:
      return {.status = IoResult::Status::kClosed};
    default:
      // The session is dead: SSL_shutdown must not be called on it.
      ERR_clear_error();
      SSL_set_quiet_shutdown(ssl_.get(), 1);
      return {.status = IoResult::Status::kError};
  }
}

bool Transport::HasPending() const {
  return ssl_ != nullptr && SSL_has_pending(ssl_.get()) != 0;
}

bool Transport::InHandshake() const {
  return ssl_ != nullptr && SSL_is_init_finished(ssl_.get()) == 0;
}

void Transport::ShutdownWrite() {
  if (fd_ < 0) return;
  if (ssl_ != nullptr) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  shutdown(fd_, SHUT_WR);
}

void Transport::Close(bool reset) {
  if (fd_ < 0) return;
  if (reset) {
    const linger none = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
  }
  ssl_.reset();
  close(fd_);
  fd_ = -1;
}

}  // namespace headgate::proxy
