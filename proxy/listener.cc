#include "proxy/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "base/strings.h"

namespace headgate::proxy {
namespace {

// "127.0.0.1:40312", "[::1]:40312", "unix:".
std::string PeerName(const sockaddr_storage& name) {
  std::array<char, INET6_ADDRSTRLEN> text = {};
  if (name.ss_family == AF_INET) {
    // inet_ntop would print, which takes longer than the rest of the accept.
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(name);
    const uint32_t bits = ntohl(v4.sin_addr.s_addr);
    return StrCat(bits >> 24, ".", bits >> 16 & 255, ".", bits >> 8 & 255, ".",
                  bits & 255, ":", ntohs(v4.sin_port));
  }
  if (name.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(name);
    inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    return StrCat("[", text.data(), "]:", ntohs(v6.sin6_port));
  }
  return "unix:";
}

bool IsShortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS ||
         error == ENOMEM;
}

}  // namespace

Listener::Listener(EventLoop* loop, FileDescriptor socket, OnAccept on_accept,
                   OnFailure on_failure)
    : loop_(loop),
      socket_(std::move(socket)),
      on_accept_(std::move(on_accept)),
      on_failure_(std::move(on_failure)),
      event_(loop->Watch(socket_.get(), EV_READ, &OnReadable, this)),
      pause_(&OnPauseOver, this) {
  event_add(event_.get(), nullptr);
}

void Listener::OnReadable(int, short, void* self) {
  auto* listener = static_cast<Listener*>(self);
  int& batch = listener->batch_;
  int accepted = 0;
  while (accepted < batch && listener->AcceptOne()) ++accepted;
  // What is left makes the socket readable in the next turn again.
  batch = accepted == batch ? std::min(2 * batch, kAcceptsPerTurn)
                            : std::max(accepted, 1);
}

bool Listener::AcceptOne() {
  sockaddr_storage name = {};
  socklen_t size = sizeof(name);
  const int fd = accept4(socket_.get(), reinterpret_cast<sockaddr*>(&name),
                         &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    on_accept_(fd, PeerName(name));
    return true;
  }
  if (IsShortage(errno)) {
    on_failure_();
    Pause();
    return false;
  }
  // The client was gone before we came (ECONNABORTED): the next one.
  return errno != EAGAIN && errno != EWOULDBLOCK;
}

void Listener::Pause() {
  event_del(event_.get());
  pause_.Set(&loop_->timers(), loop_->Now().monotonic_us + kPauseUs);
}

void Listener::OnPauseOver(void* self) {
  event_add(static_cast<Listener*>(self)->event_.get(), nullptr);
}

}  // namespace headgate::proxy
