// The keys that tokens are made and opened with: the first seals, all open. A
// token's footer is `{"kid":"k4.lid...."}` (k4.pid. if it is signed) and names
// its key, so that exactly one key is tried; the footer is compared to the
// byte, never parsed.
//
// Immutable and thread-safe.
#ifndef HEADGATE_SERVICE_TOKENS_KEY_RING_H_
#define HEADGATE_SERVICE_TOKENS_KEY_RING_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "config/config.h"
#include "service/tokens/paserk.h"
#include "service/tokens/paseto.h"

namespace headgate::service {

class KeyRing {
 public:
  // The texts of the keys are PASERKs; `name` is for messages: a place in the
  // operator's file, or a file.
  struct Source {
    std::string name;
    std::string_view paserk;
  };
  // INVALID_ARGUMENT: a text is no key, or none is of the kind that makes
  // tokens of this format.
  static absl::StatusOr<std::unique_ptr<KeyRing>> Create(
      const std::vector<Source>& sources, config::Tokens::Format format);

  // With the first key that makes tokens of the format.
  std::string Seal(std::string_view payload, std::string_view assertion) const;

  // Whether the ring holds the key that the footer names.
  bool Knows(const Paseto& token) const { return Find(token) != nullptr; }
  std::optional<std::string> Open(const Paseto& token,
                                  std::string_view assertion) const;

  // The public halves of the keys that sign, in their order.
  struct Published {
    std::string id;      // k4.pid.
    std::string paserk;  // k4.public.
  };
  std::vector<Published> published() const;

 private:
  struct Entry {
    std::string footer;
    // A key that seals has the first, one that signs the others.
    std::optional<LocalKey> local;
    std::optional<SecretKey> secret;
    std::optional<PublicKey> checks;
  };
  KeyRing() = default;
  static std::optional<Entry> EntryOf(std::string_view paserk);
  const Entry* Find(const Paseto& token) const;

  std::vector<Entry> entries_;
  size_t first_ = 0;  // the one that makes tokens
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_TOKENS_KEY_RING_H_
