// UUIDs (RFC 9562): random ones, and ones that are made from a name and so are
// the same for ever. Pure; thread-safe.
#ifndef HEADGATE_SERVICE_UUID_H_
#define HEADGATE_SERVICE_UUID_H_

#include <string>
#include <string_view>

namespace headgate::service {

// Version 4, from the system's generator.
std::string NewUuid();
// Version 8: SHA-256 of `name`.
std::string UuidOf(std::string_view name);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_UUID_H_
