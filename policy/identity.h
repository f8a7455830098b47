// Who is calling, as far as the credentials say it.
#ifndef HEADGATE_POLICY_IDENTITY_H_
#define HEADGATE_POLICY_IDENTITY_H_

#include <string>

namespace headgate::policy {

struct Identity {
  // kNone: nobody checked (a sidecar that forwards), or none was asked for.
  // kApp: may do what the app may. kUser: one of the app's users.
  enum class Kind { kNone, kApp, kUser };
  Kind kind = Kind::kNone;
  std::string user;  // kUser: folded
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_IDENTITY_H_
