// The listed apps of a service, found by the app key of a request.
//
// An app may be called by several keys: one listed with org_name, app_name and
// app_id answers to "acme#chat" and to "970CA...", and counts as one. An app
// whose key is listed by its SHA-256 only is found by the hash of what the
// caller presents.
//
// Immutable once compiled; shared by all threads.
#ifndef HEADGATE_POLICY_APP_TABLE_H_
#define HEADGATE_POLICY_APP_TABLE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "config/config.h"
#include "policy/policy.h"

namespace headgate::policy {

class AppTable {
 public:
  // Adds `app` under every key that the contract makes; sets app->app_key.
  // Another app with one of the keys is a diagnostic.
  void Add(const config::Contract& contract, CompiledApp* app,
           config::Diagnostics* diagnostics);

  // Null: not listed. `secret`: the key is made of credentials.
  const CompiledApp* Find(std::string_view key, bool secret) const;
  // By AppKeyLabel() of one of its keys: for calls that are decided again.
  const CompiledApp* FindByLabel(std::string_view label) const;

 private:
  void Insert(std::string key, CompiledApp* app,
              StringMap<const CompiledApp*>* table,
              config::Diagnostics* diagnostics);

  StringMap<const CompiledApp*> by_key_;
  StringMap<const CompiledApp*> by_digest_;  // SHA-256 of the key, as bytes
  StringMap<const CompiledApp*> by_label_;
};

// What may be shown of an app key: eight hexadecimal digits of its SHA-256.
std::string AppKeyLabel(std::string_view app_key);

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_APP_TABLE_H_
