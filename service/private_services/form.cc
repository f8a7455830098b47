#include "service/private_services/form.h"

#include <algorithm>

#include "base/percent.h"
#include "base/strings.h"

namespace headgate::service::private_services {
namespace {

constexpr size_t kPairsMax = 16;

bool MayStandBare(char c) {
  return c > ' ' && c < '\x7f' &&
         std::string_view("\"<>[\\]^`{|}#").find(c) == std::string_view::npos;
}

bool Decode(std::string_view text, std::string* out) {
  return std::ranges::all_of(text, MayStandBare) && FormDecode(text, out);
}

}  // namespace

const std::string* FindInForm(const Form& form, std::string_view name) {
  for (const auto& [key, value] : form) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::optional<Form> ReadForm(std::string_view body) {
  Form form;
  if (body.empty()) return form;
  for (const std::string_view pair : Split(body, '&')) {
    const size_t equals = pair.find('=');
    std::string name, value;
    if (form.size() == kPairsMax || equals == std::string_view::npos ||
        !Decode(pair.substr(0, equals), &name) ||
        !Decode(pair.substr(equals + 1), &value) ||
        FindInForm(form, name) != nullptr) {
      return std::nullopt;
    }
    form.emplace_back(std::move(name), std::move(value));
  }
  return form;
}

bool IsFormType(std::string_view content_type) {
  const std::string_view type =
      TrimOws(content_type.substr(0, content_type.find(';')));
  return type.empty() ||
         EqualsIgnoreCase(type, "application/x-www-form-urlencoded");
}

}  // namespace headgate::service::private_services
