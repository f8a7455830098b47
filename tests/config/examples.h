// The operator's files that must always load: the agreed shape.
#ifndef HEADGATE_TESTS_CONFIG_EXAMPLES_H_
#define HEADGATE_TESTS_CONFIG_EXAMPLES_H_

#include "tests/config/fake_environment.h"

namespace headgate::config {

inline constexpr char kSidecar[] = R"(listeners:
  - address: 127.0.0.1:8080          # host:port, [::1]:port, unix:/path
services:
  agora-chat:                        # a built-in contract, or one from a file
    upstream:
      servers: [http://127.0.0.1:9001, http://127.0.0.1:9002]
)";

inline constexpr char kStandalone[] = R"(listeners:
  - address: 127.0.0.1:8080
storage: sqlite:data/headgate.db     # or memory
services:
  agora-chat:
    apps:
      - org_name: acme
        app_name: chat
        client_id: demo-client
        client_secret: demo-secret
  flipflop:
    chat_server_url: wss://chat.example.com/ws
    apps:
      - app_id: ffl-dev-1
        api_key: demo-key
        api_secret: demo-secret
  private-services:
    apps:
      - name: backend
        api_key: demo-api-key
)";

inline constexpr char kEverything[] =
    R"(workers: 2                           # default: one per core
listeners:
  - address: 0.0.0.0:8443
    tls:
      certificate: cert.pem          # files are watched and swapped
      key: key.pem
      client_ca: ca.pem              # asks for client certificates
  - address: unix:/run/headgate/headgate.sock
admin:
  address: 127.0.0.1:9901            # /livez /readyz /metrics /config /reload
                                     # /drain /limits /explain; or unix:
contracts:
  - contracts/our_own_api.yaml       # a fourth family, or changes to a
                                     # built-in one (extends: agora-chat)
limits_for_requests:
  head_bytes: 16KiB
  headers: 100
  body_bytes: 1MiB
  in_flight: 10000
timeouts:
  head: 10s
  body: 30s
  idle: 75s
  write: 30s
  drain: 30s
services:
  agora-chat:
    upstream:
      servers: [https://a1.example.com]
      connect_timeout: 1s
      response_timeout: 10s
      idle_connections: 256          # kept per worker
      retries: 1                     # only what is safe to send again
      health: {path: /, interval: 5s}
    cors: {origins: [https://app.example.com], max_age: 600s} # none by default
    authenticate: forward            # forward (the upstream checks) or verify
    unmatched: deny                  # deny or forward
    limits:
      default: 100/s                 # per app key and operation
      create_token: 300/s
      add_chatroom_member:
        limit: 100
        window: 1s
        on_exceed: delay             # reject (429) or delay
        max_delay: 500ms
        max_queue: 1000
        shadow: false                # true: decide and report, never refuse
        candidate: 80                # judged and reported beside the limit
    values:                          # changes to the contract's values
      username: {length: 3..32}
    settings:                        # where the contract leaves a choice
      already_member: accept
    apps:
      - org_name: acme
        app_name: chat
        app_id: 970CA35de60c44645bbae8a215061b33      # AccessToken2
        certificate: {file: agora.cert}
        limits: {default: 500/s}
    unlisted_apps: allow             # sidecar: allow; standalone: deny
  private-services:
    apps:
      - name: helpdesk
        api_key: {env: HELPDESK_KEY}
        grants: [PermissionChatMute, PermissionChatUnmute]
tokens:
  lifetime: 24h
  keys:                              # the first seals, all open
    - {id: k2, secret: {file: token-k2.key}}
    - {id: k1, secret: {file: token-k1.key}}
access_log: {path: "-", format: json}
log: {level: info}
)";

// The files and variables that kEverything names.
inline FakeEnvironment EnvironmentOfEverything() {
  return {.files = {{"cert.pem", "-----BEGIN CERTIFICATE-----\n"},
                    {"key.pem", "-----BEGIN PRIVATE KEY-----\n"},
                    {"ca.pem", "-----BEGIN CERTIFICATE-----\n"},
                    {"contracts/our_own_api.yaml",
                     "contract: our-own-api\nextends: agora-chat\n"},
                    {"agora.cert", "5CFd2fd1755d40ecb72977518be15d3b\n"},
                    {"token-k1.key", std::string(64, '0') + "\n"},
                    {"token-k2.key",
                     "k4.local.cHFyc3R1dnd4eXp7fH1-f4CBgoOEhYaHiImKi4yNjo8"
                     "\r\n"}},
          .variables = {{"HELPDESK_KEY", "helpdesk-key"}}};
}

}  // namespace headgate::config

#endif  // HEADGATE_TESTS_CONFIG_EXAMPLES_H_
