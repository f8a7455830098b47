#include "policy/policy.h"

#include <atomic>

#include "policy/compiler.h"
#include "policy/rules.h"

namespace headgate::policy {
namespace {

uint64_t NextSerial() {
  static std::atomic<uint64_t> last = 0;
  return ++last;
}

}  // namespace

CompiledOperation::CompiledOperation() = default;
CompiledOperation::~CompiledOperation() = default;
CompiledApp::CompiledApp() = default;
CompiledApp::~CompiledApp() = default;
CompiledService::CompiledService() = default;
CompiledService::~CompiledService() = default;

Policy::Policy() : serial_(NextSerial()), router_(std::make_unique<Router>()) {}
Policy::~Policy() = default;

std::shared_ptr<const Policy> Policy::Compile(
    const config::Config& config, config::Diagnostics* diagnostics) {
  return Compiler(config, diagnostics).Run();
}

const CompiledService* Policy::FamilyOf(std::string_view path) const {
  if (services_.size() == 1) return services_[0].get();
  const int found = families_.Find(path);
  return found < 0 ? nullptr : services_[static_cast<size_t>(found)].get();
}

}  // namespace headgate::policy
