// NativeConnection: from nothing to a connection that takes a request.
#include "base/strings.h"
#include "proxy/upstream_connection.h"

namespace headgate::proxy {

using policy::Refusal;

void NativeConnection::Start(const UpstreamRequest& request,
                             AttemptSink* sink) {
  BeginCall(request, sink);
  dialer_ = std::make_unique<Dialer>(settings_.loop, &addresses_,
                                     static_cast<DialWaiter*>(this));
  dialer_->Dial(settings_.connect_timeout_us);
}

void NativeConnection::OnDialFailed(std::string_view detail) {
  Fail(Refusal::kUpstreamConnect, Resend::kElsewhere, detail);
}

void NativeConnection::OnDialled(int fd) {
  transport_ = Transport(fd, tls_ == nullptr ? nullptr : tls_->NewSession());
  read_event_ = settings_.loop->Watch(fd, EV_READ, &OnReadable, this);
  write_event_ = settings_.loop->Watch(fd, EV_WRITE, &OnWritable, this);
  event_add(read_event_.get(), nullptr);
  if (tls_ == nullptr) return OnConnected();
  if (!transport_.is_tls()) {
    Fail(Refusal::kUpstreamTls, Resend::kNo, tls_->error());
    return;
  }
  state_ = State::kHandshaking;
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
  dialer_->Finish();
  dialer_.reset();
  settings_.stats->connects.Add(1);
  state_ = State::kBusy;
  Flush();
  AskForBody();  // a body may have come all the while
}

}  // namespace headgate::proxy
