#include "proxy/server.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <thread>
#include <utility>

#include "base/crypto.h"
#include "base/strings.h"
#include "base/version.h"
#include "proxy/log.h"
#include "proxy/metrics_sources.h"

namespace headgate::proxy {
namespace {

constexpr int64_t kSecondUs = 1'000'000;
// The end of a drain is looked for this often.
constexpr int64_t kDrainPollUs = 50'000;

int64_t WorkerCount(const config::Config& config) {
  if (config.workers > 0) return config.workers;
  return std::max(1u, std::thread::hardware_concurrency());
}

// The keys of the config that only the next start reads and whose values are
// not those in force: "listeners, workers". Empty: none.
std::string ChangedButFixed(const config::Config& in_force,
                            const config::Config& loaded) {
  const auto print_listeners = [](const config::Config& config) {
    std::string text;
    for (const config::Listener& listener : config.listeners) {
      const config::Tls tls = listener.tls.value_or(config::Tls());
      StrAppend(&text, listener.address.ToString(), " ", tls.certificate, " ",
                tls.key, " ", tls.client_ca, "\n");
    }
    return text;
  };
  const auto print_admin = [](const config::Config& config) {
    return config.admin ? config.admin->ToString() : std::string();
  };
  std::vector<std::string> keys;
  if (print_listeners(in_force) != print_listeners(loaded)) {
    keys.push_back("listeners");
  }
  if (print_admin(in_force) != print_admin(loaded)) keys.push_back("admin");
  if (in_force.workers != loaded.workers) keys.push_back("workers");
  if (in_force.limiter.keys != loaded.limiter.keys) keys.push_back("limiter");
  if (in_force.access_log.path != loaded.access_log.path ||
      in_force.access_log.replay != loaded.access_log.replay) {
    keys.push_back("access_log");
  }
  if (in_force.storage != loaded.storage) keys.push_back("storage");
  return Join(keys, ", ");
}

std::unique_ptr<policy::Limiter> NewLimiter(const config::Config& config) {
  policy::Limiter::Options options = {.keys_max = config.limiter.keys};
  options.seed = NewSipHashKey();
  return std::make_unique<policy::Limiter>(options);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Options& options) {
  auto server = std::make_unique<Server>(options);
  const absl::Status status = server->SetUp();
  if (!status.ok()) return status;
  return server;
}

Server::Server(const Options& options)
    : options_(options),
      clock_(Clock::System()),
      loop_(clock_),
      metrics_(clock_, std::string(kVersion)),
      partition_secret_(NewSipHashKey()),
      second_(&OnSecond, this) {}

Server::~Server() {
  for (const std::unique_ptr<Worker>& worker : workers_) worker->StopThread();
  runtime_.reset();  // its threads post to the workers' loops
  workers_.clear();
  for (const std::string& path : unix_paths_) unlink(path.c_str());
}

absl::StatusOr<std::shared_ptr<const policy::Policy>> Server::LoadPolicy(
    bool color) const {
  config::Diagnostics diagnostics;
  const std::optional<config::Config> config =
      config::Load(options_.config_path, options_.environment, &diagnostics);
  std::shared_ptr<const policy::Policy> policy;
  if (config) policy = policy::Policy::Compile(*config, &diagnostics);
  if (policy == nullptr) {
    return absl::InvalidArgumentError(diagnostics.ToString(color));
  }
  return policy;
}

absl::StatusOr<std::shared_ptr<const service::Gateway>> Server::NewGateway(
    const std::shared_ptr<const policy::Policy>& policy) {
  const auto& services = policy->services();
  if (std::all_of(services.begin(), services.end(), [](const auto& service) {
        return service->spec.upstream.has_value();
      })) {
    return nullptr;
  }
  if (runtime_ == nullptr) {
    auto opened = service::Runtime::Open(
        {.storage = policy->config().storage,
         .warn = [](std::string_view text) { spdlog::warn("{}", text); }});
    if (!opened.ok()) return opened.status();
    runtime_ = *std::move(opened);
  }
  return service::Gateway::Create(policy, runtime_.get());
}

absl::Status Server::SetUp() {
  auto loaded = LoadPolicy(options_.color);
  if (!loaded.ok()) return loaded.status();
  policy_ = *std::move(loaded);
  const config::Config& config = policy_->config();
  SetLogLevel(config.log.level);
  auto gateway = NewGateway(policy_);
  if (!gateway.ok()) return gateway.status();
  gateway_ = *std::move(gateway);
  generation_ = 1;
  metrics_.CountReload(true, generation_);
  limiter_ = NewLimiter(config);
  absl::StatusOr<std::unique_ptr<AccessLog>> log = AccessLog::Open(
      {.path = config.access_log.path, .replay = config.access_log.replay});
  if (!log.ok()) return log.status();
  access_log_ = *std::move(log);
  absl::Status status = BindListeners();
  if (status.ok() && config.admin) status = BindAdmin();
  if (!status.ok()) return status;
  AddMetricSources();
  MakeWorkers();
  WatchSignals();
  return absl::OkStatus();
}

absl::Status Server::BindListeners() {
  const config::Config& config = policy_->config();
  bound_.resize(static_cast<size_t>(WorkerCount(config)));
  for (const config::Listener& listener : config.listeners) {
    const TlsContext* tls = nullptr;
    if (listener.tls) {
      auto loaded = TlsContext::Load(*listener.tls);
      if (!loaded.ok()) return loaded.status();
      tls_contexts_.push_back(*std::move(loaded));
      tls = tls_contexts_.back().get();
    }
    config::Address address = listener.address;
    for (std::vector<BoundListener>& worker : bound_) {
      const bool first = &worker == &bound_.front();
      absl::StatusOr<FileDescriptor> socket =
          address.is_unix() && !first ? Duplicate(bound_.front().back().socket)
                                      : Listen(address, !first);
      if (!socket.ok()) return socket.status();
      // The other workers share the port that the first one got.
      address = BoundAddress(*socket, address);
      worker.push_back({.socket = *std::move(socket), .tls = tls});
    }
    if (address.is_unix()) unix_paths_.push_back(address.unix_path);
    addresses_.push_back(address.ToString());
  }
  return absl::OkStatus();
}

absl::Status Server::BindAdmin() {
  const config::Address& address = *policy_->config().admin;
  absl::StatusOr<FileDescriptor> socket = Listen(address);
  if (!socket.ok()) return socket.status();
  if (address.is_unix()) unix_paths_.push_back(address.unix_path);
  admin_address_ = BoundAddress(*socket, address).ToString();
  admin_ = std::make_unique<AdminListener>(&loop_, *std::move(socket), this,
                                           &clock_);
  return absl::OkStatus();
}

void Server::MakeWorkers() {
  const WorkerEnvironment environment = {
      .clock = &clock_,
      .limiter = limiter_.get(),
      .metrics = &metrics_,
      .access_log = access_log_.get(),
      .partition_secret = &partition_secret_,
      .workers = static_cast<int64_t>(bound_.size())};
  for (std::vector<BoundListener>& listeners : bound_) {
    workers_.push_back(std::make_unique<Worker>(
        environment, Snapshot{policy_, gateway_, generation_},
        std::move(listeners)));
  }
  bound_.clear();
}

void Server::AddMetricSources() {
  WatchLimiter(*limiter_, &metrics_);
  WatchAccessLog(*access_log_, &metrics_);
  metrics_.AddSource({.name = "headgate_ready",
                      .help = "1 while the server takes new calls.",
                      .read = [this] { return Ready() ? 1 : 0; }});
  auto tls = tls_contexts_.begin();
  for (const config::Listener& listener : policy_->config().listeners) {
    if (!listener.tls) continue;
    WatchTls(listener.address.ToString(), **tls++, clock_, &metrics_);
  }
}

// Before anybody is told that we listen: a signal may come at once.
void Server::WatchSignals() {
  signal(SIGPIPE, SIG_IGN);
  signals_.push_back(loop_.Signal(SIGTERM, &OnTerminate, this));
  signals_.push_back(loop_.Signal(SIGINT, &OnTerminate, this));
  signals_.push_back(loop_.Signal(SIGHUP, &OnHangup, this));
}

void Server::Run() {
  for (const std::unique_ptr<Worker>& worker : workers_) {
    worker->StartThread();
  }
  OnSecond(this);
  loop_.Run();
  for (const std::unique_ptr<Worker>& worker : workers_) worker->StopThread();
  access_log_->Flush();
}

Control::ReloadResult Server::Reload() {
  const absl::Status reopened = access_log_->Reopen();
  if (!reopened.ok()) spdlog::error("{}", std::string(reopened.message()));
  auto loaded = LoadPolicy(/*color=*/false);
  if (!loaded.ok()) return KeepOld(loaded.status());
  auto gateway = NewGateway(*loaded);
  if (!gateway.ok()) return KeepOld(gateway.status());
  const std::string fixed =
      ChangedButFixed(policy_->config(), (*loaded)->config());
  if (!fixed.empty()) {
    spdlog::warn("the next start will read what has changed in: {}", fixed);
  }
  policy_ = *std::move(loaded);
  gateway_ = *std::move(gateway);
  metrics_.CountReload(true, ++generation_);
  SetLogLevel(policy_->config().log.level);
  for (const std::unique_ptr<Worker>& worker : workers_) {
    worker->Use({policy_, gateway_, generation_});
  }
  spdlog::info("policy {} is in use", generation_);
  return {.ok = true, .generation = generation_};
}

Control::ReloadResult Server::KeepOld(const absl::Status& why) {
  metrics_.CountReload(false, generation_);
  const std::string_view text = FromAbsl(why.message());
  spdlog::error("policy {} stays in use, the new one is wrong:\n{}",
                generation_, text);
  return {.text = std::string(text), .generation = generation_};
}

void Server::Drain() {
  if (draining_) return;
  draining_ = true;
  spdlog::info("draining: {} exchanges in flight", in_flight());
  drain_deadline_us_ =
      clock_.Now().monotonic_us +
      absl::ToInt64Microseconds(policy_->config().timeouts.drain);
  for (const std::unique_ptr<Worker>& worker : workers_) worker->Drain();
  second_.Set(&loop_.timers(), clock_.Now().monotonic_us + kDrainPollUs);
}

int64_t Server::in_flight() const {
  int64_t sum = 0;
  for (const std::unique_ptr<Worker>& worker : workers_) {
    sum += worker->in_flight();
  }
  return sum;
}

void Server::OnTerminate(int, short, void* self) {
  auto* server = static_cast<Server*>(self);
  if (server->draining_) return server->loop_.Stop();  // asked twice
  server->Drain();
}

void Server::OnHangup(int, short, void* self) {
  static_cast<Server*>(self)->Reload();
}

void Server::OnSecond(void* self) {
  auto* server = static_cast<Server*>(self);
  server->PollCertificates();
  server->EndDrainIfDue();
  server->second_.Set(&server->loop_.timers(),
                      server->clock_.Now().monotonic_us +
                          (server->draining_ ? kDrainPollUs : kSecondUs));
}

void Server::PollCertificates() {
  for (const std::unique_ptr<TlsContext>& tls : tls_contexts_) {
    bool swapped = false;
    const absl::Status status = tls->Poll(&swapped);
    if (!status.ok()) {
      spdlog::error("the old certificate stays in use: {}",
                    std::string(status.message()));
    } else if (swapped) {
      spdlog::info("a new certificate is in use");
    }
  }
}

void Server::EndDrainIfDue() {
  if (!draining_) return;
  const bool done = std::all_of(
      workers_.begin(), workers_.end(),
      [](const std::unique_ptr<Worker>& worker) { return worker->done(); });
  const int64_t now_us = clock_.Now().monotonic_us;
  if (done || now_us > drain_deadline_us_ + kSecondUs) return loop_.Stop();
  if (now_us < drain_deadline_us_ || gave_up_) return;
  gave_up_ = true;
  for (const std::unique_ptr<Worker>& worker : workers_) worker->GiveUp();
}

}  // namespace headgate::proxy
