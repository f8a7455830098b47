// The service behind the proxies: answers every request with the same bytes.
//
// usage: bench_upstream PORT ANSWER_FILE [CERTIFICATE KEY]
#include <memory>
#include <string>

#include "tests/bench/net.h"
#include "tests/bench/stream.h"

namespace headgate::bench {
namespace {

struct Connection {
  Stream stream;
  std::string received;
};

// False once the connection is over.
bool Serve(Connection* connection, std::string_view answer) {
  if (!connection->stream.ready()) return connection->stream.Advance();
  char buffer[16 * 1024];
  const ssize_t got = connection->stream.Read(buffer, sizeof buffer);
  if (got <= 0) return got < 0;
  connection->received.append(buffer, static_cast<size_t>(got));
  while (const size_t size = MessageSize(connection->received)) {
    connection->received.erase(0, size);
    if (!connection->stream.Write(answer)) return false;
  }
  return true;
}

[[noreturn]] void Run(int port, const std::string& answer, SSL_CTX* tls) {
  const int listening_fd = Listen(port);
  Poller poller;
  poller.Add(listening_fd, nullptr);
  for (;;) {
    const int events = poller.Wait();
    for (int i = 0; i < events; ++i) {
      auto* connection = static_cast<Connection*>(poller.owner(i));
      if (connection == nullptr) {
        auto accepted = std::make_unique<Connection>();
        accepted->stream = Stream(Accept(listening_fd), tls);
        poller.Add(accepted->stream.fd(), accepted.get());
        accepted.release();  // freed when its socket ends
      } else if (!Serve(connection, answer)) {
        const std::unique_ptr<Connection> last_owner(connection);
      }
    }
  }
}

int Main(int argc, char** argv) {
  if (argc != 3 && argc != 5) {
    std::fputs("usage: bench_upstream PORT ANSWER_FILE [CERTIFICATE KEY]\n",
               stderr);
    return 64;
  }
  TlsContext tls;
  if (argc == 5) tls = ServerTlsContext(argv[3], argv[4]);
  Run(std::atoi(argv[1]), ReadFile(argv[2]), tls.get());
}

}  // namespace
}  // namespace headgate::bench

int main(int argc, char** argv) { return headgate::bench::Main(argc, argv); }
