// The service behind the proxies: answers every request with the same bytes.
//
// usage: bench_upstream PORT ANSWER_FILE
#include <memory>
#include <string>

#include "tests/bench/net.h"

namespace headgate::bench {
namespace {

struct Connection {
  int fd;
  std::string received;
};

// False once the connection is over.
bool Serve(Connection* connection, std::string_view answer) {
  char buffer[16 * 1024];
  const ssize_t got = recv(connection->fd, buffer, sizeof buffer, 0);
  if (got <= 0) return got < 0 && errno == EAGAIN;
  connection->received.append(buffer, static_cast<size_t>(got));
  while (const size_t size = MessageSize(connection->received)) {
    connection->received.erase(0, size);
    if (!SendAll(connection->fd, answer)) return false;
  }
  return true;
}

[[noreturn]] void Run(int port, const std::string& answer) {
  const int listening_fd = Listen(port);
  Poller poller;
  poller.Add(listening_fd, nullptr);
  for (;;) {
    const int events = poller.Wait();
    for (int i = 0; i < events; ++i) {
      auto* connection = static_cast<Connection*>(poller.owner(i));
      if (connection == nullptr) {
        auto accepted = std::make_unique<Connection>();
        accepted->fd = Accept(listening_fd);
        poller.Add(accepted->fd, accepted.get());
        accepted.release();  // freed when its socket ends
      } else if (!Serve(connection, answer)) {
        close(connection->fd);
        const std::unique_ptr<Connection> last_owner(connection);
      }
    }
  }
}

}  // namespace
}  // namespace headgate::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: bench_upstream PORT ANSWER_FILE\n", stderr);
    return 64;
  }
  headgate::bench::Run(std::atoi(argv[1]), headgate::bench::ReadFile(argv[2]));
}
