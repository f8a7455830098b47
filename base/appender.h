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
#include <limits>
#include <string>
#include <string_view>

#include "absl/base/attributes.h"

namespace headgate {

class Appender {
 public:
  // `room`: as much as is likely to come; more makes it grow.
  explicit Appender(std::string* out, size_t room = 512)
      : out_(*out), at_(out->size()) {
    out_.resize(at_ + room);
  }
  ~Appender() { out_.resize(at_); }
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;

  // Texts and integers.
  template <typename... Pieces>
  void Add(const Pieces&... pieces) {
    (AddOne(pieces), ...);
  }

 private:
  // A literal's size is known where this is inlined.
  ABSL_ATTRIBUTE_ALWAYS_INLINE void AddOne(std::string_view text) {
    Reserve(text.size());
    at_ += text.copy(out_.data() + at_, text.size());
  }
  template <std::integral Number>
  requires(!std::same_as<Number, char> &&
           !std::same_as<Number, bool>) void AddOne(Number number) {
    constexpr size_t kDigitsMax = std::numeric_limits<Number>::digits10 + 2;
    Reserve(kDigitsMax);
    char* const begin = out_.data() + at_;
    at_ += static_cast<size_t>(
        std::to_chars(begin, begin + kDigitsMax, number).ptr - begin);
  }
  void Reserve(size_t count) {
    if (out_.size() - at_ < count) out_.resize(2 * out_.size() + count);
  }

  std::string& out_;
  size_t at_;  // where the next piece stands; behind it is room
};

}  // namespace headgate

#endif  // HEADGATE_BASE_APPENDER_H_
