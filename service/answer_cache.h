// Answers that were made of what the store holds, kept for as long as it does:
// a list that ten thousand clients ask for is read and written once.
//
// An answer depends on the call (its key here) and on the parts of the store
// that its handler read. The store's ChangeLog says whether one of these has
// changed since; then the answer is made anew. So a client never sees what an
// answered write has changed, and nothing has to be told to anybody.
//
// At most kBytesMax are kept; what was not asked for longest goes first.
// Thread-safe: 16 parts by key, each with a lock of its own.
#ifndef HEADGATE_SERVICE_ANSWER_CACHE_H_
#define HEADGATE_SERVICE_ANSWER_CACHE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "service/call.h"
#include "service/storage/change_log.h"

namespace headgate::service {

// An answer, and what it was made of.
struct KeptAnswer {
  std::string key;  // AnswerKey(call)
  Answer answer;
  std::vector<StorePart> parts;
  int64_t number = 0;  // ChangeLog::completed() before the store was read
};

// All of a call that an answer may depend on, but its time.
std::string AnswerKey(const Call& call);

class AnswerCache {
 public:
  static constexpr size_t kBytesMax = size_t{32} << 20;
  // A larger answer is not kept: it would push out too many others.
  static constexpr size_t kAnswerBytesMax = kBytesMax / 256;

  // `changes` must outlive the cache.
  explicit AnswerCache(const ChangeLog* changes) : changes_(changes) {}

  // Null: none, or what it was made of has changed.
  std::shared_ptr<const KeptAnswer> Find(const std::string& key);
  void Keep(KeptAnswer answer);

 private:
  static constexpr size_t kShards = 16;
  using Entry = std::shared_ptr<const KeptAnswer>;
  struct Shard {
    absl::Mutex mutex;
    // The one that was asked for last stands first.
    std::list<Entry> entries ABSL_GUARDED_BY(mutex);
    // The keys are views of the entries' own.
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key
        ABSL_GUARDED_BY(mutex);
    size_t bytes ABSL_GUARDED_BY(mutex) = 0;

    void Erase(std::list<Entry>::iterator entry)
        ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  };
  Shard& ShardOf(std::string_view key);

  const ChangeLog* changes_;
  std::array<Shard, kShards> shards_;
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_ANSWER_CACHE_H_
