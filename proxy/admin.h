// The admin listener's answers: health, metrics, the effective config, reload,
// drain, the limiter's state and explain. No socket here: a request's parts go
// in, an answer comes out. docs/operations.md shows each with curl.
//
// Strict: an unknown path is 404, another method 405 with Allow, a parameter or
// body that is not understood 400; all as problem+json (RFC 9457).
//
// Belongs to the control thread.
#ifndef HEADGATE_PROXY_ADMIN_H_
#define HEADGATE_PROXY_ADMIN_H_

#include <string>
#include <string_view>

#include "base/clock.h"
#include "proxy/control.h"

namespace headgate::proxy {

struct AdminRequest {
  std::string_view method;
  std::string_view path;   // "/limits"
  std::string_view query;  // without '?', percent-encoded
  std::string_view body;   // whole
};

struct AdminAnswer {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;   // of a HEAD too; the sender leaves it out
  std::string allow;  // the Allow field; empty: none
};

// "application/problem+json": {"type", "title", "status", "detail"}.
AdminAnswer AdminProblem(int status, std::string_view detail);

class AdminHandler {
 public:
  // A body above this is refused by whoever reads it.
  static constexpr size_t kBodyBytesMax = 1024 * 1024;

  // Both must outlive the handler.
  AdminHandler(Control* control, const Clock* clock);

  AdminAnswer Handle(const AdminRequest& request);

 private:
  struct Route;
  static const Route kRoutes[];

  AdminAnswer Live(const AdminRequest& request);
  AdminAnswer Ready(const AdminRequest& request);
  AdminAnswer Metrics(const AdminRequest& request);
  AdminAnswer Config(const AdminRequest& request);
  AdminAnswer Reload(const AdminRequest& request);
  AdminAnswer Drain(const AdminRequest& request);
  AdminAnswer Limits(const AdminRequest& request);
  AdminAnswer Revoke(const AdminRequest& request);
  AdminAnswer Explain(const AdminRequest& request);

  Control* control_;
  const Clock* clock_;
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_ADMIN_H_
