// What the operator wrote, typed, with every default in place: the result of
// Load (config/load.h) and the input of policy::Policy::Compile. A plain value;
// it knows no contract by name and nothing of sockets.
//
// Each comment gives the meaning, the unit, the default and the range; the
// reader (config/read_*.cc) enforces the ranges.
#ifndef HEADGATE_CONFIG_CONFIG_H_
#define HEADGATE_CONFIG_CONFIG_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/secret.h"
#include "config/contract.h"
#include "config/diagnostic.h"

namespace headgate::config {

// "host:port", "[::1]:port" or "unix:/path".
struct Address {
  std::string host;       // empty for a unix socket
  uint16_t port = 0;      // 0: any free port
  std::string unix_path;  // empty for TCP
  Location at;

  bool is_unix() const { return !unix_path.empty(); }
  // As the operator wrote it.
  std::string ToString() const;
};

// PEM files, watched and swapped when they change.
struct Tls {
  std::string certificate;  // path of the chain
  std::string key;          // path of the private key
  std::string client_ca;    // path; empty: clients need no certificate
  Location at;
};

struct Listener {
  Address address;
  std::optional<Tls> tls;
};

// Limits on what a client may send. A request over one of them is refused with
// the family's documented error.
struct RequestLimits {
  int64_t head_bytes = 16 * 1024;    // 1KiB..1MiB: request line and fields
  int64_t headers = 100;             // 1..1000 field lines
  int64_t body_bytes = 1024 * 1024;  // 0..1GiB
  int64_t in_flight = 10000;         // 1..1000000 exchanges at a time
};

struct Timeouts {
  absl::Duration head = absl::Seconds(10);   // first byte to end of the head
  absl::Duration body = absl::Seconds(30);   // silence inside a body
  absl::Duration idle = absl::Seconds(75);   // between exchanges
  absl::Duration write = absl::Seconds(30);  // a reader that takes nothing
  absl::Duration drain = absl::Seconds(30);  // from SIGTERM to the end
};

struct Health {
  std::string path = "/";
  absl::Duration interval = absl::Seconds(5);
};

// "http://host:port", "https://host[:port]" or "unix:/path".
struct Server {
  enum class Scheme { kHttp, kHttps, kUnix };
  Scheme scheme = Scheme::kHttp;
  std::string host;       // for kHttp and kHttps
  uint16_t port = 0;      // 80 or 443 if the operator gave none
  std::string unix_path;  // for kUnix
  std::string url;        // as written
  Location at;
};

struct Upstream {
  std::vector<Server> servers;                          // at least one
  absl::Duration connect_timeout = absl::Seconds(1);    // 1ms..1m
  absl::Duration response_timeout = absl::Seconds(10);  // 1ms..1h
  int64_t idle_connections = 256;                       // kept per worker
  int64_t retries = 1;                                  // 0..10
  std::optional<Health> health;                         // none: passive only
  std::string ca;      // PEM file that https servers are verified against;
                       // empty: the system's
  bool http2 = false;  // https servers: HTTP/2 where they offer it
  bool h2c = false;    // http and unix servers: HTTP/2 in clear text
  Location at;
};

struct Cors {
  std::vector<std::string> origins;  // exact, or the one entry "*"
  absl::Duration max_age = absl::Seconds(600);
};

// A rate limit as the operator or the contract gives it.
struct Limit {
  enum class OnExceed { kReject, kDelay };
  int64_t limit = 100;                       // 0..1000000 calls; 0: none pass
  absl::Duration window = absl::Seconds(1);  // 1ms..24h
  OnExceed on_exceed = OnExceed::kReject;
  absl::Duration max_delay = absl::Milliseconds(500);
  int64_t max_queue = 1000;
  bool shadow = false;               // decide and report only
  std::optional<int64_t> candidate;  // judged beside `limit`
  Location at;
};

// By operation name; "default" for the rest.
using Limits = std::map<std::string, Limit>;

// A tenant of a service: who calls, how it is recognised, and what is its own.
struct App {
  std::string name;  // for logs; default: org_name#app_name or app_id
  std::string org_name, app_name;  // agora-chat
  std::string app_id;              // agora-chat, flipflop
  Secret certificate;              // AccessToken2, 32 hex digits
  std::string client_id;
  Secret client_secret;
  std::string client_secret_sha256;                // instead; 64 hex digits
  Secret api_key, api_secret;                      // flipflop, private-services
  std::string api_key_sha256, api_secret_sha256;   // instead; 64 hex digits
  std::optional<std::vector<std::string>> grants;  // none: everything
  Limits limits;
  Location at;
};

struct Service {
  std::string name;                  // the contract's name
  std::optional<Upstream> upstream;  // none: Headgate answers itself
  Cors cors;                         // no origin: no CORS
  enum class Authenticate { kForward, kVerify };
  Authenticate authenticate = Authenticate::kForward;  // sidecar only
  enum class Unmatched { kDeny, kForward };
  Unmatched unmatched = Unmatched::kDeny;
  Limits limits;                            // over the contract's
  std::map<std::string, ValueSpec> values;  // over the contract's; each holds
                                            // only the keys that were written
  std::map<std::string, std::string> settings;
  std::vector<App> apps;
  bool unlisted_apps_allowed = true;  // default: true with an upstream
  std::string chat_server_url;        // flipflop, standalone
  Location at;
};

// A key that seals tokens (standalone): a PASERK (k4.local. or k4.secret.), 64
// hexadecimal digits, or 32 bytes as base64. What is no PASERK is a local key.
struct TokenKey {
  std::string id;  // for people; tokens carry the PASERK id
  Secret secret;
  Location at;
};
struct Tokens {
  enum class Format { kLocal, kPublic };
  absl::Duration lifetime = absl::Hours(24);  // 1s..3650d
  std::string issuer = "headgate";            // claim `iss`, 1..255 visible
  Format format = Format::kLocal;  // sealed (v4.local) or signed (v4.public)
  std::vector<TokenKey> keys;      // the first seals, all open
};

struct AccessLog {
  enum class Format { kJson };
  std::string path = "-";  // "-": standard output; "off": none
  Format format = Format::kJson;
  bool replay = true;  // lines hold what `headgate diff` needs
};

struct Log {
  std::string level = "info";  // debug, info, warning, error
};

struct LimiterOptions {
  int64_t keys = 1000000;  // (app key, operation) pairs remembered at a time;
                           // more of them share the overflow budget
};

// A file that `contracts:` names.
struct ContractFile {
  std::string path;  // with the folder of the operator's file
  Location at;
};

struct Config {
  int64_t workers = 0;  // 0: one per core; 1..256
  std::vector<Listener> listeners;
  std::optional<Address> admin;
  std::vector<ContractFile> contract_files;
  std::string storage = "memory";  // or "sqlite:PATH"
  RequestLimits limits_for_requests;
  Timeouts timeouts;
  LimiterOptions limiter;
  std::vector<Service> services;  // in the order of the file
  Tokens tokens;
  AccessLog access_log;
  Log log;
  // Every contract that a service names, merged and checked, by name.
  std::map<std::string, Contract> contracts;
};

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_CONFIG_H_
