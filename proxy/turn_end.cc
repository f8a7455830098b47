#include "proxy/turn_end.h"

namespace headgate::proxy {

void TurnTask::Queue(TurnEnd* end) {
  if (is_queued()) return;
  previous_ = end->head_.previous_;
  next_ = &end->head_;
  previous_->next_ = this;
  end->head_.previous_ = this;
}

void TurnTask::Clear() {
  if (!is_queued()) return;
  previous_->next_ = next_;
  next_->previous_ = previous_;
  previous_ = next_ = nullptr;
}

void TurnEnd::Run() {
  while (!empty()) {
    TurnTask* const task = head_.next_;
    task->Clear();
    task->callback_(task->argument_);  // may destroy the task
  }
}

}  // namespace headgate::proxy
