// The credentials that one thread has found good and may find good again: most
// callers present the same ones call after call, and opening a token or hashing
// a key costs more than all the rest of a decision.
//
// What is kept is no credential: a 128-bit keyed hash of it, under a key that
// is drawn at random and never leaves the object, so that finding a text with
// the hash of another takes 2^128 tries. Only good ones are kept. A kept one
// counts for its app alone, from and until the times that it was good for, and
// until anything is revoked (TokenVerifier::revision); then it is verified
// anew.
//
// Belongs to one thread.
#ifndef HEADGATE_POLICY_VERIFIED_CREDENTIALS_H_
#define HEADGATE_POLICY_VERIFIED_CREDENTIALS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "policy/credentials.h"
#include "policy/policy.h"
#include "policy/token_verifier.h"

namespace headgate::policy {

class VerifiedCredentials {
 public:
  // At most so many are kept; then a newcomer takes another's place.
  static constexpr size_t kEntriesMax = 4096;

  VerifiedCredentials();

  // What is kept was found under one policy; another one forgets it.
  // `policy`: its serial number.
  void UsePolicy(uint64_t policy);
  void Clear();

  // The credentials of a call, hashed. Of no use to another object.
  struct Key {
    const CompiledApp* app = nullptr;
    CredentialKind kind = CredentialKind::kNone;
    std::array<uint64_t, 2> hash = {};
    bool operator==(const Key&) const = default;
  };
  Key KeyOf(const CompiledApp& app, CredentialKind kind,
            std::string_view presented) const;

  // Null: not kept, or not good at `now`, or kept at another revision. Valid
  // until the next call.
  const VerifiedCaller* Find(const Key& key, uint64_t revision,
                             const Instant& now) const;
  // `revision`: as it was before the credentials were verified.
  void Keep(const Key& key, uint64_t revision, VerifiedCaller caller);

 private:
  struct Entry {
    Key key;  // without an app: a free place
    uint64_t revision = 0;
    VerifiedCaller caller;
  };
  // REQUIRES: there are places.
  size_t PlaceOf(const Key& key) const {
    return key.hash[0] & (entries_.size() - 1);
  }
  void Grow();

  const SipHashKey hash_key_;
  uint64_t policy_ = 0;
  size_t used_ = 0;
  std::vector<Entry> entries_;  // none, or a power of two
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_VERIFIED_CREDENTIALS_H_
