#include "service/tokens/key_ring.h"

#include <sodium.h>

#include <utility>

#include "base/strings.h"

namespace headgate::service {
namespace {

std::string FooterOf(std::string_view id) {
  return StrCat("{\"kid\":\"", id, "\"}");
}

}  // namespace

std::optional<KeyRing::Entry> KeyRing::EntryOf(std::string_view paserk) {
  Entry entry;
  entry.local = LocalKeyFromPaserk(paserk);
  entry.secret = SecretKeyFromPaserk(paserk);
  if (entry.local) {
    entry.footer = FooterOf(PaserkId(*entry.local));
    return entry;
  }
  if (!entry.secret) return std::nullopt;
  entry.checks = PublicKeyOf(*entry.secret);
  entry.footer = FooterOf(PaserkId(*entry.checks));
  return entry;
}

absl::StatusOr<std::unique_ptr<KeyRing>> KeyRing::Create(
    const std::vector<Source>& sources, config::Tokens::Format format) {
  // Chooses the fastest code for this machine; may be called again.
  if (sodium_init() < 0) {
    return absl::InternalError("libsodium cannot be used on this machine");
  }
  const bool signing = format == config::Tokens::Format::kPublic;
  std::unique_ptr<KeyRing> ring(new KeyRing);
  bool found = false;
  for (const Source& source : sources) {
    std::optional<Entry> entry = EntryOf(source.paserk);
    if (!entry) {
      return absl::InvalidArgumentError(
          StrCat(source.name, ": not a token key (k4.local. or k4.secret.)"));
    }
    if (!found && entry->secret.has_value() == signing) {
      ring->first_ = ring->entries_.size();
      found = true;
    }
    ring->entries_.push_back(*std::move(entry));
  }
  if (found) return ring;
  return absl::InvalidArgumentError(
      StrCat(sources.empty() ? std::string("tokens") : sources.front().name,
             ": no ", signing ? "k4.secret." : "k4.local.",
             " key, which tokens of this format are made with"));
}

std::string KeyRing::Seal(std::string_view payload,
                          std::string_view assertion) const {
  const Entry& entry = entries_[first_];
  const PasetoContent content{payload, entry.footer, assertion};
  return entry.local ? SealPaseto(content, *entry.local)
                     : SealPaseto(content, *entry.secret);
}

const KeyRing::Entry* KeyRing::Find(const Paseto& token) const {
  const bool sealed = token.purpose == Paseto::Purpose::kLocal;
  for (const Entry& entry : entries_) {
    if (entry.footer == token.footer && entry.local.has_value() == sealed) {
      return &entry;
    }
  }
  return nullptr;
}

std::optional<std::string> KeyRing::Open(const Paseto& token,
                                         std::string_view assertion) const {
  const Entry* entry = Find(token);
  if (entry == nullptr) return std::nullopt;
  return entry->local ? OpenPaseto(token, *entry->local, assertion)
                      : OpenPaseto(token, *entry->checks, assertion);
}

std::vector<KeyRing::Published> KeyRing::published() const {
  std::vector<Published> keys;
  for (const Entry& entry : entries_) {
    if (!entry.checks) continue;
    keys.push_back({PaserkId(*entry.checks), ToPaserk(*entry.checks)});
  }
  return keys;
}

}  // namespace headgate::service
