// Appends many small pieces to a string: heads and claims are made of nothing
// else.
//
//   {
//     Appender line(&out);
//     line.Add(name, ": ", value, "\r\n");
//     line.Add("Content-Length: ", size, "\r\n");
//   }  // `out` has its size now
//
// Idea: std::string's own append looks at its room and writes its end for each
// piece, and StrAppend fills with zeros what it is about to write. Here the
// room is made ahead, once for many pieces; a piece is a comparison and a copy,
// and the size is set at the end.
//
// Belongs to its owner's thread. The string must not be touched while there is
// an appender for it.
#ifndef HEADGATE_BASE_APPENDER_H_
#define HEADGATE_BASE_APPENDER_H_

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>

#include "absl/base/attributes.h"

namespace headgate {

class Appender {
 public:
  // `room`: as much as is likely to come; more makes it grow.
  explicit Appender(std::string* out, size_t room = 512) : out_(*out) {
    MakeRoom(out->size(), room);
  }
  ~Appender() { out_.resize(size()); }
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;

  // Texts and integers.
  template <typename... Pieces>
  ABSL_ATTRIBUTE_ALWAYS_INLINE void Add(const Pieces&... pieces) {
    Reserve((SizeMax(pieces) + ... + 0));
    (Put(pieces), ...);
  }

 private:
  template <typename Piece>
  static constexpr bool kIsNumber =
      std::integral<Piece> && !std::same_as<Piece, char> &&
      !std::same_as<Piece, bool>;

  // The room that a piece may take. A literal's is known.
  static constexpr size_t SizeMax(std::string_view text) { return text.size(); }
  template <size_t kSize>
  static constexpr size_t SizeMax(const char (&)[kSize]) {
    return kSize - 1;
  }
  template <typename Number>
  requires kIsNumber<Number>
  static constexpr size_t SizeMax(Number) {
    return std::numeric_limits<Number>::digits10 + 2;
  }

  // REQUIRES: there is room for it.
  ABSL_ATTRIBUTE_ALWAYS_INLINE void Put(std::string_view text) {
    if (!text.empty()) std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  template <size_t kSize>
  ABSL_ATTRIBUTE_ALWAYS_INLINE void Put(const char (&text)[kSize]) {
    Put(std::string_view(text, kSize - 1));
  }
  template <typename Number>
  requires kIsNumber<Number>
  void Put(Number number) {
    at_ = std::to_chars(at_, at_ + SizeMax(number), number).ptr;
  }
  ABSL_ATTRIBUTE_ALWAYS_INLINE void Reserve(size_t count) {
    if (static_cast<size_t>(end_ - at_) < count) {
      MakeRoom(size(), out_.size() + count);
    }
  }
  size_t size() const { return static_cast<size_t>(at_ - out_.data()); }
  // Behind the first `size` bytes.
  ABSL_ATTRIBUTE_NOINLINE void MakeRoom(size_t size, size_t room) {
    out_.resize(size + room);
    at_ = out_.data() + size;
    end_ = out_.data() + out_.size();
  }

  std::string& out_;
  char* at_ = nullptr;  // where the next piece stands
  char* end_ = nullptr;
};

}  // namespace headgate

#endif  // HEADGATE_BASE_APPENDER_H_
