#include "service/answer_cache.h"

#include <functional>
#include <utility>

#include "base/strings.h"

namespace headgate::service {
namespace {

// With what the lists and strings take besides, roughly.
size_t BytesOf(const KeptAnswer& kept) {
  constexpr size_t kBesides = 512;
  return kept.key.size() + kept.answer.body.size() +
         kept.parts.size() * sizeof(StorePart) + kBesides;
}

}  // namespace

// No part of it but the last can hold a line's end: paths and URLs are
// normalised, names are checked.
std::string AnswerKey(const Call& call) {
  return StrCat(call.operation->index, "\n", static_cast<int>(call.caller.kind),
                "\n", call.caller.user, "\n",
                call.app == nullptr ? "" : call.app->app_key, "\n", call.url,
                "\n", call.query, "\n", call.sent_query);
}

AnswerCache::Shard& AnswerCache::ShardOf(std::string_view key) {
  return shards_[std::hash<std::string_view>()(key) % kShards];
}

void AnswerCache::Shard::Erase(std::list<Entry>::iterator entry) {
  bytes -= BytesOf(**entry);
  by_key.erase((*entry)->key);
  entries.erase(entry);
}

std::shared_ptr<const KeptAnswer> AnswerCache::Find(const std::string& key) {
  Shard& shard = ShardOf(key);
  absl::MutexLock lock(&shard.mutex);
  const auto found = shard.by_key.find(key);
  if (found == shard.by_key.end()) return nullptr;
  const auto entry = found->second;
  if (!changes_->IsUnchanged((*entry)->parts, (*entry)->number)) {
    shard.Erase(entry);
    return nullptr;
  }
  shard.entries.splice(shard.entries.begin(), shard.entries, entry);
  return *entry;
}

void AnswerCache::Keep(KeptAnswer answer) {
  const size_t bytes = BytesOf(answer);
  if (bytes > kAnswerBytesMax) return;
  Shard& shard = ShardOf(answer.key);
  absl::MutexLock lock(&shard.mutex);
  const auto found = shard.by_key.find(answer.key);
  if (found != shard.by_key.end()) shard.Erase(found->second);
  while (shard.bytes + bytes > kBytesMax / kShards) {
    shard.Erase(std::prev(shard.entries.end()));
  }
  shard.bytes += bytes;
  shard.entries.push_front(
      std::make_shared<const KeptAnswer>(std::move(answer)));
  shard.by_key.emplace(shard.entries.front()->key, shard.entries.begin());
}

}  // namespace headgate::service
