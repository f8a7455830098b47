// One connection of the benchmark's programs, with TLS or without: bytes in,
// bytes out, over a non-blocking socket of net.h.
//
// TLS is 1.3 with one cipher, whoever is at the other end: that is how "the
// same cipher" is enforced on all proxies. Certificates are not looked at; to
// check them is the proxies' work.
//
// One thread; a Stream owns its socket.
#ifndef HEADGATE_TESTS_BENCH_STREAM_H_
#define HEADGATE_TESTS_BENCH_STREAM_H_

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <csignal>
#include <memory>
#include <string_view>
#include <utility>

#include "tests/bench/net.h"

namespace headgate::bench {

template <auto kFree>
struct FreeWith {
  template <typename T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using TlsSession = std::unique_ptr<SSL, FreeWith<SSL_free>>;

[[noreturn]] inline void FailTls(const char* what) {
  std::fprintf(stderr, "%s:\n", what);
  ERR_print_errors_fp(stderr);
  std::exit(1);
}

inline TlsContext NewTlsContext(const SSL_METHOD* side) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  TlsContext context(SSL_CTX_new(side));
  if (SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_ciphersuites(context.get(), "TLS_AES_128_GCM_SHA256") != 1) {
    FailTls("TLS 1.3");
  }
  return context;
}

inline TlsContext ServerTlsContext(const char* certificate, const char* key) {
  TlsContext context = NewTlsContext(TLS_server_method());
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), key, SSL_FILETYPE_PEM) != 1) {
    FailTls(certificate);
  }
  return context;
}

class Stream {
 public:
  Stream() = default;
  // Owns the socket. `context`: none for plain bytes; a client's or a server's
  // otherwise, whose handshake Advance does.
  Stream(int fd, SSL_CTX* context)
      : fd_(fd), ready_(context == nullptr), session_(SessionOf(fd, context)) {}
  Stream(Stream&& other) noexcept { *this = std::move(other); }
  Stream& operator=(Stream&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(ready_, other.ready_);
    std::swap(session_, other.session_);
    return *this;
  }
  ~Stream() {
    if (fd_ >= 0) close(fd_);
  }

  int fd() const { return fd_; }
  // The handshake, if there is one, is over.
  bool ready() const { return ready_; }

  // Takes the handshake as far as the bytes that came allow. False if it
  // failed.
  bool Advance() {
    if (ready_) return true;
    const int done = SSL_do_handshake(session_.get());
    ready_ = done == 1;
    return ready_ || SSL_get_error(session_.get(), done) == SSL_ERROR_WANT_READ;
  }

  // Bytes read; 0 at the end of the connection, -1 if nothing is there now.
  // Never leaves bytes behind that epoll does not see: OpenSSL takes records
  // one by one, and a buffer of 16 KiB holds any of them whole.
  ssize_t Read(char* buffer, size_t bytes_max) {
    if (session_ == nullptr) {
      const ssize_t got = recv(fd_, buffer, bytes_max, 0);
      return got < 0 && errno != EAGAIN ? 0 : got;
    }
    const int got =
        SSL_read(session_.get(), buffer, static_cast<int>(bytes_max));
    if (got > 0) return got;
    return SSL_get_error(session_.get(), got) == SSL_ERROR_WANT_READ ? -1 : 0;
  }

  // False if the peer is gone. A full socket buffer is a mistake of the
  // benchmark, as in SendAll.
  bool Write(std::string_view bytes) {
    if (session_ == nullptr) return SendAll(fd_, bytes);
    const int sent =
        SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
    return sent > 0;
  }

 private:
  static TlsSession SessionOf(int fd, SSL_CTX* context) {
    if (context == nullptr) return nullptr;
    TlsSession session(SSL_new(context));
    SSL_set_fd(session.get(), fd);
    if (SSL_is_server(session.get())) {
      SSL_set_accept_state(session.get());
    } else {
      SSL_set_connect_state(session.get());
    }
    return session;
  }

  int fd_ = -1;
  bool ready_ = false;
  TlsSession session_;
};

}  // namespace headgate::bench

#endif  // HEADGATE_TESTS_BENCH_STREAM_H_
