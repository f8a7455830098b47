// Heads that came before, kept as they were read. A client that keeps its
// connection sends the same field lines with each request, and a server the
// same head with many an answer of one second: comparing such bytes with those
// of last time takes a small part of the time of reading them, once by each of
// two readers (request_parser.h).
//
//   const KnownHead<RequestHead>* known = memory.Find(mark, bytes);
//   if (known == nullptr) {
//     ... read `bytes` ...
//     if (auto* fresh = memory.Claim(bytes, fields, &mark)) fresh->head = ...;
//   }
//
// A head is kept when it comes for the second time, so that those which are
// never repeated cost a hash and push out nobody. What is remembered is taken
// only where all bytes are the same. Each sender keeps the mark, a hash, of
// what it sent last and is compared with nothing else: how long that takes
// tells nobody what others send.
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
};

// Of the last head of a sender that is kept; 0: none.
using HeadMark = uint64_t;

template <typename Head>
class HeadMemory {
 public:
  static constexpr size_t kBytesMax = 2048;
  static constexpr size_t kFieldsMax = 24;

  // REQUIRES: a power of two, at most 2^32.
  explicit HeadMemory(size_t places) : places_(places) {}

  // The head that `mark` was given for, if `text` begins with it; else null.
  const KnownHead<Head>* Find(HeadMark mark, std::string_view text) const {
    const Place& place = places_[PlaceOf(mark)];
    if (mark == 0 || place.mark != mark) return nullptr;
    return text.starts_with(place.known.bytes) ? &place.known : nullptr;
  }

  // The head that these very bytes are, whoever sent them; for senders that may
  // know of each other, and bytes whose end is known.
  const KnownHead<Head>* FindWhole(std::string_view bytes) const {
    const HeadMark mark = MarkOf(bytes);
    const Place& place = places_[PlaceOf(mark)];
    if (place.mark != mark || place.known.bytes != bytes) return nullptr;
    return &place.known;
  }

  // `bytes` were read and found good. Sets `*mark` if they are kept, and leaves
  // it else. Not null: they are from now on, and their head is to be filled in.
  KnownHead<Head>* Claim(std::string_view bytes, size_t fields,
                         HeadMark* mark) {
    if (bytes.size() > kBytesMax || fields > kFieldsMax) return nullptr;
    const HeadMark hash = MarkOf(bytes);
    Place& place = places_[PlaceOf(hash)];
    const bool again = std::exchange(place.seen, hash) == hash;
    if (place.mark == hash && place.known.bytes == bytes) {
      *mark = hash;
      return nullptr;
    }
    if (!again) return nullptr;
    *mark = place.mark = hash;
    place.known.bytes = bytes;
    return &place.known;
  }

 private:
  struct Place {
    KnownHead<Head> known;
    HeadMark mark = 0;  // of what is kept; 0: nothing
    HeadMark seen = 0;  // of what came last for this place
  };
  static HeadMark MarkOf(std::string_view bytes) {
    return absl::HashOf(ToAbsl(bytes)) | 1;  // never 0
  }
  size_t PlaceOf(HeadMark hash) const {
    return (hash >> 32) & (places_.size() - 1);
  }

  std::vector<Place> places_;
};

using RequestMemory = HeadMemory<RequestHead>;
using ResponseMemory = HeadMemory<ResponseHead>;

}  // namespace headgate::http

#endif  // HEADGATE_PROXY_HTTP_HEAD_MEMORY_H_
