// A call's JSON body, as its handler reads it. The policy has validated it:
// names are folded, required fields are there. An empty body is {}.
//
// Belongs to one thread; what it hands out lives as long as it does.
#ifndef HEADGATE_SERVICE_AGORA_CHAT_BODY_H_
#define HEADGATE_SERVICE_AGORA_CHAT_BODY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "service/call.h"

namespace headgate::service::agora_chat {

class Body {
 public:
  explicit Body(const Call& call);

  // An object, an array where the operation takes one, or "no value".
  JsonValue root() const { return root_; }
  bool Has(std::string_view key) const;
  // nullopt: absent, null, or of another type.
  std::optional<std::string_view> Text(std::string_view key) const;
  std::optional<int64_t> Integer(std::string_view key) const;
  std::optional<bool> Boolean(std::string_view key) const;
  // A whole number from 0 on, or a text of its digits; one beyond 64 bits is
  // the largest.
  std::optional<int64_t> Amount(std::string_view key) const;
  // The texts of a list; none if it is absent.
  std::vector<std::string_view> Texts(std::string_view key) const;

 private:
  JsonValue Find(std::string_view key) const;

  JsonReader reader_;
  JsonValue root_;
};

// An object's member; "" or 0 if it is absent or of another type.
std::string TextOf(JsonValue object, std::string_view key);
int64_t NumberOf(JsonValue object, std::string_view key);

// The names of a path's list, "amy,bob", as they were sent.
std::vector<std::string_view> PathNames(const Call& call,
                                        std::string_view variable);
// A query parameter's number; `otherwise` if it is absent. The policy has
// checked and clamped it.
int64_t QueryInteger(const Call& call, std::string_view name,
                     int64_t otherwise);
// Its text, decoded; "" if it is absent.
std::string QueryText(const Call& call, std::string_view name);

// The part of a list that `pagenum` (from 1) and `pagesize` mean.
struct Page {
  int64_t offset = 0;
  int64_t size = 0;
};
Page PageOf(const Call& call, int64_t default_size);

}  // namespace headgate::service::agora_chat

#endif  // HEADGATE_SERVICE_AGORA_CHAT_BODY_H_
