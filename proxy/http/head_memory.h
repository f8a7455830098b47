// Heads that came before, kept as they were read. A client that keeps its
// connection sends the same field lines with each request, and a server the
// same head with many an answer of one second: comparing such bytes with those
// of last time takes a small part of the time of reading them, once by each of
// two readers (request_parser.h).
//
//   const KnownHead<RequestHead>* known = memory.Find(bytes, &marks);
//   if (known == nullptr) {
//     ... read `bytes` ...
//     if (auto* fresh = memory.Claim(bytes, fields, &marks)) fresh->head = ...;
//   }
//
// A head is kept when it comes for the second time, so that those which are
// never repeated cost a hash and push out nobody. What is remembered is taken
// only where all bytes are the same. Each sender keeps the marks, hashes, of
// what it has sent lately and is compared with nothing else: how long that
// takes tells nobody what others send.
//
// Bounded by the number of places, kBytesMax and kFieldsMax: at most 3 KiB a
// place. Belongs to one thread.
#ifndef HEADGATE_PROXY_HTTP_HEAD_MEMORY_H_
#define HEADGATE_PROXY_HTTP_HEAD_MEMORY_H_

#include <algorithm>
#include <array>
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

// Of a head that is kept; never 0.
using HeadMark = uint64_t;

// Of what one sender has sent and is kept: a client may take turns between
// calls with and without a body, or between bodies of a few lengths.
class HeadMarks {
 public:
  // Calls fits(mark) for each, the one that came last first, until it holds:
  // that one has come last from now on.
  template <typename Fits>
  bool Find(const Fits& fits) {
    for (size_t i = 0; i < marks_.size() && marks_[i] != 0; ++i) {
      if (!fits(marks_[i])) continue;
      MoveToFront(i);
      return true;
    }
    return false;
  }
  // In the place of the one that has not come for longest.
  void Add(HeadMark mark) {
    if (Find([mark](HeadMark other) { return other == mark; })) return;
    marks_.back() = mark;
    MoveToFront(marks_.size() - 1);
  }

 private:
  void MoveToFront(size_t i) {
    if (i == 0) return;  // nearly always
    const auto at = marks_.begin() + static_cast<ptrdiff_t>(i);
    std::rotate(marks_.begin(), at, at + 1);
  }

  std::array<HeadMark, 4> marks_{};  // 0: none, nor behind it
};

template <typename Head>
class HeadMemory {
 public:
  static constexpr size_t kBytesMax = 2048;
  static constexpr size_t kFieldsMax = 24;

  // REQUIRES: a power of two, at most 2^32.
  explicit HeadMemory(size_t places) : places_(places) {}

  // The head that `text` begins with, if it is one that the sender's marks were
  // given for; else null.
  const KnownHead<Head>* Find(std::string_view text, HeadMarks* marks) const {
    const Place* place = nullptr;
    const bool found = marks->Find([&](HeadMark mark) {
      place = &places_[PlaceOf(mark)];
      return place->mark == mark && text.starts_with(place->known.bytes);
    });
    return found ? &place->known : nullptr;
  }

  // The head that these very bytes are, whoever sent them; for senders that may
  // know of each other, and bytes whose end is known.
  const KnownHead<Head>* FindWhole(std::string_view bytes) const {
    const HeadMark mark = MarkOf(bytes);
    const Place& place = places_[PlaceOf(mark)];
    if (place.mark != mark || place.known.bytes != bytes) return nullptr;
    return &place.known;
  }

  // `bytes` were read and found good. If they are kept, the sender is given
  // their mark (`marks` may be null). Not null: they are kept from now on, and
  // their head is to be filled in.
  KnownHead<Head>* Claim(std::string_view bytes, size_t fields,
                         HeadMarks* marks) {
    if (bytes.size() > kBytesMax || fields > kFieldsMax) return nullptr;
    const HeadMark hash = MarkOf(bytes);
    Place& place = places_[PlaceOf(hash)];
    const bool again = std::exchange(place.seen, hash) == hash;
    const bool kept = place.mark == hash && place.known.bytes == bytes;
    if (!kept && !again) return nullptr;
    if (marks != nullptr) marks->Add(hash);
    if (kept) return nullptr;
    place.mark = hash;
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
