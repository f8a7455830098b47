// Listening sockets for the addresses of the config.
#ifndef HEADGATE_PROXY_SOCKET_H_
#define HEADGATE_PROXY_SOCKET_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "config/config.h"

namespace headgate::proxy {

// A descriptor that is closed when it goes.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() { Close(); }
  FileDescriptor(FileDescriptor&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }
  void Close();

 private:
  int fd_ = -1;
};

// A bound, listening, non-blocking socket. TCP sockets share their port
// (SO_REUSEPORT), so that each worker has a queue of its own. The first one
// fails if anybody else has the port, another Headgate too; the others pass the
// address that it got and `port_is_ours`. A unix socket file that nobody
// listens on any more is replaced.
absl::StatusOr<FileDescriptor> Listen(const config::Address& address,
                                      bool port_is_ours = false);

// A second descriptor of the same socket: unix sockets have no SO_REUSEPORT.
absl::StatusOr<FileDescriptor> Duplicate(const FileDescriptor& socket);

// The address that a socket is bound to, with the port that the system chose.
config::Address BoundAddress(const FileDescriptor& socket,
                             const config::Address& wanted);

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_SOCKET_H_
