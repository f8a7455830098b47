#include "proxy/socket.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "absl/status/status.h"
#include "base/strings.h"

namespace headgate::proxy {
namespace {

constexpr int kBacklog = 4096;
constexpr int kSocketFlags = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;

absl::Status Failure(const config::Address& address, std::string_view what) {
  return absl::UnavailableError(
      StrCat("cannot listen on ", address.ToString(), ": ", what));
}

struct SocketName {
  int family;
  const sockaddr* name;
  socklen_t size;
};

absl::StatusOr<FileDescriptor> Bind(const config::Address& address,
                                    const SocketName& to, bool share_port) {
  FileDescriptor socket_fd(socket(to.family, kSocketFlags, 0));
  if (!socket_fd.is_open()) return Failure(address, strerror(errno));
  const int on = 1;
  setsockopt(socket_fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (share_port) {
    setsockopt(socket_fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
  }
  // The accepted ones inherit it.
  if (to.family != AF_UNIX) {
    setsockopt(socket_fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  if (bind(socket_fd.get(), to.name, to.size) != 0) {
    return Failure(address, strerror(errno));
  }
  return socket_fd;
}

absl::StatusOr<FileDescriptor> BindAndListen(const config::Address& address,
                                             const SocketName& to) {
  auto socket_fd = Bind(address, to, /*share_port=*/to.family != AF_UNIX);
  if (socket_fd.ok() && listen(socket_fd->get(), kBacklog) != 0) {
    return Failure(address, strerror(errno));
  }
  return socket_fd;
}

// Whether a server answers at the path; a file that is left over from a crash
// refuses.
bool IsInUse(const sockaddr_un& name) {
  FileDescriptor probe(socket(AF_UNIX, kSocketFlags, 0));
  return connect(probe.get(), reinterpret_cast<const sockaddr*>(&name),
                 sizeof(name)) == 0 ||
         errno == EAGAIN || errno == EINPROGRESS;
}

absl::StatusOr<FileDescriptor> ListenUnix(const config::Address& address) {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  if (address.unix_path.size() >= sizeof(name.sun_path)) {
    return Failure(address, "the path is too long for a unix socket");
  }
  address.unix_path.copy(name.sun_path, sizeof(name.sun_path) - 1);
  struct stat info;
  if (lstat(name.sun_path, &info) == 0) {
    if (!S_ISSOCK(info.st_mode)) {
      return Failure(address, "a file that is no socket is in the way");
    }
    if (IsInUse(name)) return Failure(address, "another server listens there");
    unlink(name.sun_path);
  }
  return BindAndListen(address,
                       {.family = AF_UNIX,
                        .name = reinterpret_cast<const sockaddr*>(&name),
                        .size = sizeof(name)});
}

}  // namespace

void FileDescriptor::Close() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

absl::StatusOr<FileDescriptor> Listen(const config::Address& address,
                                      bool port_is_ours) {
  if (address.is_unix()) return ListenUnix(address);
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const std::string port = StrCat(address.port);
  const int error =
      getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found);
  if (error != 0) return Failure(address, gai_strerror(error));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found,
                                                             freeaddrinfo);
  const SocketName name = {.family = found->ai_family,
                           .name = found->ai_addr,
                           .size = found->ai_addrlen};
  if (!port_is_ours) {
    // A shared port would be shared with strangers too: two servers would each
    // get half of the calls and nobody would be told.
    auto probe = Bind(address, name, /*share_port=*/false);
    if (!probe.ok()) return probe.status();
  }
  return BindAndListen(address, name);
}

absl::StatusOr<FileDescriptor> Duplicate(const FileDescriptor& socket) {
  FileDescriptor copy(fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy.is_open()) {
    return absl::UnavailableError(
        StrCat("cannot duplicate a listening socket: ", strerror(errno)));
  }
  return copy;
}

config::Address BoundAddress(const FileDescriptor& socket,
                             const config::Address& wanted) {
  config::Address bound = wanted;
  sockaddr_storage name = {};
  socklen_t size = sizeof(name);
  if (wanted.is_unix() ||
      getsockname(socket.get(), reinterpret_cast<sockaddr*>(&name), &size) !=
          0) {
    return bound;
  }
  bound.port = name.ss_family == AF_INET6
                   ? ntohs(reinterpret_cast<sockaddr_in6*>(&name)->sin6_port)
                   : ntohs(reinterpret_cast<sockaddr_in*>(&name)->sin_port);
  return bound;
}

}  // namespace headgate::proxy
