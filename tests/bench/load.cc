// The load: a fixed number of requests over kept connections, each with one
// request on its way at a time. REQUEST_FILE holds whole requests one behind
// the other, which are sent in turn. Prints one line of JSON:
//
//   {"requests":40000,"seconds":1.52,"statuses":{"200":40000},
//    "reconnects":0,"latency_us":{"p50":..,"p99":..}}
//
// usage: bench_load PORT REQUEST_FILE REQUESTS CONNECTIONS
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/net.h"

namespace headgate::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int fd = -1;
  const std::string* request = nullptr;  // what is on its way
  std::string received;
  Clock::time_point sent_at;
};

class Load {
 public:
  Load(int port, std::vector<std::string> kinds, size_t requests)
      : port_(port), kinds_(std::move(kinds)), requests_(requests) {
    latencies_us_.reserve(requests);
  }

  void Run(size_t connections) {
    const Clock::time_point start = Clock::now();
    connections_.resize(connections);
    for (Connection& connection : connections_) {
      Open(&connection);
      SendNext(&connection);
    }
    while (latencies_us_.size() < requests_) {
      const int events = poller_.Wait(kSilenceMsMax);
      if (events == 0) {
        errno = ETIMEDOUT;
        Fail("no answer comes");
      }
      for (int i = 0; i < events; ++i) {
        Receive(static_cast<Connection*>(poller_.owner(i)));
      }
    }
    Print(std::chrono::duration<double>(Clock::now() - start).count());
  }

 private:
  static constexpr int kSilenceMsMax = 10'000;

  void Open(Connection* connection) {
    connection->fd = Connect(port_);
    connection->received.clear();
    poller_.Add(connection->fd, connection);
  }

  void SendNext(Connection* connection) {
    if (sent_ >= requests_) return;
    connection->request = &kinds_[sent_++ % kinds_.size()];
    connection->sent_at = Clock::now();
    if (!SendAll(connection->fd, *connection->request)) Reopen(connection);
  }

  // The peer closed: what was on its way is sent again.
  void Reopen(Connection* connection) {
    ++reconnects_;
    close(connection->fd);
    Open(connection);
    if (!SendAll(connection->fd, *connection->request)) Fail("send");
  }

  void Receive(Connection* connection) {
    char buffer[64 * 1024];
    const ssize_t got = recv(connection->fd, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return Reopen(connection);
    connection->received.append(buffer, static_cast<size_t>(got));
    if (MessageSize(connection->received) == 0) return;
    ++statuses_[connection->received.substr(9, 3)];
    connection->received.clear();
    latencies_us_.push_back(std::chrono::duration<double, std::micro>(
                                Clock::now() - connection->sent_at)
                                .count());
    SendNext(connection);
  }

  double Percentile(double share) {
    const auto at = static_cast<size_t>(
        share * static_cast<double>(latencies_us_.size() - 1));
    std::nth_element(latencies_us_.begin(),
                     latencies_us_.begin() + static_cast<long>(at),
                     latencies_us_.end());
    return latencies_us_[at];
  }

  void Print(double seconds) {
    std::printf("{\"requests\":%zu,\"seconds\":%.6f,\"statuses\":{",
                latencies_us_.size(), seconds);
    const char* separator = "";
    for (const auto& [status, count] : statuses_) {
      std::printf("%s\"%s\":%zu", separator, status.c_str(), count);
      separator = ",";
    }
    std::printf(
        "},\"reconnects\":%zu,\"latency_us\":{\"p50\":%.1f,\"p99\":%.1f}}\n",
        reconnects_, Percentile(0.5), Percentile(0.99));
  }

  const int port_;
  const std::vector<std::string> kinds_;
  const size_t requests_;
  size_t sent_ = 0;
  size_t reconnects_ = 0;
  Poller poller_;
  std::vector<Connection> connections_;
  std::vector<double> latencies_us_;
  std::map<std::string, size_t> statuses_;
};

std::vector<std::string> SplitRequests(std::string_view bytes) {
  std::vector<std::string> requests;
  while (const size_t size = MessageSize(bytes)) {
    requests.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  if (requests.empty() || !bytes.empty()) Fail("not whole requests");
  return requests;
}

}  // namespace
}  // namespace headgate::bench

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: bench_load PORT REQUEST_FILE REQUESTS CONNECTIONS\n",
               stderr);
    return 64;
  }
  const std::string requests = headgate::bench::ReadFile(argv[2]);
  headgate::bench::Load load(std::atoi(argv[1]),
                             headgate::bench::SplitRequests(requests),
                             std::strtoull(argv[3], nullptr, 10));
  load.Run(std::strtoull(argv[4], nullptr, 10));
}
