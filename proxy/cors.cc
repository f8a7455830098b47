#include "proxy/cors.h"

#include <algorithm>

#include "base/strings.h"
#include "proxy/http/chars.h"

namespace headgate::proxy {
namespace {

using http::FieldId;

constexpr std::string_view kAllowedFields = "Authorization, Content-Type";
constexpr std::string_view kExposedFields =
    "Retry-After, RateLimit, RateLimit-Policy, X-Request-ID";
constexpr std::string_view kPreflightVary =
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

// The value of Access-Control-Allow-Origin; empty if the origin is not listed.
std::string_view AllowedOrigin(const config::Cors& cors,
                               std::string_view origin) {
  if (origin.empty()) return {};
  for (const std::string& listed : cors.origins) {
    // Origins are compared byte by byte: browsers send them in one form
    // (RFC 6454 6.2).
    if (listed == "*" || listed == origin) return listed;
  }
  return {};
}

// Whether `text` is a list of at most kAskedFieldsMax field names.
bool IsFieldNameList(std::string_view text) {
  if (text.empty() || text.size() > kAskedBytesMax) return false;
  const std::vector<std::string_view> names = Split(text, ',');
  return names.size() <= kAskedFieldsMax &&
         std::all_of(names.begin(), names.end(), [](std::string_view name) {
           return http::IsAll(TrimOws(name), http::kToken);
         });
}

// Whether Vary already names `field`, or everything.
bool VaryHolds(std::string_view vary, std::string_view field) {
  for (std::string_view piece : Split(vary, ',')) {
    const std::string_view name = TrimOws(piece);
    if (name == "*" || EqualsIgnoreCase(name, field)) return true;
  }
  return false;
}

}  // namespace

bool IsPreflight(const CorsRequest& request) {
  return request.method == "OPTIONS" && !request.origin.empty() &&
         !request.request_method.empty();
}

void AddPreflightFields(const config::Cors& cors, const CorsRequest& request,
                        std::string_view methods, std::string* scratch,
                        std::vector<http::OwnField>* fields) {
  fields->push_back({FieldId::kVary, kPreflightVary});
  const std::string_view allowed = AllowedOrigin(cors, request.origin);
  if (allowed.empty()) return;
  scratch->clear();
  StrAppend(scratch, absl::ToInt64Seconds(cors.max_age));
  const size_t age_bytes = scratch->size();
  scratch->append(kAllowedFields);
  if (IsFieldNameList(request.request_headers)) {
    StrAppend(scratch, ", ", request.request_headers);
  }
  const std::string_view text = *scratch;
  fields->push_back({FieldId::kAccessControlAllowOrigin, allowed});
  fields->push_back({FieldId::kAccessControlAllowMethods, methods});
  fields->push_back(
      {FieldId::kAccessControlAllowHeaders, text.substr(age_bytes)});
  fields->push_back({FieldId::kAccessControlMaxAge, text.substr(0, age_bytes)});
}

void AddCorsFields(const config::Cors& cors, std::string_view origin,
                   std::string_view vary, std::string* scratch,
                   std::vector<http::OwnField>* fields) {
  if (cors.origins.empty()) return;
  const std::string_view allowed = AllowedOrigin(cors, origin);
  const std::string_view exposed =
      allowed.empty() ? std::string_view() : kExposedFields;
  // An empty value removes what the upstream may have written.
  fields->push_back({FieldId::kAccessControlAllowOrigin, allowed});
  fields->push_back({FieldId::kAccessControlExposeHeaders, exposed});
  fields->push_back({FieldId::kAccessControlAllowCredentials, {}});
  // With "*" the answer is the same for every origin.
  if (cors.origins.front() == "*" || VaryHolds(vary, "Origin")) return;
  *scratch = vary.empty() ? "Origin" : StrCat(vary, ", Origin");
  fields->push_back({FieldId::kVary, *scratch});
}

}  // namespace headgate::proxy
