// The top of the file, and its small sections.
#include "base/strings.h"
#include "config/scalar_types.h"
#include "config/sections.h"

namespace headgate::config {
namespace {

constexpr int64_t kKiB = 1024;
constexpr DurationRange kTimeout = {absl::Milliseconds(1), absl::Hours(1)};

Type<RequestLimits> RequestLimitsType() {
  return Struct<RequestLimits>({
      Key("head_bytes", &RequestLimits::head_bytes,
          BytesType({kKiB, kKiB * kKiB}),
          "The request line and all header fields. 1KiB to 1MiB."),
      Key("headers", &RequestLimits::headers, IntegerType({1, 1000}),
          "Header fields of a request."),
      Key("body_bytes", &RequestLimits::body_bytes,
          BytesType({0, kKiB * kKiB * kKiB}),
          "The body of a request. Up to 1GiB."),
      Key("in_flight", &RequestLimits::in_flight, IntegerType({1, 1000000}),
          "Exchanges at a time; more are answered 503."),
  });
}

Type<Timeouts> TimeoutsType() {
  return Struct<Timeouts>({
      Key("head", &Timeouts::head, DurationType(kTimeout),
          "From the first byte of a request to the end of its head. 1ms to "
          "1h."),
      Key("body", &Timeouts::body, DurationType(kTimeout),
          "Silence inside of a body. 1ms to 1h."),
      Key("idle", &Timeouts::idle, DurationType(kTimeout),
          "Between two exchanges of a connection. 1ms to 1h."),
      Key("write", &Timeouts::write, DurationType(kTimeout),
          "A client that takes nothing of its answer. 1ms to 1h."),
      Key("drain", &Timeouts::drain,
          DurationType({absl::ZeroDuration(), absl::Hours(1)}),
          "From SIGTERM until open exchanges are cut. Up to 1h."),
  });
}

Type<LimiterOptions> LimiterType() {
  return Struct<LimiterOptions>({
      Key("keys", &LimiterOptions::keys, IntegerType({1, 100000000}),
          "Pairs of app key and operation remembered at a time; more of them "
          "share an overflow budget."),
  });
}

Type<AccessLog> AccessLogType() {
  return Struct<AccessLog>({
      Key("path", &AccessLog::path, StringType(),
          "A file, \"-\" for standard output, or off."),
      Key("format", &AccessLog::format,
          ChoiceType<AccessLog::Format>({{"json", AccessLog::Format::kJson}}),
          "json: one object per line."),
      Key("replay", &AccessLog::replay, BooleanType(),
          "Each line holds what `headgate diff` needs to decide the call "
          "again."),
  });
}

Type<Log> LogType() {
  return Struct<Log>({
      Key("level", &Log::level,
          ChoiceType<std::string>({{"debug", "debug"},
                                   {"info", "info"},
                                   {"warning", "warning"},
                                   {"error", "error"}}),
          "The least important messages that are written."),
  });
}

Type<std::string> StorageType() {
  return StringType({.expected = "memory or sqlite:PATH",
                     .pattern = "^(memory|sqlite:.+)$",
                     .accepts = [](std::string_view text) {
                       return text == "memory" ||
                              (text.starts_with("sqlite:") && text.size() > 7);
                     }});
}

Type<ContractFile> ContractFileType() {
  Type<std::string> path = ReadableFileType();
  Type<ContractFile> type;
  type.schema = path.schema;
  type.read = [read = path.read](const Node& node, const Reading& reading,
                                 ContractFile* out) {
    out->at = node.at;
    return read(node, reading, &out->path);
  };
  type.write = [write = path.write](const ContractFile& value) {
    return write(value.path);
  };
  return type;
}

std::vector<Field<Config>> ServerKeys() {
  return {
      Key("workers", &Config::workers, IntegerType({0, 256}),
          "Threads with an event loop of their own; 0: one per core."),
      Required(Key("listeners", &Config::listeners, ListenersType(),
                   "Where clients connect; at least one.")),
      Key("admin", &Config::admin, AdminType(),
          "Where /livez, /readyz, /metrics and the operator's calls are "
          "answered; none by default."),
      Key("contracts", &Config::contract_files, ListOf(ContractFileType()),
          "Contract files: families of one's own, or changes to the built-in "
          "ones. Relative to this file."),
      Key("limits_for_requests", &Config::limits_for_requests,
          RequestLimitsType(), "What a client may send."),
      Key("timeouts", &Config::timeouts, TimeoutsType(),
          "How long a client may take."),
  };
}

std::vector<Field<Config>> ServiceKeys() {
  return {
      Required(Key("services", &Config::services, ServicesType(),
                   "The API families served, by the contract's name; at least "
                   "one.")),
      Key("storage", &Config::storage, StorageType(),
          "What services answered here keep: memory, or sqlite:PATH (relative "
          "to the working directory)."),
      Key("limiter", &Config::limiter, LimiterType(),
          "The memory of the rate limiter."),
      Key("tokens", &Config::tokens, TokensType(),
          "Tokens that Headgate issues itself."),
      Key("access_log", &Config::access_log, AccessLogType(),
          "One line per exchange."),
      Key("log", &Config::log, LogType(), "Headgate's own messages."),
  };
}

}  // namespace

Type<Config> ConfigType() {
  std::vector<Field<Config>> fields = ServerKeys();
  for (Field<Config>& field : ServiceKeys()) fields.push_back(std::move(field));
  return Struct<Config>(std::move(fields));
}

Schema ConfigSchema() { return ConfigType().schema; }

}  // namespace headgate::config
