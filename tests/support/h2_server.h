// A service that speaks HTTP/2 in clear text and does what the test says, with
// nghttp2's server side, or frame by frame where the test wants what no server
// would send.
//
//   H2Server server;
//   server.Next(H2Reply::Text(200, "{}"));
//   server.Next(H2Reply::Raw([](uint32_t id) { return Frame(...); }));
//
// A request is answered by the first reply queued with Next(), else by the
// handler, else by 200 with an empty JSON object.
//
// One thread for all connections; every method may be called from any thread.
#ifndef HEADGATE_TESTS_SUPPORT_H2_SERVER_H_
#define HEADGATE_TESTS_SUPPORT_H2_SERVER_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/deadline.h"

namespace headgate::test {

// A frame of HTTP/2 (RFC 9113 4.1), whatever is in it.
std::string Frame(uint8_t type, uint8_t flags, uint32_t stream,
                  std::string_view payload);
inline constexpr uint8_t kDataFrame = 0, kHeadersFrame = 1, kPriorityFrame = 2,
                         kResetFrame = 3, kSettingsFrame = 4, kPushFrame = 5,
                         kPingFrame = 6, kGoAwayFrame = 7, kWindowFrame = 8,
                         kContinuationFrame = 9;
inline constexpr uint8_t kEndStream = 1, kAck = 1, kEndHeaders = 4;
// 32 bits, as frames have them.
std::string Number(uint32_t number);
// A field in HPACK, neither indexed nor compressed. REQUIRES: name and value
// are shorter than 127 bytes, or exactly so long that two bytes say it.
std::string Literal(std::string_view name, std::string_view value);

struct H2Reply {
  using Fields = std::vector<std::pair<std::string, std::string>>;

  static H2Reply Text(int status, std::string body, Fields fields = {});
  // Nothing, until H2Server::Answer().
  static H2Reply Never();
  // These bytes, outside of all bookkeeping.
  static H2Reply Raw(std::function<std::string(uint32_t stream)> bytes);
  // RST_STREAM instead.
  static H2Reply Reset(uint32_t error);
  H2Reply& Close();  // ends the connection behind it

  int status = 0;  // 0: none
  Fields fields;
  std::string body;
  std::function<std::string(uint32_t stream)> raw;
  int64_t reset = -1;
  bool close = false;
};

struct H2Request {
  std::string fields;  // ":method: GET\n..."
  std::string body;
  size_t connection = 0;
  uint32_t stream = 0;
  bool complete = false;
  int64_t reset = -1;  // the client's RST_STREAM

  // Of the first field of this name; "" if there is none.
  std::string Value(std::string_view name) const;
};

class H2Server {
 public:
  struct Options {
    std::string address = "127.0.0.1:0";  // or "unix:/path"
    uint32_t streams_max = 100;           // of one connection
    bool opens_windows = true;            // as bodies come
  };
  using Handler = std::function<H2Reply(const H2Request& request)>;

  H2Server();
  explicit H2Server(Options options);
  ~H2Server();
  H2Server(const H2Server&) = delete;
  H2Server& operator=(const H2Server&) = delete;

  // "http://127.0.0.1:41234" or "unix:/path".
  std::string url() const;

  // The script.
  void Next(H2Reply reply);
  void Handle(Handler handler);
  // Now, to a request that was not answered yet.
  void Answer(size_t request, H2Reply reply);
  // To every open connection.
  void Send(std::string bytes);
  void CloseConnections();
  // Opens the windows of streams and connections, for good.
  void OpenWindows();

  // The log.
  std::vector<H2Request> requests() const;
  H2Request last_request() const;
  size_t connections() const;  // accepted since the start
  size_t open_connections() const;
  size_t pings() const;
  size_t goodbyes() const;    // GOAWAY with NO_ERROR
  size_t complaints() const;  // GOAWAY with another error
  size_t reads() const;       // that brought something

 private:
  struct Connection;
  struct Callbacks;
  using Command = std::function<void()>;

  void Run();
  void Do(Command command);
  void RunCommands();
  void Accept();
  void Read(Connection* connection);
  void Flush(Connection* connection);
  void Reply(const H2Request& request, const H2Reply& reply);
  H2Reply Choose(const H2Request& request);
  void OnRequest(Connection* connection, uint32_t stream);
  Connection* Find(size_t number);

  const Options options_;
  int listening_fd_;
  std::string address_;
  int wake_fd_;

  // The thread's own.
  std::list<Connection> open_;
  bool opens_windows_;

  mutable std::mutex mutex_;
  std::vector<Command> commands_;
  bool stopping_ = false;
  std::deque<H2Reply> next_;
  Handler handler_;
  std::vector<H2Request> requests_;
  size_t connections_ = 0;
  size_t open_connections_ = 0;
  size_t pings_ = 0;
  size_t goodbyes_ = 0;
  size_t complaints_ = 0;
  size_t reads_ = 0;

  std::thread thread_;  // last: everything else is there when it starts
};

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_SUPPORT_H2_SERVER_H_
