// The load: a fixed number of requests, one on its way at a time on each
// connection. REQUEST_FILE holds whole requests one behind the other, which are
// sent in turn.
//
// Closed loop: the answer to one request sends the next one. Open loop (rate=):
// requests are due at fixed times, whether the answers come or not; one that
// finds no free connection waits, and its latency counts from the time at which
// it was due, so that a slow answer is not hidden by the requests that it kept
// from being sent (no coordinated omission, as in wrk2).
//
// Opens its connections, prints "ready" and waits for a line, so that whoever
// measures leaves the opening out. Prints one line of JSON, and keeps the
// connections open until its standard input ends:
//
//   {"requests":40000,"seconds":1.52,"statuses":{"200":40000},
//    "reconnects":0,"latency_us":{"p50":..,"p99":..}}
//
// usage: bench_load PORT[,PORT...] REQUEST_FILE REQUESTS CONNECTIONS [WORD...]
// Of several ports, each connection takes the next one.
//   tls       the proxy speaks TLS
//   new       a new connection for each request; the proxy closes it
//   rate=N    open loop, N requests per second
#include <sys/prctl.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/latencies.h"
#include "tests/bench/net.h"
#include "tests/bench/stream.h"

namespace headgate::bench {
namespace {

using Clock = std::chrono::steady_clock;

// The command line.
struct Options {
  std::vector<int> ports;
  std::vector<std::string> kinds;  // the requests, sent in turn
  size_t requests = 0, connections = 0;
  TlsContext tls;  // null: plain
  bool new_connections = false;
  std::chrono::nanoseconds spacing{0};  // 0: closed loop
};

struct Connection {
  int port = 0;
  Stream stream;
  const std::string* request = nullptr;  // what is on its way
  std::string received;
  bool answered = false;  // and only the proxy's end is still to come
  Clock::time_point due;
};

class Load {
 public:
  explicit Load(Options options)
      : options_(std::move(options)),
        connections_(options_.connections),
        latencies_(options_.requests) {
    for (Connection& connection : connections_) {
      connection.port = options_.ports[free_.size() % options_.ports.size()];
      free_.push_back(&connection);
    }
  }

  void Open() {
    if (options_.new_connections) return;
    for (Connection& connection : connections_) Open(&connection);
    while (opening_ > 0) Turn(kSilenceMax);
  }

  void Run() {
    start_ = Clock::now();
    running_ = true;
    SendWhatIsDue();
    while (latencies_.size() < options_.requests) {
      Turn(TimeToNext());
      SendWhatIsDue();
    }
    Print(std::chrono::duration<double>(Clock::now() - start_).count());
  }

 private:
  static constexpr std::chrono::seconds kSilenceMax{10};

  void Turn(std::chrono::nanoseconds time_max) {
    const int events = poller_.Wait(time_max);
    if (events == 0 && time_max == kSilenceMax) {
      errno = ETIMEDOUT;
      Fail("no answer comes");
    }
    for (int i = 0; i < events; ++i) {
      Receive(static_cast<Connection*>(poller_.owner(i)));
      SendWhatIsDue();
    }
  }

  bool closed_loop() const { return options_.spacing.count() == 0; }
  bool MoreToSend() const {
    return !free_.empty() && sent_ < options_.requests;
  }
  Clock::time_point NextDue() const {
    return start_ + options_.spacing * static_cast<int64_t>(sent_);
  }
  std::chrono::nanoseconds TimeToNext() const {
    if (closed_loop() || !MoreToSend()) return kSilenceMax;
    return std::max(NextDue() - Clock::now(), std::chrono::nanoseconds(0));
  }

  void SendWhatIsDue() {
    if (!running_) return;
    while (MoreToSend()) {
      const Clock::time_point now = Clock::now();
      if (!closed_loop() && NextDue() > now) return;
      Connection* connection = free_.front();
      free_.pop_front();
      connection->due = closed_loop() ? now : NextDue();
      connection->request = &options_.kinds[sent_++ % options_.kinds.size()];
      Send(connection);
    }
  }

  void Open(Connection* connection) {
    connection->stream = Stream(Connect(connection->port), options_.tls.get());
    connection->received.clear();
    connection->answered = false;
    poller_.Add(connection->stream.fd(), connection);
    if (!connection->stream.ready()) ++opening_;
    ContinueHandshake(connection);
  }

  void ContinueHandshake(Connection* connection) {
    if (connection->stream.ready()) return;
    if (!connection->stream.Advance()) FailTls("handshake");
    if (connection->stream.ready()) --opening_;
  }

  void Send(Connection* connection) {
    if (options_.new_connections) Open(connection);
    if (!connection->stream.ready()) return;  // then Receive sends it
    if (!connection->stream.Write(*connection->request)) Reopen(connection);
  }

  // The peer closed: what was on its way is sent again.
  void Reopen(Connection* connection) {
    ++reconnects_;
    Open(connection);
    SendAfterOpening(connection);
  }

  void Receive(Connection* connection) {
    if (!connection->stream.ready()) return Handshake(connection);
    char buffer[64 * 1024];
    const ssize_t got = connection->stream.Read(buffer, sizeof buffer);
    if (got < 0) return;
    if (got == 0) return Closed(connection);
    connection->received.append(buffer, static_cast<size_t>(got));
    if (MessageSize(connection->received) == 0) return;
    connection->answered = true;
    if (!options_.new_connections) Finish(connection);
  }

  void Handshake(Connection* connection) {
    ContinueHandshake(connection);
    SendAfterOpening(connection);
  }

  void SendAfterOpening(Connection* connection) {
    if (!connection->stream.ready() || connection->request == nullptr) return;
    if (!connection->stream.Write(*connection->request)) Fail("send");
  }

  void Closed(Connection* connection) {
    if (!connection->answered) return Reopen(connection);
    connection->stream = Stream();
    Finish(connection);
  }

  void Finish(Connection* connection) {
    ++statuses_[connection->received.substr(9, 3)];
    connection->received.clear();
    connection->answered = false;
    connection->request = nullptr;
    latencies_.Add(Clock::now() - connection->due);
    free_.push_back(connection);
  }

  void Print(double seconds) {
    std::printf("{\"requests\":%zu,\"seconds\":%.6f,\"statuses\":{",
                latencies_.size(), seconds);
    const char* separator = "";
    for (const auto& [status, count] : statuses_) {
      std::printf("%s\"%s\":%zu", separator, status.c_str(), count);
      separator = ",";
    }
    std::printf("},\"reconnects\":%zu,\"latency_us\":", reconnects_);
    latencies_.Print();
    std::puts("}");
    std::fflush(stdout);
  }

  const Options options_;
  Poller poller_;
  std::vector<Connection> connections_;
  std::deque<Connection*> free_;
  Clock::time_point start_;
  bool running_ = false;
  size_t opening_ = 0;  // connections whose handshake is not over
  size_t sent_ = 0;
  size_t reconnects_ = 0;
  Latencies latencies_;
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

std::vector<int> SplitPorts(const char* text) {
  std::vector<int> ports{std::atoi(text)};
  while ((text = std::strchr(text, ',')) != nullptr) {
    ports.push_back(std::atoi(++text));
  }
  return ports;
}

// False if the word is none that it knows.
bool ReadWord(std::string_view word, Options* options) {
  constexpr std::string_view kRate = "rate=";
  if (word == "tls") {
    options->tls = NewTlsContext(TLS_client_method());
  } else if (word == "new") {
    options->new_connections = true;
  } else if (word.substr(0, kRate.size()) == kRate) {
    const double rate = std::atof(word.data() + kRate.size());
    options->spacing = std::chrono::nanoseconds(std::llround(1e9 / rate));
  } else {
    return false;
  }
  return true;
}

// False if the command line is wrong.
bool ReadOptions(int argc, char** argv, Options* options) {
  if (argc < 5) return false;
  options->ports = SplitPorts(argv[1]);
  options->kinds = SplitRequests(ReadFile(argv[2]));
  options->requests = std::strtoull(argv[3], nullptr, 10);
  options->connections = std::strtoull(argv[4], nullptr, 10);
  return std::all_of(argv + 5, argv + argc, [options](const char* word) {
    return ReadWord(word, options);
  });
}

int Main(int argc, char** argv) {
  Options options;
  if (!ReadOptions(argc, argv, &options)) {
    std::fputs(
        "usage: bench_load PORT[,PORT...] REQUEST_FILE REQUESTS CONNECTIONS"
        " [tls] [new] [rate=N]\n",
        stderr);
    return 64;
  }
  prctl(PR_SET_TIMERSLACK, 1);  // else an open loop is 50 us late
  Load load(std::move(options));
  load.Open();
  std::puts("ready");
  std::fflush(stdout);
  std::getchar();
  load.Run();
  while (std::getchar() != EOF) {
  }
  return 0;
}

}  // namespace
}  // namespace headgate::bench

int main(int argc, char** argv) { return headgate::bench::Main(argc, argv); }
