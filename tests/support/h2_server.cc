#include "tests/support/h2_server.h"

#include <nghttp2/nghttp2.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "base/strings.h"
#include "tests/support/stream.h"

namespace headgate::test {

std::string Number(uint32_t number) {
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) {
    bytes += static_cast<char>(number >> shift);
  }
  return bytes;
}

std::string Frame(uint8_t type, uint8_t flags, uint32_t stream,
                  std::string_view payload) {
  std::string frame = Number(static_cast<uint32_t>(payload.size())).substr(1);
  frame += static_cast<char>(type);
  frame += static_cast<char>(flags);
  return frame.append(Number(stream)).append(payload);
}

namespace {

// RFC 7541 5.1 with a prefix of 7 bits.
void AppendText(std::string_view text, std::string* out) {
  size_t size = text.size();
  if (size < 127) {
    *out += static_cast<char>(size);
  } else {
    *out += '\x7f';
    for (size -= 127; size >= 128; size /= 128) {
      *out += static_cast<char>(size % 128 + 128);
    }
    *out += static_cast<char>(size);
  }
  out->append(text);
}

}  // namespace

std::string Literal(std::string_view name, std::string_view value) {
  std::string field(1, '\0');
  AppendText(name, &field);
  AppendText(value, &field);
  return field;
}

H2Reply H2Reply::Text(int status, std::string body, Fields fields) {
  H2Reply reply;
  reply.status = status;
  reply.fields = std::move(fields);
  reply.body = std::move(body);
  return reply;
}
H2Reply H2Reply::Never() { return H2Reply(); }
H2Reply H2Reply::Raw(std::function<std::string(uint32_t)> bytes) {
  H2Reply reply;
  reply.raw = std::move(bytes);
  return reply;
}
H2Reply H2Reply::Reset(uint32_t error) {
  H2Reply reply;
  reply.reset = error;
  return reply;
}
H2Reply& H2Reply::Close() {
  close = true;
  return *this;
}

std::string H2Request::Value(std::string_view name) const {
  const size_t at = StrCat("\n", fields).find(StrCat("\n", name, ": "));
  if (at == std::string::npos) return "";
  const size_t start = at + name.size() + 2;
  return fields.substr(start, fields.find('\n', start) - start);
}

// --- One connection.

struct H2Server::Connection {
  H2Server* server = nullptr;
  size_t number = 0;
  int fd = -1;
  nghttp2_session* session = nullptr;
  std::map<uint32_t, H2Request> requests;                     // under way
  std::map<uint32_t, std::pair<std::string, size_t>> bodies;  // of answers
  std::string out;
  bool close = false;  // once `out` is sent

  ~Connection() {
    nghttp2_session_del(session);
    close_fd();
  }
  void close_fd() {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
};

struct H2Server::Callbacks {
  static Connection* Of(void* self) { return static_cast<Connection*>(self); }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame,
                      const uint8_t* name, size_t name_size,
                      const uint8_t* value, size_t value_size, uint8_t,
                      void* self) {
    H2Request& request =
        Of(self)->requests[static_cast<uint32_t>(frame->hd.stream_id)];
    request.fields.append(reinterpret_cast<const char*>(name), name_size);
    request.fields += ": ";
    request.fields.append(reinterpret_cast<const char*>(value), value_size);
    request.fields += "\n";
    return 0;
  }
  static int OnData(nghttp2_session* session, uint8_t, int32_t id,
                    const uint8_t* data, size_t size, void* self) {
    Of(self)->requests[static_cast<uint32_t>(id)].body.append(
        reinterpret_cast<const char*>(data), size);
    if (Of(self)->server->opens_windows_) {
      nghttp2_session_consume(session, id, size);
    }
    return 0;
  }
  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    Connection* connection = Of(self);
    H2Server* server = connection->server;
    const auto id = static_cast<uint32_t>(frame->hd.stream_id);
    if (frame->hd.type == NGHTTP2_PING &&
        (frame->hd.flags & NGHTTP2_FLAG_ACK) == 0) {
      const std::lock_guard<std::mutex> lock(server->mutex_);
      ++server->pings_;
    } else if (frame->hd.type == NGHTTP2_GOAWAY) {
      const std::lock_guard<std::mutex> lock(server->mutex_);
      const bool bye = frame->goaway.error_code == NGHTTP2_NO_ERROR;
      ++(bye ? server->goodbyes_ : server->complaints_);
    } else if (frame->hd.type == NGHTTP2_RST_STREAM) {
      const std::lock_guard<std::mutex> lock(server->mutex_);
      for (H2Request& request : server->requests_) {
        if (request.connection == connection->number && request.stream == id) {
          request.reset = frame->rst_stream.error_code;
        }
      }
    } else if ((frame->hd.type == NGHTTP2_HEADERS ||
                frame->hd.type == NGHTTP2_DATA) &&
               (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      server->OnRequest(connection, id);
    }
    return 0;
  }
  static ssize_t GiveBody(nghttp2_session*, int32_t id, uint8_t* to,
                          size_t size, uint32_t* flags, nghttp2_data_source*,
                          void* self) {
    auto& [body, sent] = Of(self)->bodies[static_cast<uint32_t>(id)];
    const size_t given = std::min(size, body.size() - sent);
    std::memcpy(to, body.data() + sent, given);
    sent += given;
    if (sent == body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(given);
  }

  static nghttp2_session* NewSession(Connection* connection,
                                     uint32_t streams_max) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, &OnHeader);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks,
                                                              &OnData);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &OnFrame);
    nghttp2_option* option = nullptr;
    nghttp2_option_new(&option);
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_session* session = nullptr;
    nghttp2_session_server_new2(&session, callbacks, connection, option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry entry = {
        NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, streams_max};
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, &entry, 1);
    return session;
  }
};

// --- The server's thread.

H2Server::H2Server() : H2Server(Options()) {}

H2Server::H2Server(Options options)
    : options_(std::move(options)),
      listening_fd_(ListenOn(options_.address)),
      address_(options_.address.starts_with("unix:")
                   ? options_.address
                   : LocalAddress(listening_fd_)),
      wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      opens_windows_(options_.opens_windows),
      thread_([this] { Run(); }) {}

H2Server::~H2Server() {
  Do([this] { stopping_ = true; });
  thread_.join();
  open_.clear();
  close(listening_fd_);
  close(wake_fd_);
}

std::string H2Server::url() const {
  return address_.starts_with("unix:") ? address_ : StrCat("http://", address_);
}

void H2Server::Do(Command command) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    commands_.push_back(std::move(command));
  }
  eventfd_write(wake_fd_, 1);
}

void H2Server::RunCommands() {
  eventfd_t count = 0;
  eventfd_read(wake_fd_, &count);
  std::vector<Command> commands;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    commands.swap(commands_);
  }
  for (const Command& command : commands) command();
}

void H2Server::Run() {
  while (!stopping_) {
    std::vector<pollfd> waited = {{wake_fd_, POLLIN, 0},
                                  {listening_fd_, POLLIN, 0}};
    std::vector<Connection*> of;
    for (Connection& connection : open_) {
      const short events = connection.out.empty() ? POLLIN : POLLIN | POLLOUT;
      waited.push_back({connection.fd, events, 0});
      of.push_back(&connection);
    }
    poll(waited.data(), waited.size(), -1);
    if (waited[0].revents != 0) RunCommands();
    if (waited[1].revents != 0) Accept();
    for (size_t i = 0; i < of.size(); ++i) {
      if (waited[i + 2].revents != 0 && of[i]->fd >= 0) Read(of[i]);
    }
    for (Connection& connection : open_) Flush(&connection);
    open_.remove_if([](const Connection& each) { return each.fd < 0; });
    const std::lock_guard<std::mutex> lock(mutex_);
    open_connections_ = open_.size();
  }
}

void H2Server::Accept() {
  const int fd =
      accept4(listening_fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return;
  Connection& connection = open_.emplace_back();
  connection.server = this;
  connection.fd = fd;
  connection.session = Callbacks::NewSession(&connection, options_.streams_max);
  const std::lock_guard<std::mutex> lock(mutex_);
  connection.number = connections_++;
  open_connections_ = open_.size();
}

void H2Server::Read(Connection* connection) {
  uint8_t bytes[64 * 1024];
  const ssize_t got = recv(connection->fd, bytes, sizeof bytes, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return connection->close_fd();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ++reads_;
  }
  nghttp2_session_mem_recv(connection->session, bytes,
                           static_cast<size_t>(got));
}

void H2Server::Flush(Connection* connection) {
  if (connection->fd < 0) return;
  // No more than the client takes, so that raw bytes keep their place.
  while (connection->out.size() < 256 * 1024) {
    const uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(connection->session, &data);
    if (size <= 0) break;
    connection->out.append(reinterpret_cast<const char*>(data),
                           static_cast<size_t>(size));
  }
  while (!connection->out.empty()) {
    const ssize_t sent = send(connection->fd, connection->out.data(),
                              connection->out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0) return connection->close_fd();
    connection->out.erase(0, static_cast<size_t>(sent));
  }
  if (connection->close) connection->close_fd();
}

H2Server::Connection* H2Server::Find(size_t number) {
  for (Connection& connection : open_) {
    if (connection.number == number && connection.fd >= 0) return &connection;
  }
  return nullptr;
}

void H2Server::OnRequest(Connection* connection, uint32_t stream) {
  H2Request request = std::move(connection->requests[stream]);
  connection->requests.erase(stream);
  request.connection = connection->number;
  request.stream = stream;
  request.complete = true;
  const H2Reply reply = Choose(request);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    requests_.push_back(request);
  }
  Reply(request, reply);
}

H2Reply H2Server::Choose(const H2Request& request) {
  Handler handler;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!next_.empty()) {
      H2Reply reply = std::move(next_.front());
      next_.pop_front();
      return reply;
    }
    handler = handler_;
  }
  if (handler) return handler(request);
  return H2Reply::Text(200, "{}");
}

void H2Server::Reply(const H2Request& request, const H2Reply& reply) {
  Connection* connection = Find(request.connection);
  if (connection == nullptr) return;
  nghttp2_session* session = connection->session;
  const auto id = static_cast<int32_t>(request.stream);
  if (reply.raw) {
    // Behind what the session has to say.
    const uint8_t* data = nullptr;
    ssize_t size = 0;
    while ((size = nghttp2_session_mem_send(session, &data)) > 0) {
      connection->out.append(reinterpret_cast<const char*>(data),
                             static_cast<size_t>(size));
    }
    connection->out += reply.raw(request.stream);
  }
  if (reply.reset >= 0) {
    nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id,
                              static_cast<uint32_t>(reply.reset));
  }
  if (reply.status != 0) {
    const std::string status = std::to_string(reply.status);
    std::vector<nghttp2_nv> fields;
    const auto add = [&fields](const std::string& name,
                               const std::string& value) {
      fields.push_back(
          {reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
           reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())),
           name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    };
    const std::string status_name = ":status";
    add(status_name, status);
    for (const auto& [name, value] : reply.fields) add(name, value);
    connection->bodies[request.stream] = {reply.body, 0};
    const nghttp2_data_provider body = {{.ptr = nullptr}, &Callbacks::GiveBody};
    nghttp2_submit_response(session, id, fields.data(), fields.size(),
                            reply.body.empty() ? nullptr : &body);
  }
  connection->close |= reply.close;
}

// --- The script and the log.

void H2Server::Next(H2Reply reply) {
  const std::lock_guard<std::mutex> lock(mutex_);
  next_.push_back(std::move(reply));
}

void H2Server::Handle(Handler handler) {
  const std::lock_guard<std::mutex> lock(mutex_);
  handler_ = std::move(handler);
}

void H2Server::Answer(size_t request, H2Reply reply) {
  const H2Request answered = requests().at(request);
  Do([this, answered, reply = std::move(reply)] { Reply(answered, reply); });
}

void H2Server::Send(std::string bytes) {
  Do([this, bytes = std::move(bytes)] {
    for (Connection& connection : open_) connection.out += bytes;
  });
}

void H2Server::CloseConnections() {
  Do([this] {
    for (Connection& connection : open_) connection.close = true;
  });
}

void H2Server::OpenWindows() {
  Do([this] {
    opens_windows_ = true;
    for (Connection& connection : open_) {
      nghttp2_session_set_local_window_size(connection.session, 0, 0, 1 << 30);
      for (const auto& [id, request] : connection.requests) {
        nghttp2_session_set_local_window_size(
            connection.session, 0, static_cast<int32_t>(id), 1 << 30);
      }
    }
  });
}

std::vector<H2Request> H2Server::requests() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

H2Request H2Server::last_request() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_.empty() ? H2Request() : requests_.back();
}

size_t H2Server::connections() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return connections_;
}

size_t H2Server::open_connections() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return open_connections_;
}

size_t H2Server::pings() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return pings_;
}

size_t H2Server::goodbyes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return goodbyes_;
}

size_t H2Server::complaints() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return complaints_;
}

size_t H2Server::reads() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return reads_;
}

}  // namespace headgate::test
