// NativeConnection: from nothing to a connected socket.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

#include "absl/time/time.h"
#include "base/strings.h"
#include "proxy/upstream_connection.h"

namespace headgate::proxy {

using policy::Refusal;

void NativeConnection::Start(const UpstreamRequest& request,
                             AttemptSink* sink) {
  BeginCall(request, sink);
  Arm(settings_.connect_timeout_us);
  state_ = State::kResolving;
  if (!addresses_.known()) {
    addresses_.Wait(this);
    return;
  }
  addresses_.RefreshIfOld();
  Connect();
}

void NativeConnection::OnAddresses() {
  if (state_ != State::kResolving) return;
  if (addresses_.known()) {
    Connect();
    return;
  }
  Fail(Refusal::kUpstreamConnect, Resend::kElsewhere, addresses_.error());
}

// Tries one address after the other until one of them takes its time.
void NativeConnection::Connect() {
  state_ = State::kConnecting;
  for (; address_ < addresses_.size(); ++address_) {
    if (OpenSocket(addresses_.at(address_))) return;
  }
  // In Start() nobody may be told yet.
  state_ = State::kFailing;
  failing_event_ = settings_.loop->Timer(&OnFailing, this);
  const timeval now = {};
  event_add(failing_event_.get(), &now);
}

bool NativeConnection::OpenSocket(const SocketAddress& address) {
  const int fd = socket(address.storage.ss_family,
                        SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    connect_error_ = errno;
    return false;
  }
  transport_ = Transport(fd, tls_ == nullptr ? nullptr : tls_->NewSession());
  if (address.storage.ss_family != AF_UNIX) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  const int result = connect(
      fd, reinterpret_cast<const sockaddr*>(&address.storage), address.size);
  if (result != 0 && errno != EINPROGRESS) {
    connect_error_ = errno;
    CloseSocket();
    return false;
  }
  read_event_ = settings_.loop->Watch(fd, EV_READ, &OnReadable, this);
  write_event_ = settings_.loop->Watch(fd, EV_WRITE, &OnWritable, this);
  WatchWritable(true);  // also if it is open: in Start() nobody may be told
  return true;
}

void NativeConnection::OnConnectWritable() {
  socklen_t size = sizeof connect_error_;
  getsockopt(transport_.fd(), SOL_SOCKET, SO_ERROR, &connect_error_, &size);
  if (connect_error_ != 0) {
    CloseSocket();
    ++address_;
    Connect();
    return;
  }
  OnSocketOpen();
}

void NativeConnection::OnSocketOpen() {
  if (tls_ == nullptr) return OnConnected();
  if (!transport_.is_tls()) {
    Fail(Refusal::kUpstreamTls, Resend::kNo, tls_->error());
    return;
  }
  state_ = State::kHandshaking;
  event_add(read_event_.get(), nullptr);
  Handshake();
}

void NativeConnection::Handshake() {
  std::string error;
  const IoResult step = transport_.Handshake(&error);
  switch (step.status) {
    case IoResult::Status::kOk:
      return OnConnected();
    case IoResult::Status::kWouldBlock:
      return WatchWritable(step.wants_write);
    default:
      Fail(Refusal::kUpstreamTls, Resend::kNo, StrCat("TLS: ", error));
  }
}

void NativeConnection::OnConnected() {
  if (transport_.Peek().status == IoResult::Status::kOk) {
    FailProtocol("sent bytes before there was a request");
    return;
  }
  addresses_.Worked(address_);
  settings_.stats->connects.Add(1);
  state_ = State::kBusy;
  WatchWritable(false);
  if (tls_ == nullptr) event_add(read_event_.get(), nullptr);
  timer_.Clear();
  Flush();
  AskForBody();  // one may have come all the while
}

void NativeConnection::OnFailing(int, short, void* self) {
  static_cast<NativeConnection*>(self)->FailToConnect();
}

void NativeConnection::FailToConnect() {
  addresses_.Failed(0);  // all of them did
  Fail(Refusal::kUpstreamConnect, Resend::kElsewhere,
       StrCat("cannot connect: ",
              std::generic_category().message(connect_error_)));
}

void NativeConnection::FailConnectTimeout() {
  if (addresses_.known()) addresses_.Failed(address_);
  const absl::Duration limit = absl::Microseconds(settings_.connect_timeout_us);
  Fail(Refusal::kUpstreamConnect, Resend::kElsewhere,
       StrCat("no connection within ", absl::FormatDuration(limit)));
}

}  // namespace headgate::proxy
