#include "proxy/upstream_curl.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"

namespace headgate::proxy {
namespace {

// So often in a row a socket may be writable and not readable; then it rests,
// if nothing was sent meanwhile.
constexpr int kWritesInARow = 64;
// How long, if nothing can be read meanwhile.
constexpr int64_t kRestUs = TimerWheel::kTickUs;

CURLM* NewMulti() {
  // Once in the process, before the first handle; never undone.
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)initialised;
  return curl_multi_init();
}

std::string UrlOf(const config::Server& server) {
  const bool bare_ipv6 = server.host.find(':') != std::string::npos &&
                         !server.host.starts_with('[');
  return StrCat("https://", bare_ipv6 ? "[" : "", server.host,
                bare_ipv6 ? "]" : "", ":", server.port, "/");
}

}  // namespace

CurlClient::CurlClient(ClientSettings settings, const config::Server& server,
                       const std::string& ca)
    : settings_(std::move(settings)),
      target_{UrlOf(server), ca},
      timeout_(settings_.loop->Timer(&OnTimeout, this)),
      delivery_(settings_.loop->Timer(&OnDelivery, this)),
      rest_(&OnRestTime, this),
      multi_(NewMulti()) {
  CURLM* multi = multi_.get();
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &OnSocket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, static_cast<void*>(this));
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &OnTimer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, static_cast<void*>(this));
  // 0 would be libcurl's own choice.
  curl_multi_setopt(
      multi, CURLMOPT_MAXCONNECTS,
      static_cast<long>(std::max<int64_t>(1, settings_.idle_max)));
  curl_multi_setopt(multi, CURLMOPT_PIPELINING,
                    static_cast<long>(CURLPIPE_MULTIPLEX));
}

CurlClient::~CurlClient() {
  for (const auto& transfer : transfers_) {
    curl_multi_remove_handle(multi_.get(), transfer->easy());
  }
}

Attempt* CurlClient::Start(const UpstreamRequest& request, AttemptSink* sink,
                           bool fresh) {
  if (free_.empty()) {
    transfers_.push_back(std::make_unique<CurlTransfer>(
        &settings_, &target_, static_cast<CurlDriver*>(this)));
    free_.push_back(transfers_.back().get());
  }
  CurlTransfer* transfer = free_.back();
  free_.pop_back();
  transfer->Begin(request, sink, fresh);
  // Starts a timer of no length: nothing happens in here.
  curl_multi_add_handle(multi_.get(), transfer->easy());
  return transfer;
}

int CurlClient::OnSocket(CURL*, curl_socket_t fd, int what, void* self, void*) {
  auto* client = static_cast<CurlClient*>(self);
  if (what == CURL_POLL_REMOVE) {
    client->watches_.erase(fd);
    return 0;
  }
  SocketWatch& watch = client->watches_[fd];
  watch.wanted = 0;
  if ((what & CURL_POLL_IN) != 0) watch.wanted |= EV_READ;
  if ((what & CURL_POLL_OUT) != 0) watch.wanted |= EV_WRITE;
  client->Watch(fd, &watch);
  return 0;
}

void CurlClient::Watch(curl_socket_t fd, SocketWatch* watch) {
  const short flags = watch->rests
                          ? static_cast<short>(watch->wanted & ~EV_WRITE)
                          : watch->wanted;
  watch->event.reset();  // before the new one is added to the same socket
  watch->event = settings_.loop->Watch(fd, flags, &OnReady, this);
  event_add(watch->event.get(), nullptr);
}

// --- Sockets that are writable in vain.

// `alone`: it could not be read as well.
void CurlClient::NoteWrite(curl_socket_t fd, bool alone) {
  const auto found = watches_.find(fd);
  if (found == watches_.end()) return;
  SocketWatch& watch = found->second;
  watch.writes = alone ? watch.writes + 1 : 0;
  if (watch.writes > kWritesInARow && Uploads()) watch.writes = 0;
  const bool rests = watch.writes > kWritesInARow;
  if (rests != watch.rests) {
    watch.rests = rests;
    Watch(fd, &watch);
  }
  if (rests && !rest_.is_set()) {
    rest_.Set(&settings_.loop->timers(),
              settings_.loop->Now().monotonic_us + kRestUs);
  }
}

// Something of the requests was sent since this was last asked.
bool CurlClient::Uploads() {
  int64_t bytes = 0;
  for (const auto& transfer : transfers_) {
    curl_off_t sent = 0;
    curl_easy_getinfo(transfer->easy(), CURLINFO_SIZE_UPLOAD_T, &sent);
    bytes += sent;
  }
  return std::exchange(uploaded_bytes_, bytes) != bytes;
}

// They may try once.
void CurlClient::OnRestTime(void* self) {
  auto* client = static_cast<CurlClient*>(self);
  for (auto& [fd, watch] : client->watches_) {
    if (!std::exchange(watch.rests, false)) continue;
    watch.writes = kWritesInARow;
    client->Watch(fd, &watch);
  }
}

// --- What happens.

int CurlClient::OnTimer(CURLM*, long milliseconds, void* self) {
  auto* client = static_cast<CurlClient*>(self);
  if (milliseconds < 0) {
    event_del(client->timeout_.get());
    return 0;
  }
  const timeval after = {.tv_sec = milliseconds / 1000,
                         .tv_usec = milliseconds % 1000 * 1000};
  event_add(client->timeout_.get(), &after);
  return 0;
}

void CurlClient::OnReady(int fd, short what, void* self) {
  const int ready = ((what & EV_READ) != 0 ? CURL_CSELECT_IN : 0) |
                    ((what & EV_WRITE) != 0 ? CURL_CSELECT_OUT : 0);
  auto* client = static_cast<CurlClient*>(self);
  client->Act(fd, ready);
  client->NoteWrite(fd, what == EV_WRITE);
}

void CurlClient::OnTimeout(int, short, void* self) {
  static_cast<CurlClient*>(self)->Act(CURL_SOCKET_TIMEOUT, 0);
}

void CurlClient::OnDelivery(int, short, void* self) {
  static_cast<CurlClient*>(self)->DeliverAll();
}

void CurlClient::Act(curl_socket_t fd, int what) {
  int running = 0;
  curl_multi_socket_action(multi_.get(), fd, what, &running);
  TakeResults();
  DeliverAll();
}

void CurlClient::TakeResults() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    char* found = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &found);
    auto* transfer = reinterpret_cast<CurlTransfer*>(found);
    transfer->OnDone(message->data.result);
    DeliverSoon(transfer);
  }
}

void CurlClient::DeliverSoon(CurlTransfer* transfer) {
  if (std::exchange(transfer->queued, true)) return;
  queue_.push_back(transfer);
  // Act() delivers at once; this is for what happens outside of it.
  const timeval now = {};
  if (queue_.size() == 1) event_add(delivery_.get(), &now);
}

void CurlClient::OnEnded(CurlTransfer* transfer) {
  curl_multi_remove_handle(multi_.get(), transfer->easy());
  ended_.push_back(transfer);
  DeliverSoon(transfer);
}

void CurlClient::RunDue() { Act(CURL_SOCKET_TIMEOUT, 0); }

void CurlClient::DeliverAll() {
  if (delivering_) return;
  delivering_ = true;
  while (!queue_.empty()) {
    CurlTransfer* transfer = queue_.front();
    queue_.pop_front();
    transfer->queued = false;
    transfer->Deliver();
  }
  for (CurlTransfer* transfer : ended_) {
    transfer->Release();
    free_.push_back(transfer);
  }
  ended_.clear();
  delivering_ = false;
}

}  // namespace headgate::proxy
