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
      changed_.Signal();
      return;
    }
  }
  job.done(absl::UnavailableError("too many calls wait for the store"));
}

std::vector<Job> WorkQueue::Take(size_t group_max) {
  absl::MutexLock lock(&mutex_);
  while (!closed_ && waiting_.empty()) changed_.Wait(&mutex_);
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
  changed_.SignalAll();
}

}  // namespace headgate::service
