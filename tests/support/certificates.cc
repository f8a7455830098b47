#include "tests/support/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <utility>

#include "base/strings.h"
#include "gtest/gtest.h"

namespace headgate::test {
namespace {

struct OpenSslFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, OpenSslFree>;
using Certificate = std::unique_ptr<X509, OpenSslFree>;

// The protocol list of RFC 7301: each name behind its length.
std::string AlpnWire(const std::vector<std::string>& names) {
  std::string wire;
  for (const std::string& name : names) {
    wire += static_cast<char>(name.size());
    wire += name;
  }
  return wire;
}

bool LoadPair(SSL_CTX* context, const std::string& certificate,
              const std::string& key) {
  return SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) ==
             1 &&
         SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) ==
             1;
}

int ChooseAlpn(SSL*, const unsigned char** out, unsigned char* out_size,
               const unsigned char* in, unsigned in_size, void* wire) {
  const auto& ours = *static_cast<const std::string*>(wire);
  unsigned char* chosen = nullptr;
  const int result = SSL_select_next_proto(
      &chosen, out_size, reinterpret_cast<const unsigned char*>(ours.data()),
      static_cast<unsigned>(ours.size()), in, in_size);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK
                                          : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// A string that lives as long as the context.
const std::string* Keep(SSL_CTX* context, std::string text) {
  static const int index = CRYPTO_get_ex_new_index(
      CRYPTO_EX_INDEX_SSL_CTX, 0, nullptr, nullptr, nullptr,
      [](void*, void* kept, CRYPTO_EX_DATA*, int, long, void*) {
        const std::unique_ptr<std::string> last_owner(
            static_cast<std::string*>(kept));
      });
  auto kept = std::make_unique<std::string>(std::move(text));
  const std::string* view = kept.get();
  SSL_CTX_set_ex_data(context, index, kept.release());
  return view;
}

template <typename Writer>
std::string Pem(Writer writer) {
  const std::unique_ptr<BIO, OpenSslFree> bio(BIO_new(BIO_s_mem()));
  writer(bio.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

void AddExtension(X509* certificate, X509* issuer, int nid,
                  const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// An unsigned certificate for `key` with the fields that all have.
Certificate NewCertificate(const CertificateOptions& options, EVP_PKEY* key) {
  Certificate made(X509_new());
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), options.serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), options.valid_from.count());
  X509_gmtime_adj(X509_getm_notAfter(made.get()), options.valid_for.count());
  X509_NAME_add_entry_by_txt(
      X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
      reinterpret_cast<const unsigned char*>(options.common_name.c_str()), -1,
      -1, 0);
  X509_set_pubkey(made.get(), key);
  return made;
}

std::string AlternativeNames(const CertificateOptions& options) {
  std::vector<std::string> names;
  for (const std::string& name : options.dns_names) {
    names.push_back("DNS:" + name);
  }
  for (const std::string& ip : options.ip_addresses) {
    names.push_back("IP:" + ip);
  }
  return Join(names, ",");
}

}  // namespace

SslContext MakeClientContext(const TlsClientOptions& options) {
  SslContext context(SSL_CTX_new(TLS_client_method()));
  if (!options.ca.empty()) {
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_load_verify_locations(context.get(), options.ca.c_str(), nullptr);
  }
  if (!options.certificate.empty() &&
      !LoadPair(context.get(), options.certificate, options.key)) {
    return nullptr;
  }
  const std::string alpn = AlpnWire(options.alpn);
  if (!alpn.empty()) {
    SSL_CTX_set_alpn_protos(context.get(),
                            reinterpret_cast<const unsigned char*>(alpn.data()),
                            static_cast<unsigned>(alpn.size()));
  }
  return context;
}

SslContext MakeServerContext(const TlsServerOptions& options) {
  SslContext context(SSL_CTX_new(TLS_server_method()));
  if (!LoadPair(context.get(), options.certificate, options.key)) {
    return nullptr;
  }
  if (!options.client_ca.empty()) {
    SSL_CTX_set_verify(context.get(),
                       SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       nullptr);
    SSL_CTX_load_verify_locations(context.get(), options.client_ca.c_str(),
                                  nullptr);
  }
  if (!options.alpn.empty()) {
    const std::string* wire = Keep(context.get(), AlpnWire(options.alpn));
    SSL_CTX_set_alpn_select_cb(context.get(), ChooseAlpn,
                               const_cast<std::string*>(wire));
  }
  return context;
}

struct TestCertificates::Authority {
  Key key;
  Certificate certificate;
};

TestCertificates::TestCertificates()
    : authority_(std::make_unique<Authority>()) {
  authority_->key.reset(EVP_EC_gen("P-256"));
  CertificateOptions root;
  root.common_name = "Headgate test CA";
  root.serial = 1;
  authority_->certificate = NewCertificate(root, authority_->key.get());
  X509* ca_certificate = authority_->certificate.get();
  X509_set_issuer_name(ca_certificate, X509_get_subject_name(ca_certificate));
  AddExtension(ca_certificate, ca_certificate, NID_basic_constraints,
               "critical,CA:TRUE");
  X509_sign(ca_certificate, authority_->key.get(), EVP_sha256());
  dir_.Write("ca.pem",
             Pem([&](BIO* bio) { PEM_write_bio_X509(bio, ca_certificate); }));
  Issue("server", {});
  CertificateOptions client;
  client.common_name = "test client";
  client.serial = 3;
  Issue("client", client);
}

TestCertificates::~TestCertificates() = default;

void TestCertificates::Issue(const std::string& name,
                             const CertificateOptions& options) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate made = NewCertificate(options, key.get());
  X509* ca_certificate = authority_->certificate.get();
  X509_set_issuer_name(made.get(), X509_get_subject_name(ca_certificate));
  const std::string names = AlternativeNames(options);
  if (!names.empty()) {
    AddExtension(made.get(), ca_certificate, NID_subject_alt_name, names);
  }
  if (X509_sign(made.get(), authority_->key.get(), EVP_sha256()) == 0) {
    ADD_FAILURE() << "cannot sign the certificate " << name;
  }
  dir_.Write(name + ".key", Pem([&](BIO* bio) {
               PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0,
                                        nullptr, nullptr);
             }));
  dir_.Write(name + ".pem",
             Pem([&](BIO* bio) { PEM_write_bio_X509(bio, made.get()); }));
}

}  // namespace headgate::test
