// The TLS side of a listener: certificate, key and client CA from PEM files,
// TLS 1.2 and 1.3, HTTP/1.1 only (ALPN). The files are watched: when they
// change, new connections get the new ones and open connections keep theirs. A
// broken new file keeps the old one in use.
//
//   auto tls = TlsContext::Load(listener.tls);
//   SslHandle ssl = (*tls)->NewSession();     // SSL_accept and so on
//   (*tls)->Poll();                           // once a second
//
// Thread-safe: workers call NewSession while the control thread polls.
#ifndef HEADGATE_PROXY_TLS_CONTEXT_H_
#define HEADGATE_PROXY_TLS_CONTEXT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "config/config.h"
#include "proxy/ssl_handle.h"

namespace headgate::proxy {

class TlsContext {
 public:
  // An error names the file and the reason.
  static absl::StatusOr<std::unique_ptr<TlsContext>> Load(
      const config::Tls& tls);

  // A server's side of a new connection, in accept state. Null if OpenSSL has
  // no memory.
  SslHandle NewSession() const;

  // Loads the files anew if one of them changed since the last look. OK if
  // nothing changed or the swap worked (`swapped` says which); an error, once
  // per change, if the new files are no use.
  absl::Status Poll(bool* swapped = nullptr);

  // When the first certificate of the chain ends, in seconds since 1970.
  int64_t expires_unix_s() const;
  int64_t swaps() const;
  int64_t failed_swaps() const;

 private:
  // What tells that a file is another one than before.
  struct FileMark {
    int64_t modified_ns = 0;
    int64_t size = -1;
    uint64_t inode = 0;
    bool operator==(const FileMark&) const = default;
  };
  struct Marks {
    FileMark certificate, key, client_ca;
    bool operator==(const Marks&) const = default;
  };
  struct Loaded {
    SslContextHandle context;
    int64_t expires_unix_s = 0;
  };

  explicit TlsContext(const config::Tls& tls) : tls_(tls) {}
  static FileMark MarkOf(const std::string& path);
  Marks MarkAll() const;
  absl::StatusOr<Loaded> LoadFiles() const;

  const config::Tls tls_;
  mutable absl::Mutex mutex_;
  Loaded loaded_ ABSL_GUARDED_BY(mutex_);
  Marks marks_ ABSL_GUARDED_BY(mutex_);
  int64_t swaps_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t failed_swaps_ ABSL_GUARDED_BY(mutex_) = 0;
};

// The oldest error of OpenSSL's queue of this thread in words, and the queue is
// empty: "certificate verify failed".
std::string TakeTlsError();

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_TLS_CONTEXT_H_
