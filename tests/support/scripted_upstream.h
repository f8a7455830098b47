// A service behind Headgate that does what the test says, byte for byte, and
// remembers every byte that it was sent.
//
//   ScriptedUpstream upstream;                 // 127.0.0.1, any free port
//   upstream.On("GET /a", Reply::Json(200, "{}"));
//   upstream.Next(Reply::Raw("HTTP/1.1 200 OK\r\nContent-Le").Reset());
//   ...
//   ASSERT_TRUE(upstream.WaitForRequests(1));
//   EXPECT_EQ(upstream.requests()[0].message.target, "/a");
//
// A request is answered by the first reply queued with Next(), else by the one
// given with On() for its method and target, else by the handler, else by an
// empty JSON object. Requests are read strictly (http_message.h): what Headgate
// must never send shows as `message.error`.
//
// One thread for each connection, so that a reply may wait; every method may
// be called from any thread. The destructor ends all scripts.
#ifndef HEADGATE_TESTS_SUPPORT_SCRIPTED_UPSTREAM_H_
#define HEADGATE_TESTS_SUPPORT_SCRIPTED_UPSTREAM_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/certificates.h"
#include "tests/support/deadline.h"
#include "tests/support/http_message.h"
#include "tests/support/signal.h"
#include "tests/support/stream.h"

namespace headgate::test {

// What to do with one request, step by step. After the last step the
// connection waits for its next request.
class Reply {
 public:
  struct Step {
    enum class Kind { kSend, kWait, kNotify, kClose, kReset, kHang };
    Kind kind;
    std::string bytes;
    SharedSignal signal;
  };

  // Exactly these bytes.
  static Reply Raw(std::string bytes) { return Reply().Send(std::move(bytes)); }
  // A well-formed answer; `fields` are whole lines, each with its CRLF.
  static Reply Json(int status, std::string_view body,
                    std::string_view fields = "");
  static Reply Text(int status, std::string_view content_type,
                    std::string_view body, std::string_view fields = "");
  static Reply Never() { return Reply().Hang(); }

  Reply& Send(std::string bytes);
  // Goes on when the test notifies `signal`.
  Reply& Wait(SharedSignal signal);
  // Tells the test that the script has come this far, also behind the end of
  // the connection.
  Reply& Notify(SharedSignal signal);
  Reply& Close();  // FIN
  Reply& Reset();  // RST
  // Does nothing more until the peer closes.
  Reply& Hang();
  // Starts when the head has come; the body is read after the last step.
  Reply& Early();

  const std::vector<Step>& steps() const { return steps_; }
  bool early() const { return early_; }

 private:
  Reply& Add(Step::Kind kind, std::string bytes = "",
             SharedSignal signal = nullptr);

  std::vector<Step> steps_;
  bool early_ = false;
};

struct ReceivedRequest {
  Message message;
  size_t connection = 0;  // 0 for the first that was accepted
};

class ScriptedUpstream {
 public:
  using Handler = std::function<Reply(const Message& request)>;

  // "127.0.0.1:0" or "unix:/path"; TLS if asked for.
  explicit ScriptedUpstream(
      const std::string& address = "127.0.0.1:0",
      const std::optional<TlsServerOptions>& tls = std::nullopt);
  ~ScriptedUpstream();
  ScriptedUpstream(const ScriptedUpstream&) = delete;
  ScriptedUpstream& operator=(const ScriptedUpstream&) = delete;

  // "127.0.0.1:41234" or "unix:/path".
  const std::string& address() const { return address_; }
  int port() const { return PortOf(address_); }
  // As a config names it: "http://...", "https://localhost:..." or "unix:...".
  std::string url() const;

  // The script.
  void Next(Reply reply);
  void On(const std::string& method_and_target, Reply reply);
  void Handle(Handler handler);
  // Done on each new connection before anything is read, TLS included.
  void OnConnect(Reply reply);

  // The log.
  std::vector<ReceivedRequest> requests() const;
  ReceivedRequest last_request() const;
  size_t connections() const;       // accepted since the start
  size_t open_connections() const;  // now
  size_t received_bytes() const;    // of requests, since the start
  bool WaitForRequests(size_t count, Deadline deadline = {}) const;
  bool WaitForConnections(size_t count, Deadline deadline = {}) const;
  bool WaitForOpenConnections(size_t count, Deadline deadline = {}) const;
  bool WaitForBytes(size_t count, Deadline deadline = {}) const;

  // Refuses new connections; Listen() takes them again, on the same address.
  void StopListening();
  void Listen();
  // Ends the open connections (FIN); their scripts end.
  void CloseConnections();

 private:
  struct Connection {
    std::thread thread;
    Stream stream;
    size_t number = 0;
    bool open = true;
  };

  void AcceptLoop();
  void Serve(Connection* connection);
  void Converse(Connection* connection);
  // Answers one request; false when the connection is over.
  bool Answer(Connection* connection, MessageReader* reader);
  // The reply that starts before the body has come, if one is meant.
  bool TakeEarly(const Message& request, Reply* reply);
  Reply Choose(const Message& request);
  // Runs the steps; false if the connection is over.
  bool Run(const Reply& reply, Connection* connection);
  bool RunStep(const Reply::Step& step, Connection* connection);
  bool WaitForSignal(const Signal& signal) const;
  void DiscardAll(Connection* connection);
  void Finish(Connection* connection, bool reset);
  size_t Record(const Connection& connection, Message message);
  template <typename Condition>
  bool WaitUntil(Deadline deadline, Condition condition) const;

  std::string address_;
  SslContext tls_;
  int listening_fd_ = -1;
  Signal stop_;
  std::unique_ptr<Signal> stop_accepting_;
  std::thread acceptor_;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<Reply> next_;
  std::map<std::string, Reply> by_request_;
  Handler handler_;
  std::optional<Reply> on_connect_;
  std::vector<ReceivedRequest> requests_;
  size_t received_bytes_ = 0;
  size_t open_connections_ = 0;
  std::list<Connection> connections_;
};

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_SUPPORT_SCRIPTED_UPSTREAM_H_
