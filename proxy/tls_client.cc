#include "proxy/tls_client.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>

#include "base/strings.h"
#include "proxy/tls_context.h"

namespace headgate::proxy {
namespace {

// The list of protocols as it goes over the wire: lengths and names.
constexpr std::string_view kProtocols = "\x08http/1.1";

bool IsAddress(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address;
  return inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

// "[::1]" -> "::1".
std::string_view WithoutBrackets(std::string_view host) {
  if (!host.starts_with('[') || !host.ends_with(']')) return host;
  return host.substr(1, host.size() - 2);
}

}  // namespace

TlsClient::TlsClient(std::string_view host, const std::string& ca)
    : host_(WithoutBrackets(host)), context_(SSL_CTX_new(TLS_client_method())) {
  if (context_ == nullptr || !SetUp(ca)) {
    error_ = TakeTlsError();
    if (!ca.empty()) error_ = StrCat(ca, ": ", error_);
    context_.reset();
  }
}

bool TlsClient::SetUp(const std::string& ca) {
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(
      context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, &OnNewSession);
  SSL_CTX_set_app_data(context, this);
  if (SSL_CTX_set_alpn_protos(
          context, reinterpret_cast<const unsigned char*>(kProtocols.data()),
          kProtocols.size()) != 0) {
    return false;
  }
  return ca.empty() ? SSL_CTX_set_default_verify_paths(context) == 1
                    : SSL_CTX_load_verify_file(context, ca.c_str()) == 1;
}

bool TlsClient::Expect(SSL* ssl) const {
  if (IsAddress(host_)) {
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host_.c_str()) ==
           1;
  }
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(ssl, host_.c_str()) == 1 &&
         SSL_set_tlsext_host_name(ssl, host_.c_str()) == 1;
}

SslHandle TlsClient::NewSession() {
  if (context_ == nullptr) return nullptr;
  SslHandle ssl(SSL_new(context_.get()));
  if (ssl == nullptr || !Expect(ssl.get())) {
    error_ = TakeTlsError();
    return nullptr;
  }
  if (session_ != nullptr) SSL_set_session(ssl.get(), session_.get());
  SSL_set_connect_state(ssl.get());
  return ssl;
}

// 1: the reference is ours now.
int TlsClient::OnNewSession(SSL* ssl, SSL_SESSION* session) {
  auto* client =
      static_cast<TlsClient*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  client->session_.reset(session);
  return 1;
}

std::string TakeHandshakeError(const SSL* ssl) {
  const int64_t verified = SSL_get_verify_result(ssl);
  std::string error = TakeTlsError();
  return verified == X509_V_OK ? error
                               : X509_verify_cert_error_string(verified);
}

}  // namespace headgate::proxy
