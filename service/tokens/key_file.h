// The keys that are made here where the config lists none: a file beside the
// database with a PASERK per line, made at first use, that only its owner may
// read. One key seals (k4.local.), one signs (k4.secret.), so that both formats
// of tokens find theirs; further lines open older tokens.
//
// It is made whole or not at all: written under another name, flushed to the
// disk, then linked to its own, which fails if another process was first.
#ifndef HEADGATE_SERVICE_TOKENS_KEY_FILE_H_
#define HEADGATE_SERVICE_TOKENS_KEY_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace headgate::service {

// "data/headgate.db.key" for "sqlite:data/headgate.db"; "" for "memory".
std::string KeyFileOf(std::string_view storage);

// New keys, one for each format.
std::vector<std::string> MakeTokenKeys();

// Reads the file, or makes it. FAILED_PRECONDITION: it is there but others may
// read it, or it is no key file; UNAVAILABLE: the system refuses. The messages
// say what to do, and show nothing of the file.
absl::StatusOr<std::vector<std::string>> LoadOrMakeKeyFile(
    const std::string& path);
// The same, but NOT_FOUND if there is none.
absl::StatusOr<std::vector<std::string>> LoadKeyFile(const std::string& path);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_TOKENS_KEY_FILE_H_
