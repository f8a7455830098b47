#include "policy/verified_credentials.h"

#include <algorithm>
#include <utility>

#include "base/crypto.h"

namespace headgate::policy {
namespace {

constexpr size_t kFirstEntries = 16;

}  // namespace

VerifiedCredentials::VerifiedCredentials() : hash_key_(NewSipHashKey()) {}

void VerifiedCredentials::UsePolicy(uint64_t policy) {
  if (policy == policy_) return;
  Clear();
  policy_ = policy;
}

void VerifiedCredentials::Clear() {
  entries_.clear();
  used_ = 0;
}

VerifiedCredentials::Key VerifiedCredentials::KeyOf(
    const CompiledApp& app, CredentialKind kind,
    std::string_view presented) const {
  return {&app, kind, SipHash128(hash_key_, presented)};
}

const VerifiedCaller* VerifiedCredentials::Find(const Key& key,
                                                uint64_t revision,
                                                const Instant& now) const {
  if (entries_.empty()) return nullptr;
  const Entry& entry = entries_[PlaceOf(key)];
  const bool good = entry.key == key && entry.revision == revision &&
                    entry.caller.IsGoodAt(now);
  return good ? &entry.caller : nullptr;
}

void VerifiedCredentials::Keep(const Key& key, uint64_t revision,
                               VerifiedCaller caller) {
  if (2 * used_ >= entries_.size() && entries_.size() < kEntriesMax) Grow();
  Entry& entry = entries_[PlaceOf(key)];
  if (entry.key.app == nullptr) ++used_;
  entry = {key, revision, std::move(caller)};
}

void VerifiedCredentials::Grow() {
  std::vector<Entry> old = std::move(entries_);
  entries_ = std::vector<Entry>(std::max(kFirstEntries, 2 * old.size()));
  // Two that shared no place before share none now.
  for (Entry& entry : old) {
    if (entry.key.app == nullptr) continue;
    entries_[PlaceOf(entry.key)] = std::move(entry);
  }
}

}  // namespace headgate::policy
