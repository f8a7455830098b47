// What the operator may write as a token key, in its one canonical text, a
// PASERK (service/tokens/paserk.h):
//
//   k4.local.BASE64URL, k4.secret.BASE64URL   as it is
//   64 hexadecimal digits                     k4.local.: 32 bytes
//   32 bytes as base64, + / = or - _          k4.local.
//
// Only the form is looked at. What has no kind of its own is a local key: a
// signing key must say so.
#ifndef HEADGATE_CONFIG_TOKEN_KEY_H_
#define HEADGATE_CONFIG_TOKEN_KEY_H_

#include <string>
#include <string_view>

namespace headgate::config {

// "": it is none of these.
std::string CanonicalTokenKey(std::string_view text);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_TOKEN_KEY_H_
