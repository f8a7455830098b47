// The TLS side of a client of one server: whom it trusts, whom it expects, and
// the session to resume.
//
// The server's certificate must be good and name `host` (RFC 9525), by an
// authority of `ca` or of the system. TLS 1.2 and 1.3, HTTP/1.1 by ALPN. The
// last session that the server gave is offered for the next connection: then
// there is no certificate to check and no key to agree on anew.
//
// An end without close_notify is an error: an answer that ends with the
// connection could have been cut off.
//
// Belongs to one loop, and outlives the sessions that it made.
#ifndef HEADGATE_PROXY_TLS_CLIENT_H_
#define HEADGATE_PROXY_TLS_CLIENT_H_

#include <memory>
#include <string>
#include <string_view>

#include "proxy/ssl_handle.h"

namespace headgate::proxy {

class TlsClient {
 public:
  // `host`: a name or an address. `ca`: a PEM file; empty: the system's.
  TlsClient(std::string_view host, const std::string& ca);

  // In connect state. Null: error() says why, now and for ever.
  SslHandle NewSession();
  const std::string& error() const { return error_; }

 private:
  struct SessionDeleter {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  };
  static int OnNewSession(SSL* ssl, SSL_SESSION* session);
  bool SetUp(const std::string& ca);
  bool Expect(SSL* ssl) const;

  const std::string host_;
  std::string error_;
  std::unique_ptr<SSL_SESSION, SessionDeleter> session_;  // to resume
  SslContextHandle context_;
};

// Why a handshake failed, in words, and OpenSSL's queue of errors is empty:
// "certificate has expired", "hostname mismatch".
std::string TakeHandshakeError(const SSL* ssl);

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_TLS_CLIENT_H_
