// The service behind the proxies over HTTP/2 in clear text (with prior
// knowledge): answers every request with the same bytes, and all requests that
// came together in one write.
//
// usage: bench_upstream_h2c PORT ANSWER_FILE
//
// The file holds the answer as HTTP/1.1 has it. Just as much of HTTP/2 as a
// peer that keeps to it needs (RFC 9113): what the requests say is not read.
#include <cctype>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tests/bench/net.h"

namespace headgate::bench {
namespace {

constexpr size_t kPrefaceBytes = 24;
constexpr size_t kHeaderBytes = 9;
enum Type : char { kData = 0, kHeaders = 1, kSettings = 4, kPing = 6 };
constexpr char kWindowUpdate = 8;
constexpr char kEndStream = 1, kAck = 1, kEndHeaders = 4;

std::string Number(size_t number, int bytes) {
  std::string text;
  while (bytes-- > 0) text += static_cast<char>(number >> (8 * bytes));
  return text;
}

std::string Frame(char type, char flags, std::string_view stream,
                  std::string_view payload) {
  std::string frame = Number(payload.size(), 3);
  frame += type;
  frame += flags;
  return frame.append(stream).append(payload);
}

// A text of HPACK, not compressed (RFC 7541 5.2).
std::string Text(std::string_view text) {
  if (text.size() > 126) Fail("a field is too long");
  return std::string(1, static_cast<char>(text.size())).append(text);
}

struct Answer {
  std::string block;  // of fields
  std::string body;
};

// Status 200 and the fields of `message`, none for HPACK's table.
Answer ReadAnswer(const std::string& message) {
  Answer answer;
  answer.block = '\x88';
  size_t at = message.find("\r\n") + 2;
  for (;;) {
    const size_t end = message.find("\r\n", at);
    if (end == at) break;
    const size_t colon = message.find(": ", at);
    std::string name = message.substr(at, colon - at);
    for (char& c : name) c = static_cast<char>(std::tolower(c));
    answer.block += '\0';
    answer.block += Text(name);
    answer.block += Text(message.substr(colon + 2, end - colon - 2));
    at = end + 2;
  }
  answer.body = message.substr(at + 2);
  return answer;
}

class Connection {
 public:
  Connection(int fd, const Answer* answer) : fd_(fd), answer_(*answer) {
    // 1000 streams at once.
    out_ = Frame(kSettings, 0, kWhole, Number(3, 2) + Number(1000, 4));
  }
  ~Connection() { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int fd() const { return fd_; }

  bool Serve() {
    char buffer[64 * 1024];
    const ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    in_.append(buffer, static_cast<size_t>(got));
    size_t at = 0;
    while (const size_t size = Take(std::string_view(in_).substr(at))) {
      at += size;
    }
    in_.erase(0, at);
    const bool sent = SendAll(fd_, out_);
    out_.clear();
    return sent;
  }

 private:
  static constexpr std::string_view kWhole{"\0\0\0\0", 4};

  // Bytes of the first frame; 0: it is not all there.
  size_t Take(std::string_view bytes) {
    if (bytes.size() < (greeted_ ? kHeaderBytes : kPrefaceBytes)) return 0;
    if (!std::exchange(greeted_, true)) return kPrefaceBytes;
    const auto byte = [bytes](size_t i) {
      return static_cast<unsigned char>(bytes[i]);
    };
    const size_t size = kHeaderBytes + (byte(0) << 16 | byte(1) << 8 | byte(2));
    if (bytes.size() < size) return 0;
    On(bytes[3], bytes[4], bytes.substr(5, 4),
       bytes.substr(kHeaderBytes, size - kHeaderBytes));
    return size;
  }

  void On(char type, char flags, std::string_view stream,
          std::string_view payload) {
    const bool asks = type == kSettings || type == kPing;
    if (asks && (flags & kAck) == 0) {
      out_ += Frame(type, kAck, kWhole, type == kPing ? payload : "");
    }
    if (type == kData && !payload.empty()) {
      const std::string more = Number(payload.size(), 4);
      out_ += Frame(kWindowUpdate, 0, kWhole, more);
    }
    const bool last = (flags & kEndStream) != 0;
    if (last && (type == kData || type == kHeaders)) Reply(stream);
  }

  void Reply(std::string_view stream) {
    // The first one says that HPACK's table is closed, as it was asked to.
    const std::string_view table = std::exchange(replied_, true) ? "" : "\x20";
    out_ += Frame(kHeaders, kEndHeaders, stream,
                  std::string(table).append(answer_.block));
    out_ += Frame(kData, kEndStream, stream, answer_.body);
  }

  int fd_;
  const Answer& answer_;
  std::string in_;
  std::string out_;
  bool greeted_ = false;  // its preface is read
  bool replied_ = false;
};

int Main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: bench_upstream_h2c PORT ANSWER_FILE\n", stderr);
    return 64;
  }
  const Answer answer = ReadAnswer(ReadFile(argv[2]));
  ServeAll<Connection>(std::atoi(argv[1]), [&answer](int fd) {
    return std::make_unique<Connection>(fd, &answer);
  });
}

}  // namespace
}  // namespace headgate::bench

int main(int argc, char** argv) { return headgate::bench::Main(argc, argv); }
