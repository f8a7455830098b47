#include "tests/support/raw_client.h"

#include <algorithm>

namespace headgate::test {

RawClient::RawClient(const std::string& address, Deadline deadline)
    : stream_(std::make_unique<Stream>(Stream::Connect(address, deadline))),
      reader_(std::make_unique<MessageReader>(stream_.get())),
      connected_(stream_->open()) {}

RawClient::RawClient(const std::string& address, const TlsClientOptions& tls,
                     Deadline deadline)
    : RawClient(address, deadline) {
  if (!connected_) return;
  const SslContext context = MakeClientContext(tls);
  connected_ =
      context != nullptr &&
      stream_->StartTlsClient(context.get(), tls.server_name, deadline);
}

bool RawClient::Send(std::string_view bytes, Deadline deadline) {
  return stream_->Write(bytes, deadline);
}

bool RawClient::SendSplit(std::string_view bytes, size_t piece_bytes) {
  while (!bytes.empty()) {
    if (!Send(bytes.substr(0, piece_bytes))) return false;
    bytes.remove_prefix(std::min(piece_bytes, bytes.size()));
  }
  return true;
}

size_t RawClient::Drip(std::string_view bytes,
                       std::chrono::milliseconds interval) {
  size_t sent = 0;
  while (sent < bytes.size() && Send(bytes.substr(sent, 1))) {
    ++sent;
    if (stream_->WaitReadable(interval)) break;
  }
  return sent;
}

Message RawClient::ReadAnswer(std::string_view method, Deadline deadline) {
  return reader_->ReadAnswer(method, deadline);
}

Message RawClient::Call(std::string_view request, std::string_view method) {
  Send(request);  // if it fails, an answer may have come all the same
  return ReadAnswer(method);
}

ReadEnd RawClient::ReadUntilClosed(std::string* bytes, Deadline deadline) {
  *bytes += reader_->TakeBuffered();
  ReadEnd end;
  do {
    end = stream_->Read(bytes, deadline);
  } while (end == ReadEnd::kData);
  return end;
}

bool RawClient::WaitClosed(Deadline deadline) {
  std::string bytes;
  const ReadEnd end = ReadUntilClosed(&bytes, deadline);
  return bytes.empty() && (end == ReadEnd::kClosed || end == ReadEnd::kReset);
}

bool RawClient::StaysSilent(std::chrono::milliseconds for_time) {
  return reader_->buffered().empty() && !stream_->WaitReadable(for_time);
}

}  // namespace headgate::test
