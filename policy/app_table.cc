#include "policy/app_table.h"

#include <optional>
#include <utility>

#include "base/crypto.h"
#include "policy/app_key.h"

namespace headgate::policy {
namespace {

std::string LabelOf(const Sha256Digest& digest) {
  return HexEncode(AsBytes(digest).substr(0, 4));
}

}  // namespace

std::string AppKeyLabel(std::string_view app_key) {
  return LabelOf(Sha256(app_key));
}

void AppTable::Add(const config::Contract& contract, CompiledApp* app,
                   config::Diagnostics* diagnostics) {
  std::vector<std::string> templates = {contract.app_key};
  for (const config::Alias& alias : contract.aliases) {
    templates.push_back(alias.app_key);
  }
  for (const std::string& text : templates) {
    std::optional<std::string> key = AppKeyOf(app->spec, text);
    if (!key) continue;
    if (app->app_key.empty()) app->app_key = *key;
    by_label_.emplace(AppKeyLabel(*key), app);
    Insert(*std::move(key), app, &by_key_, diagnostics);
  }
  const auto digest = Sha256FromHex(app->spec.api_key_sha256);
  if (digest) {
    by_label_.emplace(LabelOf(*digest), app);
    Insert(std::string(AsBytes(*digest)), app, &by_digest_, diagnostics);
  }
}

void AppTable::Insert(std::string key, CompiledApp* app,
                      StringMap<const CompiledApp*>* table,
                      config::Diagnostics* diagnostics) {
  const auto [other, added] = table->try_emplace(std::move(key), app);
  if (added || other->second == app) return;
  // The key may be a secret: the names tell enough.
  diagnostics->Add(app->spec.at,
                   StrCat("app \"", app->name, "\" has the same app key as \"",
                          other->second->name, "\""));
}

const CompiledApp* AppTable::Find(std::string_view key, bool secret) const {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    return found->second;
  }
  if (!secret || by_digest_.empty()) return nullptr;
  const Sha256Digest digest = Sha256(key);
  const auto found = by_digest_.find(AsBytes(digest));
  return found == by_digest_.end() ? nullptr : found->second;
}

const CompiledApp* AppTable::FindByLabel(std::string_view label) const {
  const auto found = by_label_.find(label);
  return found == by_label_.end() ? nullptr : found->second;
}

}  // namespace headgate::policy
