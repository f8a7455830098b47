// What the access log keeps of a call beside its line, so that `headgate diff`
// can decide it again under another policy, and so that nothing in it is
// secret:
//
//   "replay":{"at_us":40,"scheme":"bearer","credentials":"present",
//             "query":"pagesize=10&cursor=#24",
//             "body":{"usernames":["bob","amy"],"reason":{"#chars":12},
//                     "#more":1}}
//
// Credentials: their scheme and what was found about them; never themselves.
// An app key that is made of credentials: eight digits of its hash.
// Query and body: what the contract declares, and of it the values of
// identifiers and numbers only, those that have a charset, a pattern or a list
// of what they may be. Of every other text its length is kept, and of
// everything undeclared only that it was there; so it is with all that a name
// calls a token, a secret, a password or a key. docs/access_log.md lists the
// marks.
//
// Belongs to one thread; keeps its buffers.
#ifndef HEADGATE_PROXY_REPLAY_RECORD_H_
#define HEADGATE_PROXY_REPLAY_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "policy/decision.h"
#include "policy/request.h"

namespace headgate::proxy {

class ReplayRecorder {
 public:
  // Of the line's `path`, which must be whole here.
  static constexpr size_t kPathBytesMax = 16 * 1024;
  static constexpr size_t kQueryBytesMax = 1024;
  // A body with more to keep is kept without the items of its lists; if it is
  // still too much, not at all.
  static constexpr size_t kBodyBytesMax = 8 * 1024;
  // A longer text is no identifier.
  static constexpr size_t kTextBytesMax = 256;

  // The members that tell a body which `decision` judged, each behind a comma:
  // `,"body":{...}`. Replaces `*members`.
  void DescribeBody(const policy::Decision& decision,
                    const policy::Request& request, std::string_view body,
                    std::string* members);

  // All of the object. `key_label`: of the app key; `at_us`: when the head was
  // decided, since the first byte of the request. Replaces `*object`.
  struct Call {
    const policy::Decision& decision;
    const policy::Request& request;
    std::string_view body_members;  // of DescribeBody; empty: nobody judged it
    std::string_view key_label;
    int64_t at_us = 0;
  };
  void Describe(const Call& call, std::string* object);

 private:
  JsonReader reader_;
  std::string scratch_, query_;
  JsonWriter writer_{&scratch_};
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_REPLAY_RECORD_H_
