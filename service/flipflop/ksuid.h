// Ids that are made here: KSUIDs, as the contract page "flipflop" shows one
// (2MwN1UVGBpDL090lFjsXobNQLdq). Letters and digits only, so that they keep the
// rule of appUserId, which a UUID with its hyphens would not.
//
// 32 bits of seconds since 1400000000 and 128 random bits, big-endian, written
// as one number in base 62 (0-9A-Za-z) with 27 digits, leading zeros kept. So
// there is one text for each id, and texts sort by the time of their making.
//
// Pure functions; thread-safe.
#ifndef HEADGATE_SERVICE_FLIPFLOP_KSUID_H_
#define HEADGATE_SERVICE_FLIPFLOP_KSUID_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace headgate::service::flipflop {

inline constexpr size_t kKsuidCharacters = 27;
inline constexpr size_t kKsuidRandomBytes = 16;

// A new one.
std::string MakeKsuid(const Instant& now);

// REQUIRES: kKsuidRandomBytes of them. A time before 1400000000 counts as that
// second; the 32 bits last until 2150.
std::string FormatKsuid(int64_t unix_s, std::string_view random_bytes);

}  // namespace headgate::service::flipflop

#endif  // HEADGATE_SERVICE_FLIPFLOP_KSUID_H_
