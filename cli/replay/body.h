// The body of a recorded call, made again from what the access log kept of it:
// the same names, numbers and lists, any texts of the same lengths where only
// those were kept. What an operation declares it then checks as it checked the
// original.
//
//   {"usernames":["bob"],"reason":{"#chars":3}}
//   {"usernames":["bob"],"reason":"xxx"}
//
// Sizes that a log claims are bounded here, whatever it says.
#ifndef HEADGATE_CLI_REPLAY_BODY_H_
#define HEADGATE_CLI_REPLAY_BODY_H_

#include <string>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "policy/policy.h"

namespace headgate::cli {

// Replaces `*body`. False: what was kept is too little for this operation, as
// when it checks the characters of a text whose length alone is known.
// `written`: the operation by which the line was written; null: not known.
bool MakeBody(const policy::CompiledOperation& operation,
              const policy::CompiledOperation* written, JsonValue kept,
              std::string* body, JsonWriter* writer);

// Whether a text of `chars` characters, all else unknown, tells enough for the
// value of this name: any such text is good, or none is.
bool LengthTellsAll(const policy::CompiledService& service,
                    std::string_view value, int64_t chars);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_REPLAY_BODY_H_
