// A secret from the operator's file: an API key, a client secret, a token key.
// It has no stream operator and no conversion, so that it cannot reach a log,
// a dump or an answer by accident; whoever needs the bytes calls Reveal().
#ifndef HEADGATE_BASE_SECRET_H_
#define HEADGATE_BASE_SECRET_H_

#include <string>
#include <string_view>
#include <utility>

namespace headgate {

// Copies are allowed: a Config is a value.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  bool empty() const { return value_.empty(); }
  // The bytes themselves: for comparing in constant time and for keys only.
  std::string_view Reveal() const { return value_; }

 private:
  std::string value_;
};

}  // namespace headgate

#endif  // HEADGATE_BASE_SECRET_H_
