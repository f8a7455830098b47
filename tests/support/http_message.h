// HTTP/1.1 messages as tests read them: strictly, and with every byte kept. It
// shares no code with the proxy, so that a mistake there cannot hide here.
//
//   MessageReader reader(&stream);
//   Message answer = reader.ReadAnswer("GET");
//   EXPECT_EQ(answer.status, 200) << answer;
//
// Anything that RFC 9112 forbids (a bare LF, two Content-Lengths, a bad chunk
// size, an end in the middle) ends the message with `error` set.
//
// Belongs to one thread.
#ifndef HEADGATE_TESTS_SUPPORT_HTTP_MESSAGE_H_
#define HEADGATE_TESTS_SUPPORT_HTTP_MESSAGE_H_

#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/deadline.h"
#include "tests/support/stream.h"

namespace headgate::test {

struct Message {
  std::string start_line;      // without CRLF
  std::string method, target;  // of a request
  int status = 0;              // of an answer; 0 if none came
  std::vector<std::pair<std::string, std::string>> headers;  // as they came
  std::vector<std::pair<std::string, std::string>> trailers;
  std::string body;     // chunks joined
  std::string wire;     // every byte of the message
  std::string error;    // "" for a whole and valid message
  bool closed = false;  // the body was ended by the connection's end

  bool ok() const { return error.empty(); }
  // The first field of that name in any case, or "".
  std::string_view Header(std::string_view name) const;
  size_t CountHeaders(std::string_view name) const;
  bool HasHeader(std::string_view name) const { return CountHeaders(name) > 0; }
};

std::ostream& operator<<(std::ostream& out, const Message& message);

class MessageReader {
 public:
  explicit MessageReader(Stream* stream) : stream_(stream) {}

  // The next answer, a 1xx one too. `method` is the request's: the answer to
  // HEAD has no body.
  Message ReadAnswer(std::string_view method, Deadline deadline = {});
  // Head and body of the next request, or the head only; ReadBody goes on.
  Message ReadRequest(Deadline deadline = {});
  Message ReadRequestHead(Deadline deadline = {});
  void ReadBody(Message* message, Deadline deadline = {});

  // What came after the last message.
  const std::string& buffered() const { return buffer_; }
  std::string TakeBuffered() { return std::exchange(buffer_, {}); }
  // Told of each piece of bytes as it comes.
  void OnBytes(std::function<void(std::string_view)> observer) {
    observer_ = std::move(observer);
  }

 private:
  // Reads more; false with message->error set if there is no more.
  bool Fill(Message* message, Deadline deadline);
  // Moves `size` bytes from the buffer to message->wire, and returns them.
  std::string Take(size_t size, Message* message);
  bool TakeLine(std::string* line, Message* message, Deadline deadline);
  bool TakeFields(std::vector<std::pair<std::string, std::string>>* fields,
                  Message* message, Deadline deadline);
  bool ReadHead(Message* message, Deadline deadline);
  void ReadLength(std::string_view digits, Message* message, Deadline deadline);
  void ReadChunks(Message* message, Deadline deadline);
  void ReadToEnd(Message* message, Deadline deadline);

  Stream* stream_;
  std::string buffer_;
  std::function<void(std::string_view)> observer_;
};

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_SUPPORT_HTTP_MESSAGE_H_
