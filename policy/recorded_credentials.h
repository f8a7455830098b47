// What a record says of a call's credentials, in their place: `headgate diff`
// decides recorded calls again, and a record holds no credential
// (proxy/replay_record.h writes it).
//
// A plain value; the views live as long as the record.
#ifndef HEADGATE_POLICY_RECORDED_CREDENTIALS_H_
#define HEADGATE_POLICY_RECORDED_CREDENTIALS_H_

#include <string_view>

#include "policy/credentials.h"

namespace headgate::policy {

struct RecordedCredentials {
  // As the policy that wrote the record looked at them.
  enum class Result {
    kNotAsked,   // it did not: they came with another scheme, or unasked
    kMissing,    // their scheme came, and nothing behind it
    kMalformed,  // they could not be read
    kPresent,    // well formed; nobody verified them
    kGood,       // verified
    kBad,        // verified, and refused
  };
  enum class Scheme { kNone, kBearer, kBasic, kOther };

  Scheme scheme = Scheme::kNone;  // of what was presented
  Result result = Result::kNotAsked;
  std::string_view reason;     // why they were bad
  std::string_view key_label;  // of the app key that they made; empty: none

  // What ParseCredentials would have said. Those that nobody looked at are
  // taken for well-formed ones; whoever asks can see that by `result`.
  Credentials::State StateFor(CredentialKind kind) const {
    using State = Credentials::State;
    const Scheme asked =
        kind == CredentialKind::kBasic ? Scheme::kBasic : Scheme::kBearer;
    if (kind == CredentialKind::kNone || scheme != asked) return State::kNone;
    if (result == Result::kMissing) return State::kNone;
    return result == Result::kMalformed ? State::kMalformed : State::kOk;
  }
  // Whether somebody who verifies can tell from the record.
  bool verified() const {
    return result == Result::kGood || result == Result::kBad;
  }
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_RECORDED_CREDENTIALS_H_
