// The open connections of one loop. A connection that closes goes to the
// graveyard first and is destroyed at the end of the turn, since its own
// functions may still be on the stack.
//
// Belongs to one loop.
#ifndef HEADGATE_PROXY_CONNECTION_SET_H_
#define HEADGATE_PROXY_CONNECTION_SET_H_

#include <memory>
#include <vector>

#include "proxy/connection.h"

namespace headgate::proxy {

class ConnectionSet {
 public:
  explicit ConnectionSet(EventLoop* loop);
  ~ConnectionSet();
  ConnectionSet(const ConnectionSet&) = delete;
  ConnectionSet& operator=(const ConnectionSet&) = delete;

  void Add(std::unique_ptr<Connection> connection);
  void Retire(Connection* connection);
  bool empty() const { return first_ == nullptr; }

  // `action` may close the connection that it is given, no other.
  template <typename Action>
  void ForEach(Action action) {
    for (Connection* connection = first_; connection != nullptr;) {
      Connection* const next = connection->next;
      action(*connection);
      connection = next;
    }
  }

 private:
  static void OnBury(int fd, short what, void* self);

  Connection* first_ = nullptr;  // owned, linked
  std::vector<std::unique_ptr<Connection>> graveyard_;
  EventHandle bury_;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_CONNECTION_SET_H_
