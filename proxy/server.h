// The whole running server: workers, the admin listener, signals, reload and
// drain. Everything here runs on the control thread, the one that calls Run();
// workers have threads of their own.
//
//   SIGTERM, SIGINT   drain, then Run returns (a second one: at once)
//   SIGHUP            reload; the access log is opened anew
#ifndef HEADGATE_PROXY_SERVER_H_
#define HEADGATE_PROXY_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "config/load.h"
#include "proxy/admin_listener.h"
#include "proxy/control.h"
#include "proxy/worker.h"
#include "service/runtime.h"

namespace headgate::proxy {

class Server final : public Control {
 public:
  struct Options {
    std::string config_path;
    config::Environment environment;
    bool color = false;  // of diagnostics
  };

  // Loads, compiles, opens and binds everything; nothing is served yet. An
  // error's message is ready to be printed.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Options& options);
  explicit Server(const Options& options);  // use Start
  ~Server() override;

  // The addresses that are listened on, with the ports that the system chose,
  // in the order of the config.
  const std::vector<std::string>& addresses() const { return addresses_; }
  // Empty: there is no admin listener.
  const std::string& admin_address() const { return admin_address_; }

  // Serves until the drain is over.
  void Run();

  // Control.
  bool Ready() const override { return !draining_; }
  ReloadResult Reload() override;
  void Drain() override;
  std::shared_ptr<const policy::Policy> policy() const override {
    return policy_;
  }
  policy::Limiter& limiter() override { return *limiter_; }
  const policy::TokenVerifier* tokens() const override {
    return gateway_ == nullptr ? nullptr : &gateway_->tokens();
  }
  service::Runtime* runtime() override { return runtime_.get(); }
  int64_t in_flight() const override;
  std::string MetricsText() override { return metrics_.Text(); }

 private:
  absl::Status SetUp();
  absl::Status BindListeners();
  absl::Status BindAdmin();
  void AddMetricSources();
  void MakeWorkers();
  void WatchSignals();
  absl::StatusOr<std::shared_ptr<const policy::Policy>> LoadPolicy(
      bool color) const;
  // Null if every service has an upstream.
  absl::StatusOr<std::shared_ptr<const service::Gateway>> NewGateway(
      const std::shared_ptr<const policy::Policy>& policy);
  ReloadResult KeepOld(const absl::Status& why);
  static void OnTerminate(int signal, short what, void* self);
  static void OnHangup(int signal, short what, void* self);
  static void OnSecond(void* self);
  void PollCertificates();
  void EndDrainIfDue();

  const Options options_;
  const Clock& clock_;
  EventLoop loop_;
  std::shared_ptr<const policy::Policy> policy_;
  // Opened when a policy first has a service without upstream.
  std::unique_ptr<service::Runtime> runtime_;
  std::shared_ptr<const service::Gateway> gateway_;
  int64_t generation_ = 0;
  std::unique_ptr<policy::Limiter> limiter_;
  Metrics metrics_;
  std::unique_ptr<AccessLog> access_log_;
  const SipHashKey partition_secret_;
  std::vector<std::unique_ptr<TlsContext>> tls_contexts_;
  // By worker, then by listener; moved into the workers.
  std::vector<std::vector<BoundListener>> bound_;
  std::vector<std::string> unix_paths_;
  std::vector<std::string> addresses_;
  std::string admin_address_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<AdminListener> admin_;
  std::vector<EventHandle> signals_;
  WheelTimer second_;
  bool draining_ = false;
  bool gave_up_ = false;
  int64_t drain_deadline_us_ = 0;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_SERVER_H_
