#include "service/runtime.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "service/tokens/key_file.h"

namespace headgate::service {
namespace {

// One hash keeps a core and 64 MiB busy.
int PasswordThreads() {
  const auto cores = static_cast<int>(std::thread::hardware_concurrency());
  return std::clamp(cores / 2, 1, 4);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Runtime>> Runtime::Open(const Options& options) {
  auto store = Store::Open(options.storage, options.warn);
  if (!store.ok()) return store.status();
  std::unique_ptr<Runtime> runtime(new Runtime);
  runtime->storage_ = options.storage;
  runtime->revocations_ = std::make_unique<Revocations>();
  runtime->passwords_ = std::make_unique<Passwords>(
      options.inline_passwords ? 0 : PasswordThreads());
  runtime->store_ = *std::move(store);
  if (options.wrap) {
    runtime->store_ = options.wrap(std::move(runtime->store_));
  }
  const absl::Status loaded =
      runtime->revocations_->Load(runtime->store_.get());
  if (!loaded.ok()) return loaded;
  return runtime;
}

// Hashes lead to writes and reads to hashes: first no hash may begin, then the
// store finishes what it has, and only then the rest goes.
Runtime::~Runtime() {
  passwords_->Stop();
  store_.reset();
}

absl::StatusOr<std::vector<std::string>> Runtime::OwnTokenKeys() {
  absl::MutexLock lock(&mutex_);
  if (!own_token_keys_.empty()) return own_token_keys_;
  const std::string path = KeyFileOf(storage_);
  auto keys = path.empty()
                  ? absl::StatusOr<std::vector<std::string>>(MakeTokenKeys())
                  : LoadOrMakeKeyFile(path);
  if (keys.ok()) own_token_keys_ = *keys;
  return keys;
}

}  // namespace headgate::service
