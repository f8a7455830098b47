#include "policy/refusal.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace headgate::policy {
namespace {

// The enumeration and config's table have the same order.
TEST(RefusalTest, NamesAndStatusesBelongToTheirRefusals) {
  const struct {
    Refusal refusal;
    const char* name;
    int status;
  } kRows[] = {
      {Refusal::kNoOperation, "no_operation", 404},
      {Refusal::kWrongMethod, "wrong_method", 405},
      {Refusal::kBadPath, "bad_path", 400},
      {Refusal::kNoCredentials, "no_credentials", 401},
      {Refusal::kMalformedCredentials, "malformed_credentials", 401},
      {Refusal::kBadCredentials, "bad_credentials", 401},
      {Refusal::kUnknownApp, "unknown_app", 403},
      {Refusal::kRate, "rate", 429},
      {Refusal::kForbidden, "forbidden", 403},
      {Refusal::kInvalid, "invalid", 400},
      {Refusal::kInvalidQuery, "invalid_query", 400},
      {Refusal::kMissingField, "missing_field", 400},
      {Refusal::kInvalidField, "invalid_field", 400},
      {Refusal::kNotJson, "not_json", 400},
      {Refusal::kMediaType, "media_type", 415},
      {Refusal::kBodyTooLarge, "body_too_large", 413},
      {Refusal::kBadRequest, "bad_request", 400},
      {Refusal::kRequestTimeout, "request_timeout", 408},
      {Refusal::kUriTooLong, "uri_too_long", 414},
      {Refusal::kHeadTooLarge, "head_too_large", 431},
      {Refusal::kExpectationFailed, "expectation_failed", 417},
      {Refusal::kNotImplemented, "not_implemented", 501},
      {Refusal::kHttpVersion, "http_version", 505},
      {Refusal::kOverloaded, "overloaded", 503},
      {Refusal::kDraining, "draining", 503},
      {Refusal::kInternal, "internal", 500},
      {Refusal::kUpstreamConnect, "upstream_connect", 503},
      {Refusal::kUpstreamTimeout, "upstream_timeout", 504},
      {Refusal::kUpstreamProtocol, "upstream_protocol", 502},
      {Refusal::kUpstreamTls, "upstream_tls", 502},
  };
  std::set<Refusal> seen;
  for (const auto& [refusal, name, status] : kRows) {
    EXPECT_EQ(RefusalName(refusal), name);
    EXPECT_EQ(RefusalFromName(name), refusal);
    EXPECT_EQ(RefusalStatus(refusal), status) << name;
    seen.insert(refusal);
  }
  EXPECT_EQ(seen.size(), static_cast<size_t>(kRefusals));
  EXPECT_EQ(RefusalFromName("unheard_of"), std::nullopt);
}

}  // namespace
}  // namespace headgate::policy
