#include "tests/support/stream.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <utility>

#include "base/strings.h"

namespace headgate::test {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr size_t kReadBytes = 64 * 1024;

// A socket address of either kind.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
};

bool ParseAddress(const std::string& text, SocketAddress* out) {
  if (text.starts_with(kUnix)) {
    auto* local = reinterpret_cast<sockaddr_un*>(&out->storage);
    const std::string path = text.substr(kUnix.size());
    if (path.size() >= sizeof local->sun_path) return false;
    local->sun_family = AF_UNIX;
    memcpy(local->sun_path, path.data(), path.size());
    out->size = sizeof *local;
    return true;
  }
  const size_t colon = text.rfind(':');
  if (colon == std::string::npos) return false;
  auto* ip = reinterpret_cast<sockaddr_in*>(&out->storage);
  ip->sin_family = AF_INET;
  ip->sin_port = htons(static_cast<uint16_t>(PortOf(text)));
  out->size = sizeof *ip;
  return inet_pton(AF_INET, text.substr(0, colon).c_str(), &ip->sin_addr) == 1;
}

bool WaitFor(int fd, short events, Deadline deadline) {
  pollfd waited{fd, events, 0};
  int ready;
  do {
    ready = poll(&waited, 1, deadline.milliseconds_left());
  } while (ready < 0 && errno == EINTR);
  return ready == 1;
}

// OpenSSL writes without MSG_NOSIGNAL.
void IgnoreSigpipe() {
  [[maybe_unused]] static const auto once = signal(SIGPIPE, SIG_IGN);
}

}  // namespace

Stream::Stream(int fd) : fd_(fd) {
  IgnoreSigpipe();
  fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
  const int yes = 1;  // each Write is a segment of its own; no matter for unix
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

Stream::Stream(Stream&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      ssl_(std::move(other.ssl_)),
      error_(std::move(other.error_)) {}

Stream& Stream::operator=(Stream&& other) noexcept {
  if (this != &other) {
    Close();
    fd_ = std::exchange(other.fd_, -1);
    ssl_ = std::move(other.ssl_);
    error_ = std::move(other.error_);
  }
  return *this;
}

Stream Stream::Connect(const std::string& address, Deadline deadline) {
  SocketAddress to;
  Stream failed;
  failed.error_ = "not an address: " + address;
  if (!ParseAddress(address, &to)) return failed;
  Stream stream(socket(to.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  int error = connect(stream.fd_, to.get(), to.size) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    socklen_t size = sizeof error;
    if (!WaitFor(stream.fd_, POLLOUT, deadline)) {
      error = ETIMEDOUT;
    } else {
      getsockopt(stream.fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    }
  }
  if (error == 0) return stream;
  failed.error_ = address + ": " + strerror(error);
  return failed;
}

bool Stream::StartTlsClient(SSL_CTX* context, const std::string& server_name,
                            Deadline deadline) {
  ssl_.reset(SSL_new(context));
  SSL_set_connect_state(ssl_.get());
  if (!server_name.empty()) {
    SSL_set_tlsext_host_name(ssl_.get(), server_name.c_str());
    SSL_set1_host(ssl_.get(), server_name.c_str());
  }
  return Handshake(deadline);
}

bool Stream::StartTlsServer(SSL_CTX* context, Deadline deadline) {
  ssl_.reset(SSL_new(context));
  SSL_set_accept_state(ssl_.get());
  return Handshake(deadline);
}

bool Stream::Handshake(Deadline deadline) {
  SSL_set_fd(ssl_.get(), fd_);
  SSL_set_mode(ssl_.get(), SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  int result;
  do {
    ERR_clear_error();
    result = SSL_do_handshake(ssl_.get());
  } while (result != 1 && WaitForSsl(result, deadline));
  if (result == 1) return true;
  char text[256];
  ERR_error_string_n(ERR_peek_error(), text, sizeof text);
  error_ = StrCat("TLS handshake: ", std::string_view(text));
  return false;
}

bool Stream::WaitForSsl(int result, Deadline deadline) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return WaitFor(fd_, POLLIN, deadline);
    case SSL_ERROR_WANT_WRITE:
      return WaitFor(fd_, POLLOUT, deadline);
    default:
      return false;
  }
}

bool Stream::Write(std::string_view bytes, Deadline deadline) {
  if (!open()) return false;
  return ssl_ ? WriteTls(bytes, deadline) : WritePlain(bytes, deadline);
}

bool Stream::WritePlain(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) bytes.remove_prefix(static_cast<size_t>(sent));
    if (sent >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN || !WaitFor(fd_, POLLOUT, deadline)) return false;
  }
  return true;
}

bool Stream::WriteTls(std::string_view bytes, Deadline deadline) {
  if (bytes.empty()) return true;
  int result;
  do {
    ERR_clear_error();
    result =
        SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
  } while (result <= 0 && WaitForSsl(result, deadline));
  return result > 0;  // all of it: partial writes are not enabled
}

ReadEnd Stream::Read(std::string* out, Deadline deadline) {
  if (!open()) return ReadEnd::kClosed;
  return ssl_ ? ReadTls(out, deadline) : ReadPlain(out, deadline);
}

ReadEnd Stream::ReadPlain(std::string* out, Deadline deadline) {
  char buffer[kReadBytes];
  for (;;) {
    const ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
    if (got > 0) {
      out->append(buffer, static_cast<size_t>(got));
      return ReadEnd::kData;
    }
    if (got == 0) return ReadEnd::kClosed;
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return ReadEnd::kReset;
    if (!WaitFor(fd_, POLLIN, deadline)) return ReadEnd::kTimeout;
  }
}

ReadEnd Stream::ReadTls(std::string* out, Deadline deadline) {
  char buffer[kReadBytes];
  for (;;) {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), buffer, sizeof buffer);
    if (got > 0) {
      out->append(buffer, static_cast<size_t>(got));
      return ReadEnd::kData;
    }
    const int error = SSL_get_error(ssl_.get(), got);
    if (error == SSL_ERROR_ZERO_RETURN) return ReadEnd::kClosed;
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      return ReadEnd::kReset;  // an end without close_notify too
    }
    if (!WaitForSsl(got, deadline)) return ReadEnd::kTimeout;
  }
}

bool Stream::WaitReadable(Deadline deadline) const {
  if (ssl_ && SSL_pending(ssl_.get()) > 0) return true;
  return open() && WaitFor(fd_, POLLIN, deadline);
}

void Stream::ShutdownWrite() {
  if (!open()) return;
  if (ssl_) SSL_shutdown(ssl_.get());
  shutdown(fd_, SHUT_WR);
}

void Stream::Reset() {
  if (!open()) return;
  const linger now{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close(std::exchange(fd_, -1));
  ssl_.reset();
}

void Stream::Close() {
  if (!open()) return;
  if (ssl_ && SSL_is_init_finished(ssl_.get())) SSL_shutdown(ssl_.get());
  ssl_.reset();
  close(std::exchange(fd_, -1));
}

int ListenOn(const std::string& address) {
  SocketAddress at;
  if (!ParseAddress(address, &at)) return -1;
  const int fd = socket(at.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, at.get(), at.size) == 0 && listen(fd, SOMAXCONN) == 0) return fd;
  close(fd);
  return -1;
}

std::string LocalAddress(int fd) {
  SocketAddress at;
  at.size = sizeof at.storage;
  if (getsockname(fd, at.get(), &at.size) != 0) return "";
  if (at.family() == AF_UNIX) {
    const auto* local = reinterpret_cast<const sockaddr_un*>(&at.storage);
    return StrCat(kUnix, std::string_view(local->sun_path));
  }
  const auto* ip = reinterpret_cast<const sockaddr_in*>(&at.storage);
  char host[INET_ADDRSTRLEN] = "";
  inet_ntop(AF_INET, &ip->sin_addr, host, sizeof host);
  return StrCat(std::string_view(host), ":", ntohs(ip->sin_port));
}

int PortOf(std::string_view address) {
  int port = 0;
  const std::string_view digits = address.substr(address.rfind(':') + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return port;
}

}  // namespace headgate::test
