// Reads a body of application/x-www-form-urlencoded strictly, as OAuth's
// endpoints must (RFC 6749 3.2 and appendix B): NAME=VALUE pairs joined by
// '&', '+' for a space, %XX for a byte.
//
// Refused is what could be read in two ways: a name that comes twice, a '%'
// without two hexadecimal digits, a pair without '=', a byte that must be
// encoded.
//
// Pure; thread-safe.
#ifndef HEADGATE_SERVICE_PRIVATE_SERVICES_FORM_H_
#define HEADGATE_SERVICE_PRIVATE_SERVICES_FORM_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headgate::service::private_services {

using Form = std::vector<std::pair<std::string, std::string>>;

// Nothing if `body` is no such form, or has more than 16 pairs.
std::optional<Form> ReadForm(std::string_view body);
// Null: there is no such name.
const std::string* FindInForm(const Form& form, std::string_view name);

// Whether a Content-Type means such a form: parameters do not matter. An empty
// one says nothing and passes.
bool IsFormType(std::string_view content_type);

}  // namespace headgate::service::private_services

#endif  // HEADGATE_SERVICE_PRIVATE_SERVICES_FORM_H_
