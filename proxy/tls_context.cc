#include "proxy/tls_context.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <algorithm>
#include <ctime>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/strings.h"

namespace headgate::proxy {
namespace {

// Mozilla's "intermediate" list for TLS 1.2: forward secrecy and AEAD only.
// TLS 1.3 has no others.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
// OpenSSL wants one where clients are verified, or refuses to resume.
constexpr std::string_view kSessionIdContext = "headgate";
constexpr std::string_view kHttp11 = "http/1.1";

absl::Status FileError(const std::string& path) {
  return absl::InvalidArgumentError(StrCat(path, ": ", TakeTlsError()));
}

// Takes http/1.1 from what the client offers; a client that offers other
// protocols only is refused (RFC 7301 3.2).
int ChooseProtocol(SSL*, const unsigned char** chosen,
                   unsigned char* chosen_bytes, const unsigned char* offered,
                   unsigned int offered_bytes, void*) {
  std::string_view rest(reinterpret_cast<const char*>(offered), offered_bytes);
  while (!rest.empty()) {
    const size_t bytes = static_cast<unsigned char>(rest[0]);
    const std::string_view name = rest.substr(1, bytes);
    if (name == kHttp11) {
      *chosen = reinterpret_cast<const unsigned char*>(name.data());
      *chosen_bytes = static_cast<unsigned char>(name.size());
      return SSL_TLSEXT_ERR_OK;
    }
    rest.remove_prefix(std::min(bytes + 1, rest.size()));
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

// An encrypted key would make OpenSSL ask on the terminal: it gets no answer.
int NoPassphrase(char*, int, int, void*) { return -1; }

void SetPolicy(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, kCiphers);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  // An event loop writes what fits, from a buffer that may have moved.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  // Resumption by tickets; the cache would be one more lock of all workers.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_session_id_context(
      context, reinterpret_cast<const unsigned char*>(kSessionIdContext.data()),
      kSessionIdContext.size());
  SSL_CTX_set_alpn_select_cb(context, ChooseProtocol, nullptr);
  SSL_CTX_set_default_passwd_cb(context, NoPassphrase);
}

absl::Status UseClientCa(SSL_CTX* context, const std::string& path) {
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(path.c_str());
  if (names == nullptr ||
      SSL_CTX_load_verify_file(context, path.c_str()) != 1) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    return FileError(path);
  }
  SSL_CTX_set_client_CA_list(context, names);  // takes the names
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     nullptr);
  return absl::OkStatus();
}

// Seconds since 1970 at which the context's certificate ends; 0 if unreadable.
int64_t ExpiryOf(SSL_CTX* context) {
  const X509* certificate = SSL_CTX_get0_certificate(context);
  std::tm end = {};
  if (certificate == nullptr ||
      ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) {
    return 0;
  }
  return timegm(&end);
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsContext>> TlsContext::Load(
    const config::Tls& tls) {
  std::unique_ptr<TlsContext> made(new TlsContext(tls));
  // Marked before it is read: a change in between is seen by the next Poll.
  const Marks marks = made->MarkAll();
  absl::StatusOr<Loaded> loaded = made->LoadFiles();
  if (!loaded.ok()) return loaded.status();
  absl::MutexLock lock(&made->mutex_);
  made->marks_ = marks;
  made->loaded_ = *std::move(loaded);
  return made;
}

SslHandle TlsContext::NewSession() const {
  SslHandle ssl;
  {
    // SSL_new takes a reference: the session outlives a swap.
    absl::MutexLock lock(&mutex_);
    ssl.reset(SSL_new(loaded_.context.get()));
  }
  if (ssl == nullptr) {
    ERR_clear_error();
  } else {
    SSL_set_accept_state(ssl.get());
  }
  return ssl;
}

absl::Status TlsContext::Poll(bool* swapped) {
  if (swapped != nullptr) *swapped = false;
  const Marks marks = MarkAll();
  {
    absl::MutexLock lock(&mutex_);
    if (marks == marks_) return absl::OkStatus();
  }
  absl::StatusOr<Loaded> loaded = LoadFiles();
  absl::MutexLock lock(&mutex_);
  marks_ = marks;
  if (!loaded.ok()) {
    ++failed_swaps_;
    return loaded.status();
  }
  loaded_ = *std::move(loaded);
  ++swaps_;
  if (swapped != nullptr) *swapped = true;
  return absl::OkStatus();
}

int64_t TlsContext::expires_unix_s() const {
  absl::MutexLock lock(&mutex_);
  return loaded_.expires_unix_s;
}

int64_t TlsContext::swaps() const {
  absl::MutexLock lock(&mutex_);
  return swaps_;
}

int64_t TlsContext::failed_swaps() const {
  absl::MutexLock lock(&mutex_);
  return failed_swaps_;
}

TlsContext::FileMark TlsContext::MarkOf(const std::string& path) {
  struct stat found = {};
  if (path.empty() || stat(path.c_str(), &found) != 0) return {};
  return {.modified_ns =
              found.st_mtim.tv_sec * 1'000'000'000 + found.st_mtim.tv_nsec,
          .size = found.st_size,
          .inode = found.st_ino};
}

TlsContext::Marks TlsContext::MarkAll() const {
  return {MarkOf(tls_.certificate), MarkOf(tls_.key), MarkOf(tls_.client_ca)};
}

absl::StatusOr<TlsContext::Loaded> TlsContext::LoadFiles() const {
  ERR_clear_error();
  Loaded loaded;
  loaded.context.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = loaded.context.get();
  if (context == nullptr) return absl::InternalError(TakeTlsError());
  SetPolicy(context);
  if (SSL_CTX_use_certificate_chain_file(context, tls_.certificate.c_str()) !=
      1) {
    return FileError(tls_.certificate);
  }
  // Also says so if the key is not the certificate's.
  if (SSL_CTX_use_PrivateKey_file(context, tls_.key.c_str(),
                                  SSL_FILETYPE_PEM) != 1) {
    return FileError(tls_.key);
  }
  if (!tls_.client_ca.empty()) {
    absl::Status used = UseClientCa(context, tls_.client_ca);
    if (!used.ok()) return used;
  }
  loaded.expires_unix_s = ExpiryOf(context);
  return loaded;
}

std::string TakeTlsError() {
  const unsigned long error = ERR_get_error();
  ERR_clear_error();
  if (error == 0) return "unknown TLS error";
  const char* reason = ERR_reason_error_string(error);
  // System errors have no text of their own in OpenSSL 3.
  if (ERR_SYSTEM_ERROR(error)) {
    return std::generic_category().message(ERR_GET_REASON(error));
  }
  return reason != nullptr ? reason : StrCat("TLS error ", error);
}

}  // namespace headgate::proxy
