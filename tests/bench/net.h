// Loopback sockets and one epoll loop, shared by the benchmark's own programs
// (load, upstream, relay). Small and fast, and no part of Headgate, so that
// the yardstick does not move when Headgate does.
//
// One thread. An error that a benchmark cannot go on with ends the program.
#ifndef HEADGATE_TESTS_BENCH_NET_H_
#define HEADGATE_TESTS_BENCH_NET_H_

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

namespace headgate::bench {

[[noreturn]] inline void Fail(const char* what) {
  std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

inline sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline void MakeReady(int fd) {
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0) Fail("fcntl");
}

// A non-blocking connection to 127.0.0.1:port.
inline int Connect(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address),
              sizeof address) != 0) {
    Fail("connect");
  }
  MakeReady(fd);
  return fd;
}

inline int Listen(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in address = Loopback(port);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
          0 ||
      listen(fd, SOMAXCONN) != 0) {
    Fail("listen");
  }
  return fd;
}

// The next connection of a listening socket, non-blocking.
inline int AcceptNext(int listening_fd) {
  const int fd = accept4(listening_fd, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) Fail("accept");
  MakeReady(fd);
  return fd;
}

// A level-triggered epoll whose events carry a pointer.
class Poller {
 public:
  static constexpr int kEventsMax = 256;

  Poller() : fd_(epoll_create1(EPOLL_CLOEXEC)) {}

  void Add(int fd, void* owner) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = owner;
    if (epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &event) != 0) Fail("epoll_ctl");
  }

  // The number of events, each with its owner(); 0 when the time is over.
  int Wait() { return WaitFor(nullptr); }
  int Wait(std::chrono::nanoseconds time_max) {
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(time_max);
    const timespec time{seconds.count(), (time_max - seconds).count()};
    return WaitFor(&time);
  }
  void* owner(int event) const { return events_[event].data.ptr; }

 private:
  int WaitFor(const timespec* time_max) {
    const int count = epoll_pwait2(fd_, events_, kEventsMax, time_max, nullptr);
    return count < 0 ? 0 : count;
  }

  int fd_;
  epoll_event events_[kEventsMax];
};

// For ever: calls open(socket, &poller) for each connection that comes, and
// ready(owner) for each event of what that added to the poller.
template <typename Open, typename Ready>
[[noreturn]] void ListenAndPoll(int port, const Open& open,
                                const Ready& ready) {
  const int listening_fd = Listen(port);
  Poller poller;
  poller.Add(listening_fd, nullptr);
  for (;;) {
    const int events = poller.Wait();
    for (int i = 0; i < events; ++i) {
      void* const owner = poller.owner(i);
      if (owner != nullptr) {
        ready(owner);
      } else {
        open(AcceptNext(listening_fd), &poller);
      }
    }
  }
}

// Serves whoever connects, for ever: `accept` makes a connection of a socket,
// which has an fd() and whose Serve() is called when there is something to
// read. It returns false once the connection is over.
template <typename Connection>
[[noreturn]] void ServeAll(
    int port, const std::function<std::unique_ptr<Connection>(int)>& accept) {
  ListenAndPoll(
      port,
      [&accept](int fd, Poller* poller) {
        std::unique_ptr<Connection> accepted = accept(fd);
        poller->Add(accepted->fd(), accepted.get());
        accepted.release();  // freed when it is over
      },
      [](void* owner) {
        auto* connection = static_cast<Connection*>(owner);
        if (connection->Serve()) return;
        const std::unique_ptr<Connection> last_owner(connection);
      });
}

inline std::string ReadFile(const char* path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) Fail(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Length of the first whole message in `bytes` with a Content-Length or no
// body; 0 if there is no whole one yet. Chunked bodies end at their last chunk.
inline size_t MessageSize(std::string_view bytes) {
  const size_t end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  const std::string head(bytes.substr(0, end + 2));
  size_t size = end + 4;
  if (const char* field = strcasestr(head.c_str(), "\r\nContent-Length:")) {
    size += std::strtoull(field + 17, nullptr, 10);
  } else if (strcasestr(head.c_str(), "\r\nTransfer-Encoding: chunked")) {
    const size_t last = bytes.find("\r\n0\r\n\r\n", end);
    if (last == std::string_view::npos) return 0;
    size = last + 7;
  }
  return size <= bytes.size() ? size : 0;
}

// Sends all: the messages are small, so that a full socket buffer is a mistake
// of the benchmark. False if the peer is gone.
inline bool SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) Fail("the socket buffer is full");
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

}  // namespace headgate::bench

#endif  // HEADGATE_TESTS_BENCH_NET_H_
