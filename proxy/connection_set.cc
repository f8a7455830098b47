#include "proxy/connection_set.h"

#include <utility>

namespace headgate::proxy {

ConnectionSet::ConnectionSet(EventLoop* loop)
    : bury_(loop->Timer(&OnBury, this)) {}

ConnectionSet::~ConnectionSet() {
  while (first_ != nullptr) {
    const std::unique_ptr<Connection> owner(first_);
    first_ = first_->next;
  }
}

void ConnectionSet::Add(std::unique_ptr<Connection> connection) {
  Connection* const added = connection.release();
  added->next = first_;
  if (first_ != nullptr) first_->previous = added;
  first_ = added;
}

void ConnectionSet::Retire(Connection* connection) {
  Connection* const previous = connection->previous;
  Connection* const next = connection->next;
  (previous != nullptr ? previous->next : first_) = next;
  if (next != nullptr) next->previous = previous;
  graveyard_.emplace_back(connection);
  if (graveyard_.size() == 1) event_active(bury_.get(), EV_TIMEOUT, 1);
}

void ConnectionSet::OnBury(int, short, void* self) {
  std::vector<std::unique_ptr<Connection>> dead;
  dead.swap(static_cast<ConnectionSet*>(self)->graveyard_);
}

}  // namespace headgate::proxy
