#include "tests/support/http_message.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>

#include "base/strings.h"

namespace headgate::test {
namespace {

// A head longer than this is a mistake of the program under test.
constexpr size_t kLineBytesMax = 4 * 1024 * 1024;

bool IsToken(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return isalnum(static_cast<unsigned char>(c)) ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool IsFieldValue(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= ' ' && byte != 0x7f);
  });
}

bool ParseNumber(std::string_view text, int base, uint64_t* out) {
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, *out, base);
  return !text.empty() && result.ec == std::errc() && result.ptr == end;
}

// "HTTP/1.1 200 OK"; the reason may be empty, its space may not be missing.
bool ParseStatusLine(Message* message) {
  const std::string_view line = message->start_line;
  uint64_t status = 0;
  if ((!line.starts_with("HTTP/1.1 ") && !line.starts_with("HTTP/1.0 ")) ||
      line.size() < 13 || line[12] != ' ' ||
      !ParseNumber(line.substr(9, 3), 10, &status) || status < 100) {
    return false;
  }
  message->status = static_cast<int>(status);
  return IsFieldValue(line.substr(13));
}

bool ParseRequestLine(Message* message) {
  const std::vector<std::string_view> words = Split(message->start_line, ' ');
  if (words.size() != 3 || !IsToken(words[0]) || words[1].empty() ||
      (words[2] != "HTTP/1.1" && words[2] != "HTTP/1.0")) {
    return false;
  }
  message->method = words[0];
  message->target = words[1];
  return true;
}

}  // namespace

std::string_view Message::Header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (EqualsIgnoreCase(key, name)) return value;
  }
  return "";
}

size_t Message::CountHeaders(std::string_view name) const {
  return static_cast<size_t>(std::count_if(
      headers.begin(), headers.end(),
      [&](const auto& field) { return EqualsIgnoreCase(field.first, name); }));
}

std::ostream& operator<<(std::ostream& out, const Message& message) {
  if (!message.ok()) out << "[" << message.error << "] ";
  return out << message.wire;
}

Message MessageReader::ReadAnswer(std::string_view method, Deadline deadline) {
  Message answer;
  if (!ReadHead(&answer, deadline)) return answer;
  if (!ParseStatusLine(&answer)) {
    answer.status = 0;
    answer.error = "not a status line: " + answer.start_line;
    return answer;
  }
  const bool bodiless = method == "HEAD" || answer.status < 200 ||
                        answer.status == 204 || answer.status == 304;
  if (bodiless) return answer;
  ReadBody(&answer, deadline);
  return answer;
}

Message MessageReader::ReadRequest(Deadline deadline) {
  Message request = ReadRequestHead(deadline);
  if (request.ok()) ReadBody(&request, deadline);
  return request;
}

Message MessageReader::ReadRequestHead(Deadline deadline) {
  Message request;
  if (ReadHead(&request, deadline) && !ParseRequestLine(&request)) {
    request.error = "not a request line: " + request.start_line;
  }
  return request;
}

// RFC 9112 6.3.
void MessageReader::ReadBody(Message* message, Deadline deadline) {
  const size_t lengths = message->CountHeaders("Content-Length");
  const size_t codings = message->CountHeaders("Transfer-Encoding");
  if (lengths + codings > 1) {
    message->error = "more than one length";
  } else if (codings == 1) {
    ReadChunks(message, deadline);
  } else if (lengths == 1) {
    ReadLength(message->Header("Content-Length"), message, deadline);
  } else if (message->method.empty()) {
    ReadToEnd(message, deadline);
  }
}

bool MessageReader::Fill(Message* message, Deadline deadline) {
  const size_t before = buffer_.size();
  const ReadEnd end = stream_->Read(&buffer_, deadline);
  if (end == ReadEnd::kData) {
    if (observer_) observer_(std::string_view(buffer_).substr(before));
    return true;
  }
  message->wire += std::exchange(buffer_, {});
  message->error = end == ReadEnd::kClosed  ? "closed"
                   : end == ReadEnd::kReset ? "reset"
                                            : "nothing came in time";
  if (!message->wire.empty()) message->error += " in the middle";
  return false;
}

std::string MessageReader::Take(size_t size, Message* message) {
  std::string taken = buffer_.substr(0, size);
  buffer_.erase(0, size);
  message->wire += taken;
  return taken;
}

bool MessageReader::TakeLine(std::string* line, Message* message,
                             Deadline deadline) {
  size_t end;
  while ((end = buffer_.find('\n')) == std::string::npos) {
    if (buffer_.size() > kLineBytesMax) {
      message->error = "a line without an end";
      return false;
    }
    if (!Fill(message, deadline)) return false;
  }
  *line = Take(end + 1, message);
  if (!line->ends_with("\r\n") || line->find('\r') != line->size() - 2) {
    message->error = "a line that does not end in CRLF: " + *line;
    return false;
  }
  line->resize(line->size() - 2);
  return true;
}

bool MessageReader::TakeFields(
    std::vector<std::pair<std::string, std::string>>* fields, Message* message,
    Deadline deadline) {
  std::string line;
  for (;;) {
    if (!TakeLine(&line, message, deadline)) return false;
    if (line.empty()) return true;
    const size_t colon = line.find(':');
    const std::string_view text = line;
    if (colon == std::string::npos || !IsToken(text.substr(0, colon)) ||
        !IsFieldValue(text.substr(colon + 1))) {
      message->error = "not a field: " + line;
      return false;
    }
    fields->emplace_back(text.substr(0, colon),
                         TrimOws(text.substr(colon + 1)));
  }
}

bool MessageReader::ReadHead(Message* message, Deadline deadline) {
  return TakeLine(&message->start_line, message, deadline) &&
         TakeFields(&message->headers, message, deadline);
}

void MessageReader::ReadLength(std::string_view digits, Message* message,
                               Deadline deadline) {
  uint64_t length = 0;
  if (!ParseNumber(digits, 10, &length)) {
    message->error = StrCat("not a length: ", digits);
    return;
  }
  while (message->body.size() < length) {
    if (buffer_.empty() && !Fill(message, deadline)) return;
    message->body +=
        Take(std::min<uint64_t>(buffer_.size(), length - message->body.size()),
             message);
  }
}

void MessageReader::ReadChunks(Message* message, Deadline deadline) {
  if (message->Header("Transfer-Encoding") != "chunked") {
    message->error = "an unknown transfer coding";
    return;
  }
  std::string line;
  for (;;) {
    uint64_t size = 0;
    if (!TakeLine(&line, message, deadline)) return;
    if (!ParseNumber(line, 16, &size)) {
      message->error = "not a chunk size: " + line;
      return;
    }
    if (size == 0) break;
    while (buffer_.size() < size + 2) {
      if (!Fill(message, deadline)) return;
    }
    const std::string chunk = Take(size + 2, message);
    if (!chunk.ends_with("\r\n")) {
      message->error = "a chunk that does not end in CRLF";
      return;
    }
    message->body.append(chunk, 0, size);
  }
  TakeFields(&message->trailers, message, deadline);
}

void MessageReader::ReadToEnd(Message* message, Deadline deadline) {
  ReadEnd end;
  do {
    end = stream_->Read(&buffer_, deadline);
  } while (end == ReadEnd::kData);
  message->body = Take(buffer_.size(), message);
  message->closed = end == ReadEnd::kClosed;
  if (!message->closed) message->error = "no end to a body without a length";
}

}  // namespace headgate::test
