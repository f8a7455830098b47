// Where a server is: one unix path, one numeric address, or what its name
// stands for now.
//
// Names are resolved by libevent's own resolver (/etc/hosts, then the servers
// of /etc/resolv.conf), which does not block the loop. A name is resolved when
// it is first needed, and again when a connection fails or the answer has grown
// old; meanwhile the old addresses stay in use. Belongs to one loop; no call
// back comes from inside Wait().
#ifndef HEADGATE_PROXY_UPSTREAM_ADDRESSES_H_
#define HEADGATE_PROXY_UPSTREAM_ADDRESSES_H_

#include <event2/dns.h>
#include <event2/util.h>
#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "proxy/event_loop.h"

namespace headgate::proxy {

struct SocketAddress {
  sockaddr_storage storage = {};
  socklen_t size = 0;
};

class AddressWaiter {
 public:
  // There are addresses now, or none with error() saying why.
  virtual void OnAddresses() = 0;

 protected:
  ~AddressWaiter() = default;
};

class ServerAddresses {
 public:
  ServerAddresses(EventLoop* loop, const config::Server& server);
  ~ServerAddresses();

  bool known() const { return !known_.empty(); }
  size_t size() const { return known_.size(); }
  // The one that worked last comes first.
  const SocketAddress& at(size_t i) const {
    return known_[(first_ + i) % known_.size()];
  }
  const std::string& error() const { return error_; }

  // Resolves if need be and tells the waiter once.
  void Wait(AddressWaiter* waiter);
  void Forget(AddressWaiter* waiter);
  // How a connection to at(i) went.
  void Worked(size_t i) { first_ = (first_ + i) % known_.size(); }
  void Failed(size_t i);
  // Resolves again in the background if the answer is old.
  void RefreshIfOld() {
    if (!host_.empty()) Refresh(kFreshUs);
  }

 private:
  struct DnsDeleter {
    void operator()(evdns_base* dns) const { evdns_base_free(dns, 0); }
  };
  using DnsHandle = std::unique_ptr<evdns_base, DnsDeleter>;
  struct Query;
  static constexpr int64_t kFreshUs = 30'000'000;
  static constexpr int64_t kRetryUs = 1'000'000;

  static void OnResolved(int error, evutil_addrinfo* found, void* query);
  static void FreeDns(int fd, short what, void* dns);
  static void OnDone(int fd, short what, void* self);
  void Refresh(int64_t older_than_us);
  void Resolve();
  void TakeAnswer(int error, const evutil_addrinfo* found);
  void TellWaiters();

  EventLoop* loop_;
  std::string host_;  // empty: needs no resolving
  uint16_t port_;
  std::vector<SocketAddress> known_;
  size_t first_ = 0;
  int64_t resolved_us_ = 0;
  std::string error_;
  DnsHandle dns_;
  Query* query_ = nullptr;  // under way; owned by its callback
  std::vector<AddressWaiter*> waiting_, ready_;
  EventHandle done_;  // a zero timer
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_ADDRESSES_H_
