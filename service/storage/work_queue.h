// Works that wait for a thread of the store: bounded, so that a slow disk
// cannot pile them up, and taken in groups.
//
// Thread-safe.
#ifndef HEADGATE_SERVICE_STORAGE_WORK_QUEUE_H_
#define HEADGATE_SERVICE_STORAGE_WORK_QUEUE_H_

#include <cstddef>
#include <deque>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "service/storage/store.h"

namespace headgate::service {

struct Job {
  Store::Work work;
  Store::Done done;
  absl::Status status;  // of the work itself
};

class WorkQueue {
 public:
  explicit WorkQueue(size_t waiting_max) : waiting_max_(waiting_max) {}

  // A job that finds the queue full is refused at once: UNAVAILABLE.
  void Add(Job job);
  // Waits for a job, and takes all that wait, at most `group_max`. Empty when
  // the queue is closed and nothing waits any more.
  std::vector<Job> Take(size_t group_max);
  void Close();

 private:
  const size_t waiting_max_;
  absl::Mutex mutex_;
  absl::CondVar changed_;
  std::deque<Job> waiting_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_STORAGE_WORK_QUEUE_H_
