// The service behind the proxies: answers every request with the same bytes.
//
// usage: bench_upstream PORT ANSWER_FILE [CERTIFICATE KEY]
#include <memory>
#include <string>
#include <utility>

#include "tests/bench/net.h"
#include "tests/bench/stream.h"

namespace headgate::bench {
namespace {

class Connection {
 public:
  Connection(Stream stream, const std::string* answer)
      : stream_(std::move(stream)), answer_(*answer) {}

  int fd() const { return stream_.fd(); }

  bool Serve() {
    if (!stream_.ready()) return stream_.Advance();
    char buffer[16 * 1024];
    const ssize_t got = stream_.Read(buffer, sizeof buffer);
    if (got <= 0) return got < 0;
    received_.append(buffer, static_cast<size_t>(got));
    while (const size_t size = MessageSize(received_)) {
      received_.erase(0, size);
      if (!stream_.Write(answer_)) return false;
    }
    return true;
  }

 private:
  Stream stream_;
  const std::string& answer_;
  std::string received_;
};

int Main(int argc, char** argv) {
  if (argc != 3 && argc != 5) {
    std::fputs("usage: bench_upstream PORT ANSWER_FILE [CERTIFICATE KEY]\n",
               stderr);
    return 64;
  }
  TlsContext tls;
  if (argc == 5) tls = ServerTlsContext(argv[3], argv[4]);
  const std::string answer = ReadFile(argv[2]);
  ServeAll<Connection>(std::atoi(argv[1]), [&](int fd) {
    return std::make_unique<Connection>(Stream(fd, tls.get()), &answer);
  });
}

}  // namespace
}  // namespace headgate::bench

int main(int argc, char** argv) { return headgate::bench::Main(argc, argv); }
