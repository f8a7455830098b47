#include "tests/support/scripted_upstream.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "base/strings.h"
#include "gtest/gtest.h"

namespace headgate::test {
namespace {

// A script may wait for as long as its test runs.
constexpr std::chrono::hours kNoDeadline{1};

}  // namespace

Reply Reply::Json(int status, std::string_view body, std::string_view fields) {
  return Text(status, "application/json;charset=UTF-8", body, fields);
}

Reply Reply::Text(int status, std::string_view content_type,
                  std::string_view body, std::string_view fields) {
  return Raw(StrCat(
      "HTTP/1.1 ", status, " Scripted\r\nContent-Type: ", content_type,
      "\r\nContent-Length: ", body.size(), "\r\n", fields, "\r\n", body));
}

Reply& Reply::Add(Step::Kind kind, std::string bytes, SharedSignal signal) {
  steps_.push_back({kind, std::move(bytes), std::move(signal)});
  return *this;
}

Reply& Reply::Send(std::string bytes) {
  return Add(Step::Kind::kSend, std::move(bytes));
}
Reply& Reply::Wait(SharedSignal signal) {
  return Add(Step::Kind::kWait, "", std::move(signal));
}
Reply& Reply::Notify(SharedSignal signal) {
  return Add(Step::Kind::kNotify, "", std::move(signal));
}
Reply& Reply::Close() { return Add(Step::Kind::kClose); }
Reply& Reply::Reset() { return Add(Step::Kind::kReset); }
Reply& Reply::Hang() { return Add(Step::Kind::kHang); }
Reply& Reply::Early() {
  early_ = true;
  return *this;
}

ScriptedUpstream::ScriptedUpstream(const std::string& address,
                                   const std::optional<TlsServerOptions>& tls)
    : address_(address) {
  if (tls) tls_ = MakeServerContext(*tls);
  Listen();
}

ScriptedUpstream::~ScriptedUpstream() {
  StopListening();
  stop_.Notify();
  CloseConnections();
  for (Connection& connection : connections_) connection.thread.join();
}

std::string ScriptedUpstream::url() const {
  if (tls_) return StrCat("https://localhost:", port());
  if (address_.starts_with("unix:")) return address_;
  return "http://" + address_;
}

void ScriptedUpstream::Listen() {
  if (address_.starts_with("unix:")) unlink(address_.substr(5).c_str());
  listening_fd_ = ListenOn(address_);
  if (listening_fd_ < 0) ADD_FAILURE() << "cannot listen on " << address_;
  address_ = LocalAddress(listening_fd_);
  stop_accepting_ = std::make_unique<Signal>();
  acceptor_ = std::thread([this] { AcceptLoop(); });
}

void ScriptedUpstream::StopListening() {
  if (!acceptor_.joinable()) return;
  stop_accepting_->Notify();
  acceptor_.join();
  close(std::exchange(listening_fd_, -1));
}

void ScriptedUpstream::CloseConnections() {
  const std::lock_guard lock(mutex_);
  for (const Connection& connection : connections_) {
    if (connection.open) shutdown(connection.stream.fd(), SHUT_RDWR);
  }
}

void ScriptedUpstream::Next(Reply reply) {
  const std::lock_guard lock(mutex_);
  next_.push_back(std::move(reply));
}

void ScriptedUpstream::On(const std::string& method_and_target, Reply reply) {
  const std::lock_guard lock(mutex_);
  by_request_[method_and_target] = std::move(reply);
}

void ScriptedUpstream::Handle(Handler handler) {
  const std::lock_guard lock(mutex_);
  handler_ = std::move(handler);
}

void ScriptedUpstream::OnConnect(Reply reply) {
  const std::lock_guard lock(mutex_);
  on_connect_ = std::move(reply);
}

std::vector<ReceivedRequest> ScriptedUpstream::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

ReceivedRequest ScriptedUpstream::last_request() const {
  const std::lock_guard lock(mutex_);
  return requests_.empty() ? ReceivedRequest() : requests_.back();
}

size_t ScriptedUpstream::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_.size();
}

size_t ScriptedUpstream::open_connections() const {
  const std::lock_guard lock(mutex_);
  return open_connections_;
}

size_t ScriptedUpstream::received_bytes() const {
  const std::lock_guard lock(mutex_);
  return received_bytes_;
}

template <typename Condition>
bool ScriptedUpstream::WaitUntil(Deadline deadline, Condition condition) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline.at(), condition);
}

bool ScriptedUpstream::WaitForRequests(size_t count, Deadline deadline) const {
  return WaitUntil(deadline, [&] { return requests_.size() >= count; });
}

bool ScriptedUpstream::WaitForConnections(size_t count,
                                          Deadline deadline) const {
  return WaitUntil(deadline, [&] { return connections_.size() >= count; });
}

bool ScriptedUpstream::WaitForOpenConnections(size_t count,
                                              Deadline deadline) const {
  return WaitUntil(deadline, [&] { return open_connections_ == count; });
}

bool ScriptedUpstream::WaitForBytes(size_t count, Deadline deadline) const {
  return WaitUntil(deadline, [&] { return received_bytes_ >= count; });
}

void ScriptedUpstream::AcceptLoop() {
  for (;;) {
    pollfd waited[] = {{listening_fd_, POLLIN, 0},
                       {stop_accepting_->fd(), POLLIN, 0}};
    poll(waited, 2, -1);
    if (waited[1].revents != 0) return;
    const int fd = accept4(listening_fd_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    const std::lock_guard lock(mutex_);
    Connection& connection = connections_.emplace_back();
    connection.stream = Stream(fd);
    connection.number = connections_.size() - 1;
    ++open_connections_;
    connection.thread =
        std::thread([this, &connection] { Serve(&connection); });
    changed_.notify_all();
  }
}

void ScriptedUpstream::Serve(Connection* connection) {
  Converse(connection);
  Finish(connection, /*reset=*/false);
}

void ScriptedUpstream::Converse(Connection* connection) {
  std::optional<Reply> first;
  {
    const std::lock_guard lock(mutex_);
    first = on_connect_;
  }
  if (first && !Run(*first, connection)) return;
  if (tls_ && !connection->stream.StartTlsServer(tls_.get())) return;
  MessageReader reader(&connection->stream);
  reader.OnBytes([this](std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    received_bytes_ += bytes.size();
    changed_.notify_all();
  });
  while (Answer(connection, &reader)) {
  }
}

bool ScriptedUpstream::Answer(Connection* connection, MessageReader* reader) {
  Message request = reader->ReadRequestHead(kNoDeadline);
  if (!request.ok()) {
    if (!request.wire.empty()) Record(*connection, std::move(request));
    return false;
  }
  Reply reply;
  if (TakeEarly(request, &reply)) {
    const size_t at = Record(*connection, request);
    if (!Run(reply, connection)) return false;
    reader->ReadBody(&request, kNoDeadline);
    const std::lock_guard lock(mutex_);
    requests_[at].message = request;
    return request.ok();
  }
  reader->ReadBody(&request, kNoDeadline);
  const bool ok = request.ok();
  if (ok) reply = Choose(request);
  Record(*connection, std::move(request));
  return ok && Run(reply, connection);
}

bool ScriptedUpstream::TakeEarly(const Message& request, Reply* reply) {
  const std::lock_guard lock(mutex_);
  if (!next_.empty()) {
    if (!next_.front().early()) return false;
    *reply = std::move(next_.front());
    next_.pop_front();
    return true;
  }
  const auto found = by_request_.find(request.method + " " + request.target);
  if (found == by_request_.end() || !found->second.early()) return false;
  *reply = found->second;
  return true;
}

Reply ScriptedUpstream::Choose(const Message& request) {
  Handler handler;
  {
    const std::lock_guard lock(mutex_);
    if (!next_.empty()) {
      Reply reply = std::move(next_.front());
      next_.pop_front();
      return reply;
    }
    const auto found = by_request_.find(request.method + " " + request.target);
    if (found != by_request_.end()) return found->second;
    handler = handler_;
  }
  return handler ? handler(request) : Reply::Json(200, "{}");
}

bool ScriptedUpstream::Run(const Reply& reply, Connection* connection) {
  bool open = true;
  for (const Reply::Step& step : reply.steps()) {
    const bool tells = step.kind == Reply::Step::Kind::kNotify;
    if (open || tells) open = RunStep(step, connection) && open;
  }
  return open;
}

bool ScriptedUpstream::RunStep(const Reply::Step& step,
                               Connection* connection) {
  switch (step.kind) {
    case Reply::Step::Kind::kSend:
      return connection->stream.Write(step.bytes, kNoDeadline);
    case Reply::Step::Kind::kWait:
      return WaitForSignal(*step.signal);
    case Reply::Step::Kind::kNotify:
      step.signal->Notify();
      return true;
    case Reply::Step::Kind::kClose:
      return false;
    case Reply::Step::Kind::kReset:
      Finish(connection, /*reset=*/true);
      return false;
    case Reply::Step::Kind::kHang:
      DiscardAll(connection);
      return false;
  }
  return false;
}

bool ScriptedUpstream::WaitForSignal(const Signal& signal) const {
  pollfd waited[] = {{signal.fd(), POLLIN, 0}, {stop_.fd(), POLLIN, 0}};
  poll(waited, 2, -1);
  return waited[0].revents != 0;
}

void ScriptedUpstream::DiscardAll(Connection* connection) {
  std::string discarded;
  while (connection->stream.Read(&discarded, kNoDeadline) == ReadEnd::kData) {
    discarded.clear();
  }
}

void ScriptedUpstream::Finish(Connection* connection, bool reset) {
  const std::lock_guard lock(mutex_);
  if (!connection->open) return;
  connection->open = false;
  if (reset) {
    connection->stream.Reset();
  } else {
    connection->stream.Close();
  }
  --open_connections_;
  changed_.notify_all();
}

size_t ScriptedUpstream::Record(const Connection& connection, Message message) {
  const std::lock_guard lock(mutex_);
  requests_.push_back({std::move(message), connection.number});
  changed_.notify_all();
  return requests_.size() - 1;
}

}  // namespace headgate::test
