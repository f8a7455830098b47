#include "proxy/upstream_addresses.h"

#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "base/strings.h"

namespace headgate::proxy {
namespace {

SocketAddress UnixAddress(const std::string& path) {
  SocketAddress address;
  auto* un = reinterpret_cast<sockaddr_un*>(&address.storage);
  un->sun_family = AF_UNIX;
  const size_t size = std::min(path.size(), sizeof un->sun_path - 1);
  std::memcpy(un->sun_path, path.data(), size);
  address.size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size + 1);
  return address;
}

void SetPort(uint16_t port, SocketAddress* address) {
  if (address->storage.ss_family == AF_INET) {
    reinterpret_cast<sockaddr_in*>(&address->storage)->sin_port = htons(port);
  } else {
    reinterpret_cast<sockaddr_in6*>(&address->storage)->sin6_port = htons(port);
  }
}

bool NumericAddress(const std::string& host, uint16_t port,
                    SocketAddress* address) {
  // "[::1]" and "::1" alike; a bare IPv6 address takes no port here.
  int size = sizeof address->storage;
  auto* to = reinterpret_cast<sockaddr*>(&address->storage);
  if (evutil_parse_sockaddr_port(host.c_str(), to, &size) != 0) return false;
  address->size = static_cast<socklen_t>(size);
  SetPort(port, address);
  return true;
}

bool SameAddress(const SocketAddress& a, const SocketAddress& b) {
  return a.size == b.size && std::memcmp(&a.storage, &b.storage, a.size) == 0;
}

}  // namespace

// Outlives a ServerAddresses that goes while it is under way: libevent cannot
// free a resolver that has a query, so that waits for the answer.
struct ServerAddresses::Query {
  ServerAddresses* owner;
  event_base* base;
  DnsHandle dns = nullptr;  // set when the owner has gone
};

ServerAddresses::ServerAddresses(EventLoop* loop, const config::Server& server)
    : loop_(loop), port_(server.port), done_(loop->Timer(&OnDone, this)) {
  SocketAddress address;
  if (server.scheme == config::Server::Scheme::kUnix) {
    known_.push_back(UnixAddress(server.unix_path));
  } else if (NumericAddress(server.host, server.port, &address)) {
    known_.push_back(address);
  } else {
    host_ = server.host;
  }
}

ServerAddresses::~ServerAddresses() {
  if (query_ == nullptr) return;
  query_->owner = nullptr;
  query_->dns = std::move(dns_);
}

void ServerAddresses::Wait(AddressWaiter* waiter) {
  waiting_.push_back(waiter);
  if (query_ == nullptr) Resolve();
}

void ServerAddresses::Forget(AddressWaiter* waiter) {
  std::erase(waiting_, waiter);
  std::erase(ready_, waiter);
}

void ServerAddresses::Failed(size_t i) {
  first_ = (first_ + i + 1) % known_.size();  // the next one's turn
  Refresh(kRetryUs);
}

void ServerAddresses::Refresh(int64_t older_than_us) {
  if (host_.empty() || query_ != nullptr) return;
  if (loop_->Now().monotonic_us - resolved_us_ < older_than_us) return;
  Resolve();
}

void ServerAddresses::Resolve() {
  resolved_us_ = loop_->Now().monotonic_us;
  if (dns_ == nullptr) {
    constexpr int kFlags =
        EVDNS_BASE_INITIALIZE_NAMESERVERS | EVDNS_BASE_DISABLE_WHEN_INACTIVE;
    dns_.reset(evdns_base_new(loop_->base(), kFlags));
  }
  if (dns_ == nullptr) {
    TakeAnswer(EVUTIL_EAI_FAIL, nullptr);
    return;
  }
  evutil_addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_protocol = IPPROTO_TCP;
  auto query = std::make_unique<Query>(Query{this, loop_->base()});
  query_ = query.get();
  // May call back before it returns; the callback owns the query.
  evdns_getaddrinfo(dns_.get(), host_.c_str(), nullptr, &hints, &OnResolved,
                    query.release());
}

void ServerAddresses::OnResolved(int error, evutil_addrinfo* found,
                                 void* query) {
  const std::unique_ptr<Query> owned(static_cast<Query*>(query));
  if (owned->owner != nullptr) {
    owned->owner->query_ = nullptr;
    owned->owner->TakeAnswer(error, found);
  } else {
    // Not in here: libevent is still busy with it.
    const timeval now = {};
    event_base_once(owned->base, -1, EV_TIMEOUT, &FreeDns, owned->dns.release(),
                    &now);
  }
  if (found != nullptr) evutil_freeaddrinfo(found);
}

void ServerAddresses::FreeDns(int, short, void* dns) {
  evdns_base_free(static_cast<evdns_base*>(dns), 0);
}

void ServerAddresses::TakeAnswer(int error, const evutil_addrinfo* found) {
  std::vector<SocketAddress> fresh;
  for (; found != nullptr; found = found->ai_next) {
    SocketAddress address;
    address.size = static_cast<socklen_t>(found->ai_addrlen);
    std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
    SetPort(port_, &address);
    fresh.push_back(address);
  }
  if (!fresh.empty()) {
    if (!std::ranges::equal(fresh, known_, SameAddress)) first_ = 0;
    known_ = std::move(fresh);
    error_.clear();
  } else {
    error_ =
        StrCat("cannot resolve ", host_, ": ",
               evutil_gai_strerror(error == 0 ? EVUTIL_EAI_NONAME : error));
  }
  const timeval now = {};
  event_add(done_.get(), &now);
}

void ServerAddresses::OnDone(int, short, void* self) {
  static_cast<ServerAddresses*>(self)->TellWaiters();
}

void ServerAddresses::TellWaiters() {
  // One by one: a waiter may add waiters, which wait for the next answer, and
  // make others go.
  ready_.insert(ready_.end(), waiting_.begin(), waiting_.end());
  waiting_.clear();
  while (!ready_.empty()) {
    AddressWaiter* waiter = ready_.front();
    ready_.erase(ready_.begin());
    waiter->OnAddresses();
  }
}

}  // namespace headgate::proxy
