// Heads that came before, kept as they were read. A client that keeps its
// connection sends the same field lines with each request, and a server the
// same head with many an answer of one second: comparing such bytes with those
// of last time costs a fiftieth of reading them twice (request_parser.h).
//
//   const KnownHead<RequestHead>* known = memory.Find(place, bytes);
//   if (known == nullptr) {
//     ... read `bytes` ...
//     if (auto* fresh = memory.Claim(bytes, &place)) fresh->head = ...;
//   }
//
// A head is kept when it comes for the second time, so that those which are
// never repeated cost a hash and push out nobody. What is remembered is taken
// only where all bytes are the same, and a sender is compared with what it has
// sent itself, never with others: how long it takes tells nobody what they
// send.
//
// Bounded by the number of places, kBytesMax and kFieldsMax: at most 3 KiB a
// place. Belongs to one thread.
#ifndef HEADGATE_PROXY_HTTP_HEAD_MEMORY_H_
#define HEADGATE_PROXY_HTTP_HEAD_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/hash/hash.h"
#include "base/strings.h"
#include "proxy/http/message.h"

namespace headgate::http {

template <typename Head>
struct KnownHead {
  std::string bytes;  // all lines, and the empty one that ends them
  Head head;          // views of `bytes`
  uint64_t seen = 0;  // hash of what came last for this place
};

// Where in a memory the last head of a sender stands.
using HeadPlace = uint16_t;
inline constexpr HeadPlace kNoHeadPlace = UINT16_MAX;

template <typename Head>
class HeadMemory {
 public:
  static constexpr size_t kBytesMax = 2048;
  static constexpr size_t kFieldsMax = 24;

  // REQUIRES: a power of two below kNoHeadPlace.
  explicit HeadMemory(size_t places) : places_(places) {}

  // What stands at `place`, if `text` begins with it; else null.
  const KnownHead<Head>* Find(HeadPlace place, std::string_view text) const {
    if (place >= places_.size()) return nullptr;
    const KnownHead<Head>& known = places_[place];
    if (known.bytes.empty() || !text.starts_with(known.bytes)) return nullptr;
    return &known;
  }

  // `bytes` were read and found good. Not null: a place for them, to be filled
  // with the head now; `*place` is where they stand, from now on or already.
  KnownHead<Head>* Claim(std::string_view bytes, size_t fields,
                         HeadPlace* place) {
    if (bytes.size() > kBytesMax || fields > kFieldsMax) return nullptr;
    const uint64_t hash = absl::HashOf(ToAbsl(bytes));
    const size_t at = hash & (places_.size() - 1);
    KnownHead<Head>& known = places_[at];
    const bool again = std::exchange(known.seen, hash) == hash;
    if (!again) return nullptr;
    *place = static_cast<HeadPlace>(at);
    if (known.bytes == bytes) return nullptr;
    known.bytes = bytes;
    return &known;
  }

 private:
  std::vector<KnownHead<Head>> places_;
};

using RequestMemory = HeadMemory<RequestHead>;
using ResponseMemory = HeadMemory<ResponseHead>;

}  // namespace headgate::http

#endif  // HEADGATE_PROXY_HTTP_HEAD_MEMORY_H_
