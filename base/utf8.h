// The characters of a text in UTF-8, as RFC 3629 defines it: no overlong forms,
// no surrogates, nothing above U+10FFFF. Whether a whole text is UTF-8 is told
// faster by IsUtf8 of base/percent.h. Pure functions, any thread.
#ifndef HEADGATE_BASE_UTF8_H_
#define HEADGATE_BASE_UTF8_H_

#include <cstddef>
#include <string_view>

namespace headgate {

// How many bytes the character at the beginning of `text` takes; 0 if there is
// no valid one.
size_t CharacterBytes(std::string_view text);

// The offset of the first byte that belongs to no valid character, or npos.
size_t FindInvalidUtf8(std::string_view text);

// The number of characters; an invalid byte counts as one.
size_t CharacterCount(std::string_view text);

// Whether `character`, one as CharacterBytes measures it, can be shown as it
// is. An invalid byte cannot, nor can control characters, also those of C1
// (U+0080..U+009F) and those that turn the direction of writing
// (U+200B..U+200F, U+2028..U+202E, U+2060..U+206F): they could rewrite what a
// terminal shows.
bool IsPrintableCharacter(std::string_view character);

}  // namespace headgate

#endif  // HEADGATE_BASE_UTF8_H_
