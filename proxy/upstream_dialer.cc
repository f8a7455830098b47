#include "proxy/upstream_dialer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "absl/time/time.h"
#include "base/strings.h"

namespace headgate::proxy {

Dialer::Dialer(EventLoop* loop, ServerAddresses* addresses, DialWaiter* waiter)
    : loop_(loop),
      addresses_(*addresses),
      waiter_(waiter),
      timer_(&OnTimeout, this) {}

void Dialer::Dial(int64_t timeout_us) {
  timeout_us_ = timeout_us;
  timer_.Set(&loop_->timers(), loop_->Now().monotonic_us + timeout_us);
  if (!addresses_.known()) {
    resolving_ = true;
    addresses_.Wait(this);
    return;
  }
  addresses_.RefreshIfOld();
  Connect();
}

void Dialer::Finish() {
  addresses_.Worked(address_);
  Stop();
}

void Dialer::Stop() {
  if (std::exchange(resolving_, false)) addresses_.Forget(this);
  timer_.Clear();
  hopeless_.reset();
  CloseSocket();
}

void Dialer::CloseSocket() {
  writable_.reset();
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void Dialer::Fail(std::string_view detail) {
  Stop();
  waiter_->OnDialFailed(detail);
}

void Dialer::OnAddresses() {
  resolving_ = false;
  if (addresses_.known()) {
    Connect();
  } else {
    Fail(addresses_.error());
  }
}

void Dialer::Connect() {
  for (; address_ < addresses_.size(); ++address_) {
    if (OpenSocket(addresses_.at(address_))) return;
  }
  timer_.Clear();
  // In Dial() nobody may be told yet.
  hopeless_ = loop_->Timer(&OnHopeless, this);
  const timeval now = {};
  event_add(hopeless_.get(), &now);
}

bool Dialer::OpenSocket(const SocketAddress& address) {
  fd_ = socket(address.storage.ss_family,
               SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) {
    error_ = errno;
    return false;
  }
  if (address.storage.ss_family != AF_UNIX) {
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  const int result = connect(
      fd_, reinterpret_cast<const sockaddr*>(&address.storage), address.size);
  if (result != 0 && errno != EINPROGRESS) {
    error_ = errno;
    CloseSocket();
    return false;
  }
  // Also if it is open already: in Dial() nobody may be told.
  writable_ = loop_->Watch(fd_, EV_WRITE, &OnWritable, this);
  event_add(writable_.get(), nullptr);
  return true;
}

void Dialer::OnWritable(int, short, void* self) {
  static_cast<Dialer*>(self)->TakeResult();
}

void Dialer::TakeResult() {
  socklen_t size = sizeof error_;
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error_, &size);
  if (error_ != 0) {
    CloseSocket();
    ++address_;
    Connect();
    return;
  }
  writable_.reset();
  waiter_->OnDialled(std::exchange(fd_, -1));
}

void Dialer::OnHopeless(int, short, void* self) {
  auto* dialer = static_cast<Dialer*>(self);
  dialer->addresses_.Failed(0);  // all of them did
  dialer->Fail(StrCat("cannot connect: ",
                      std::generic_category().message(dialer->error_)));
}

void Dialer::OnTimeout(void* self) {
  auto* dialer = static_cast<Dialer*>(self);
  if (dialer->addresses_.known()) dialer->addresses_.Failed(dialer->address_);
  const absl::Duration limit = absl::Microseconds(dialer->timeout_us_);
  dialer->Fail(StrCat("no connection within ", absl::FormatDuration(limit)));
}

}  // namespace headgate::proxy
