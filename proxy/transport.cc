#include "proxy/transport.h"

#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

namespace headgate::proxy {
namespace {

IoResult FromErrno() {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
    return {.status = IoResult::Status::kWouldBlock};
  }
  return {.status = IoResult::Status::kError};
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
  const ssize_t got = recv(fd_, data, size, 0);
  if (got > 0) return {.bytes = static_cast<size_t>(got)};
  if (got == 0) return {.status = IoResult::Status::kClosed};
  return FromErrno();
}

IoResult Transport::Write(std::span<const iovec> pieces) {
  if (ssl_ != nullptr) {
    const auto piece =
        std::find_if(pieces.begin(), pieces.end(),
                     [](const iovec& one) { return one.iov_len > 0; });
    if (piece == pieces.end()) return {};
    ERR_clear_error();
    const int capped =
        static_cast<int>(std::min<size_t>(piece->iov_len, INT_MAX));
    return FromSsl(SSL_write(ssl_.get(), piece->iov_base, capped));
  }
  if (pieces.size() == 1) {
    // The kernel has less to look at than with sendmsg.
    return FromSent(
        send(fd_, pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL));
  }
  msghdr message = {};
  message.msg_iov = const_cast<iovec*>(pieces.data());
  message.msg_iovlen = pieces.size();
  return FromSent(sendmsg(fd_, &message, MSG_NOSIGNAL));
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
