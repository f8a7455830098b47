// What a body says of a member or guest: each field absent, null, or a text.
//
// The contract lets texts be long; what is kept in a record or in a token has
// bounds of its own, far above what a name or a link needs. Too long a text is
// refused as a body that is not valid.
//
// A plain value.
#ifndef HEADGATE_SERVICE_FLIPFLOP_PROFILE_H_
#define HEADGATE_SERVICE_FLIPFLOP_PROFILE_H_

#include <cstddef>
#include <optional>
#include <string>

#include "service/call.h"
#include "service/flipflop/member.h"

namespace headgate::service::flipflop {

inline constexpr size_t kNameBytesMax = 1024;
inline constexpr size_t kImageUrlBytesMax = 4096;

struct Profile {
  struct Field {
    bool present = false;             // null or a text
    std::optional<std::string> text;  // nullopt: absent or null
  };
  Field access_token, app_user_id, name, image_url;
};

// Of the call's body, which the policy has validated. False: the call was
// refused, with the field in the answer's detail.
bool ReadProfile(Call* call, Profile* profile);

// Whether the profile has an appUserId, which the contract asks for and an
// operator's own may not. False: the call was refused.
bool HasUserId(const Profile& profile, Call* call);

// REQUIRES: the profile has an appUserId.
Member NewMember(const Profile& profile, const Instant& now);

// Sets the member's name and picture to what the profile has. Whether that
// changes something.
enum class OnNull { kKeep, kClear };
bool ApplyProfile(const Profile& profile, OnNull on_null, Member* member);

}  // namespace headgate::service::flipflop

#endif  // HEADGATE_SERVICE_FLIPFLOP_PROFILE_H_
