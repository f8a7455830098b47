#include "tests/support/h2_frame_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/strings.h"

namespace headgate::test {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr size_t kFrameHeadBytes = 9;

SslContext MakeContext(TlsServerOptions tls) {
  tls.alpn = {"h2"};
  return MakeServerContext(tls);
}

}  // namespace

H2FrameServer::H2FrameServer(TlsServerOptions tls, Handler handler)
    : handler_(std::move(handler)),
      context_(MakeContext(std::move(tls))),
      listening_fd_(ListenOn("127.0.0.1:0")),
      address_(LocalAddress(listening_fd_)),
      thread_([this] {
        for (int fd; (fd = accept(listening_fd_, nullptr, nullptr)) >= 0;) {
          Serve(fd);
        }
      }) {}

H2FrameServer::~H2FrameServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (connection_fd_ >= 0) shutdown(connection_fd_, SHUT_RDWR);
  }
  shutdown(listening_fd_, SHUT_RDWR);
  thread_.join();
  close(listening_fd_);
}

std::string H2FrameServer::url() const {
  return StrCat("https://localhost:", PortOf(address_));
}

std::vector<H2FrameServer::Received> H2FrameServer::frames() const {
  const std::lock_guard lock(mutex_);
  return frames_;
}

size_t H2FrameServer::pongs() const {
  const std::lock_guard lock(mutex_);
  return std::ranges::count_if(frames_, [](const Received& frame) {
    return frame.type == kPingFrame && (frame.flags & kAck) != 0;
  });
}

std::string H2FrameServer::BodyOf(uint32_t stream) const {
  std::string body;
  for (const Received& frame : frames()) {
    if (frame.type == kDataFrame && frame.stream == stream) {
      body += frame.payload;
    }
  }
  return body;
}

bool H2FrameServer::HasEnded(uint32_t stream) const {
  return std::ranges::any_of(frames(), [&](const Received& frame) {
    return frame.ends_request() && frame.stream == stream;
  });
}

void H2FrameServer::Serve(int fd) {
  Stream stream(fd);
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    connection_fd_ = fd;
  }
  if (stream.StartTlsServer(context_.get())) {
    stream.Write(Frame(kSettingsFrame, 0, 0, ""));
    std::string in;
    size_t at = kPreface.size();
    while (stream.Read(&in) == ReadEnd::kData &&
           AnswerFrames(in, &at, &stream)) {
    }
  }
  const std::lock_guard lock(mutex_);
  connection_fd_ = -1;
}

bool H2FrameServer::AnswerFrames(const std::string& in, size_t* at,
                                 Stream* stream) {
  while (in.size() >= *at + kFrameHeadBytes) {
    const auto byte = [&](size_t i) {
      return static_cast<uint8_t>(in[*at + i]);
    };
    const size_t size = byte(0) << 16 | byte(1) << 8 | byte(2);
    if (in.size() < *at + kFrameHeadBytes + size) break;
    Received frame;
    frame.type = byte(3);
    frame.flags = byte(4);
    frame.stream = byte(5) << 24 | byte(6) << 16 | byte(7) << 8 | byte(8);
    frame.payload = in.substr(*at + kFrameHeadBytes, size);
    *at += kFrameHeadBytes + size;
    if (frame.type == kSettingsFrame && frame.flags == 0) {
      stream->Write(Frame(kSettingsFrame, kAck, 0, ""));
    }
    const std::optional<std::string> answer = handler_(frame);
    {
      const std::lock_guard lock(mutex_);
      frames_.push_back(std::move(frame));
    }
    if (!answer.has_value()) return false;
    if (!answer->empty()) stream->Write(*answer);
  }
  return true;
}

}  // namespace headgate::test
