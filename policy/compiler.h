// Compile: Config -> Policy. One Compiler makes one policy; every mistake is a
// diagnostic, and all of them come in one run. policy/policy.h says what comes
// out.
#ifndef HEADGATE_POLICY_COMPILER_H_
#define HEADGATE_POLICY_COMPILER_H_

#include <memory>
#include <string>
#include <vector>

#include "policy/policy.h"
#include "policy/rules.h"

namespace headgate::policy {

class Compiler {
 public:
  Compiler(const config::Config& config, config::Diagnostics* diagnostics);

  std::shared_ptr<const Policy> Run();

 private:
  void CompileService(const config::Service& spec);
  void CompileValues(CompiledService* service);
  void CompileRefusals(CompiledService* service);
  void CompileOperation(const config::Operation& spec,
                        CompiledService* service);
  void CompileRules(const CompiledService& service,
                    CompiledOperation* operation);
  void CompileApp(const config::App& spec, CompiledService* service);
  void AddRoutes(const CompiledService& service,
                 const CompiledOperation& operation);
  void AddRoute(const CompiledService& service,
                const CompiledOperation& operation, const std::string& path,
                const std::string& app_key, const config::Location& key_at);
  CompileContext ContextOf(const CompiledService& service,
                           const std::string& operation);

  config::Diagnostics* diagnostics_;
  config::Diagnostics found_;
  std::shared_ptr<Policy> policy_;
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_COMPILER_H_
