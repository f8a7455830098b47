#include "cli/environment.h"

#include "policy/contracts/builtin.h"
#include "service/handlers.h"

namespace headgate::cli {

config::Environment FullEnvironment() {
  config::Environment environment =
      config::SystemEnvironment(policy::BuiltinContracts());
  environment.check = service::CheckWhole;
  return environment;
}

}  // namespace headgate::cli
