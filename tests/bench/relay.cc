// The floor: a raw 1:1 TCP relay. It reads nothing of what it passes on, and
// costs four socket calls for each request and its answer, which is what any
// proxy must spend.
//
// usage: bench_relay PORT UPSTREAM_PORT
#include <memory>

#include "tests/bench/net.h"

namespace headgate::bench {
namespace {

struct Pair;

// One end; what comes from it goes to the other.
struct End {
  int fd = -1;
  End* other = nullptr;
  Pair* pair = nullptr;
};

struct Pair {
  End client, upstream;
  bool closed = false;
};

void Close(Pair* pair) {
  if (pair->closed) return;
  pair->closed = true;
  close(pair->client.fd);
  close(pair->upstream.fd);
  // The pair itself stays: an event of its other end may be in this turn.
}

void PassOn(End* end) {
  if (end->pair->closed) return;
  char buffer[16 * 1024];
  const ssize_t got = recv(end->fd, buffer, sizeof buffer, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0 ||
      !SendAll(end->other->fd, {buffer, static_cast<size_t>(got)})) {
    Close(end->pair);
  }
}

void OpenPair(int client_fd, int upstream_port, Poller* poller) {
  auto pair = std::make_unique<Pair>();
  pair->client = {client_fd, &pair->upstream, pair.get()};
  pair->upstream = {Connect(upstream_port), &pair->client, pair.get()};
  poller->Add(pair->client.fd, &pair->client);
  poller->Add(pair->upstream.fd, &pair->upstream);
  pair.release();  // the process is short-lived, and pairs are few
}

[[noreturn]] void Run(int port, int upstream_port) {
  ListenAndPoll(
      port,
      [upstream_port](int client_fd, Poller* poller) {
        OpenPair(client_fd, upstream_port, poller);
      },
      [](void* end) { PassOn(static_cast<End*>(end)); });
}

}  // namespace
}  // namespace headgate::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: bench_relay PORT UPSTREAM_PORT\n", stderr);
    return 64;
  }
  headgate::bench::Run(std::atoi(argv[1]), std::atoi(argv[2]));
}
