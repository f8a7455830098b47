// What most JSON is made of: an object or an array of ASCII texts with few
// escapes, of short integers, of a dozen members. It is recognised in one pass
// that keeps nothing, with less than half of the instructions that reading
// takes; the rest is JsonReader's.
//
//   return IsPlainlyJson(body) || reader.Read(body);
//
// Pure functions.
#ifndef HEADGATE_BASE_PLAIN_JSON_H_
#define HEADGATE_BASE_PLAIN_JSON_H_

#include <cstddef>
#include <string_view>

namespace headgate {

// The length of the run of bytes at the beginning of `text` that may stand
// between quotes as they are: ASCII without control characters, quotes and
// backslashes.
size_t PlainJsonSpan(std::string_view text);
// Whether all of `text` may.
inline bool IsPlainJson(std::string_view text) {
  return PlainJsonSpan(text) == text.size();
}

// True only for what JsonReader::Read takes. False says nothing: ask that.
bool IsPlainlyJson(std::string_view text);

}  // namespace headgate

#endif  // HEADGATE_BASE_PLAIN_JSON_H_
