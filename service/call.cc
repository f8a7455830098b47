#include "service/call.h"

namespace headgate::service {

std::string_view Call::Variable(std::string_view name) const {
  for (const auto& [key, value] : variables) {
    if (key == name) return value;
  }
  return {};
}

bool Call::Refuse(std::string_view error, std::string_view value,
                  int64_t bound) {
  answer.error = service->catalogue->Find(error);
  // A contract of the operator may lack it.
  if (answer.error == nullptr) {
    answer.error = &service->catalogue->For(policy::Refusal::kInternal);
    answer.detail = error;
  }
  answer.value = value;
  answer.bound = bound;
  return false;
}

}  // namespace headgate::service
