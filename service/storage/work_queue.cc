#include "service/storage/work_queue.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace headgate::service {

void WorkQueue::Add(Job job) {
  {
    absl::MutexLock lock(&mutex_);
    if (waiting_.size() < waiting_max_ && !closed_) {
      waiting_.push_back(std::move(job));
      return;
    }
  }
  job.done(absl::UnavailableError("too many calls wait for the store"));
}

std::vector<Job> WorkQueue::Take(size_t group_max) {
  const auto ready = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return closed_ || !waiting_.empty();
  };
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(&ready));
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(
                                          std::min(group_max, waiting_.size()));
  std::vector<Job> group(std::make_move_iterator(waiting_.begin()),
                         std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  return group;
}

void WorkQueue::Close() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
}

}  // namespace headgate::service
