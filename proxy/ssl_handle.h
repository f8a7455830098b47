// OpenSSL's objects in typed handles.
#ifndef HEADGATE_PROXY_SSL_HANDLE_H_
#define HEADGATE_PROXY_SSL_HANDLE_H_

#include <openssl/ssl.h>

#include <memory>

namespace headgate::proxy {

struct SslDeleter {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslHandle = std::unique_ptr<SSL, SslDeleter>;

struct SslContextDeleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContextHandle = std::unique_ptr<SSL_CTX, SslContextDeleter>;

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_SSL_HANDLE_H_
