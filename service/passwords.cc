#include "service/passwords.h"

#include <sodium.h>

#include <array>
#include <cstdlib>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace headgate::service {
namespace {

// How much work a hash is.
struct Strength {
  unsigned long long operations;
  size_t memory_bytes;
  // A hash of nothing that anybody typed: what a stranger's password is
  // compared with.
  const char* nobody;
};
constexpr Strength kInteractive = {
    crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
    "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
constexpr Strength kLeast = {
    crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN,
    "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};

// Every byte, those too that a short string keeps behind its end.
void Wipe(std::string* secret) {
  secret->resize(secret->capacity());
  sodium_memzero(secret->data(), secret->size());
  secret->clear();
}

using HashDone = absl::AnyInvocable<void(absl::StatusOr<std::string>)>;
using VerifyDone = absl::AnyInvocable<void(absl::StatusOr<bool>)>;

// On the heap, so that the clear text is never copied by a move.
struct Job {
  explicit Job(std::string* clear_text) : password(*clear_text) {
    Wipe(clear_text);
  }
  ~Job() { Wipe(&password); }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;

  std::string password;
  std::string stored;
  HashDone hashed;      // one of
  VerifyDone verified;  // the two
};

absl::StatusOr<std::string> HashNow(const Strength& strength,
                                    const std::string& password) {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  if (crypto_pwhash_str(text.data(), password.data(), password.size(),
                        strength.operations, strength.memory_bytes) != 0) {
    return absl::UnavailableError("no memory to hash a password");
  }
  return std::string(text.data());
}

bool VerifyNow(const Strength& strength, const std::string& stored,
               const std::string& password) {
  // Even a stored text that is no hash takes its time.
  const bool known = stored.starts_with("$argon2id$");
  const char* const text = known ? stored.c_str() : strength.nobody;
  const bool equal =
      crypto_pwhash_str_verify(text, password.data(), password.size()) == 0;
  return equal && known;
}

void Run(const Strength& strength, Job* job) {
  if (job->hashed) {
    job->hashed(HashNow(strength, job->password));
  } else {
    job->verified(VerifyNow(strength, job->stored, job->password));
  }
}

void Refuse(Job* job, const absl::Status& status) {
  if (job->hashed) {
    job->hashed(status);
  } else {
    job->verified(status);
  }
}

}  // namespace

class Passwords::Pool {
 public:
  explicit Pool(int threads) {
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this] { Work(); });
    }
  }
  ~Pool() { Stop(); }

  void Stop() {
    std::deque<std::unique_ptr<Job>> left;
    {
      absl::MutexLock lock(&mutex_);
      stopping_ = true;
      left.swap(waiting_);
      changed_.SignalAll();
    }
    for (const std::unique_ptr<Job>& job : left) RefuseStopped(job.get());
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  void Add(std::unique_ptr<Job> job) {
    bool stopping = false;
    {
      absl::MutexLock lock(&mutex_);
      stopping = stopping_;
      if (!stopping && waiting_.size() < kWaitingMax) {
        waiting_.push_back(std::move(job));
        changed_.Signal();
        return;
      }
    }
    if (stopping) return RefuseStopped(job.get());
    Refuse(job.get(), absl::UnavailableError("too many passwords wait"));
  }

 private:
  static void RefuseStopped(Job* job) {
    Refuse(job, absl::UnavailableError("no passwords are hashed any more"));
  }
  void Work() {
    while (std::unique_ptr<Job> job = Next()) Run(kInteractive, job.get());
  }
  // Null at the end.
  std::unique_ptr<Job> Next() {
    absl::MutexLock lock(&mutex_);
    while (!stopping_ && waiting_.empty()) changed_.Wait(&mutex_);
    if (waiting_.empty()) return nullptr;
    std::unique_ptr<Job> job = std::move(waiting_.front());
    waiting_.pop_front();
    return job;
  }

  absl::Mutex mutex_;
  absl::CondVar changed_;
  std::deque<std::unique_ptr<Job>> waiting_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

Passwords::Passwords(int threads) {
  if (sodium_init() < 0) std::abort();  // no source of random bytes
  if (threads > 0) pool_ = std::make_unique<Pool>(threads);
}
Passwords::~Passwords() = default;

void Passwords::Stop() {
  if (pool_ != nullptr) pool_->Stop();
}

void Passwords::Hash(std::string password, HashDone done) {
  auto job = std::make_unique<Job>(&password);
  job->hashed = std::move(done);
  if (pool_ != nullptr) return pool_->Add(std::move(job));
  Run(kLeast, job.get());
}

void Passwords::Verify(std::string stored, std::string password,
                       VerifyDone done) {
  auto job = std::make_unique<Job>(&password);
  job->stored = std::move(stored);
  job->verified = std::move(done);
  if (pool_ != nullptr) return pool_->Add(std::move(job));
  Run(kLeast, job.get());
}

}  // namespace headgate::service
