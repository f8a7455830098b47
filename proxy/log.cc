#include "proxy/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include "base/json_writer.h"
#include "base/strings.h"
#include "base/utf8.h"

namespace headgate::proxy {
namespace {

constexpr const char* kPlainPattern = "%Y-%m-%dT%H:%M:%S.%fZ %^%l%$ %v";
constexpr const char* kJsonPattern =
    R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","message":%*})";

// The message as a JSON string: spdlog's own %v knows no escapes.
class JsonMessage : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    std::string text;
    AppendJsonString({message.payload.data(), message.payload.size()}, &text);
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<JsonMessage>();
  }
};

void AppendEscapedByte(unsigned char byte, std::string* out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out->append("\\x");
  out->push_back(kDigits[byte >> 4]);
  out->push_back(kDigits[byte & 15]);
}

// Of the first character: C0, DEL, or C1 in its two bytes (U+0080 to U+009F).
bool BeginsWithControl(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text[0]);
  if (byte == 0xc2 && text.size() > 1) {
    return static_cast<unsigned char>(text[1]) < 0xa0;
  }
  return byte < 0x20 || byte == 0x7f;
}

}  // namespace

void SetUpLog(const LogOptions& options) {
  const auto color =
      options.color ? spdlog::color_mode::always : spdlog::color_mode::never;
  auto sink = std::make_shared<spdlog::sinks::ansicolor_stderr_sink_mt>(color);
  auto logger = std::make_shared<spdlog::logger>("headgate", std::move(sink));
  auto formatter = std::make_unique<spdlog::pattern_formatter>(
      spdlog::pattern_time_type::utc);
  formatter->add_flag<JsonMessage>('*');
  formatter->set_pattern(options.json ? kJsonPattern : kPlainPattern);
  logger->set_formatter(std::move(formatter));
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(std::move(logger));
  SetLogLevel(options.level);
}

bool LogWantsColor() {
  return isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

void SetLogLevel(std::string_view level) {
  // An unknown name was refused by the config's reader; "off" is what spdlog
  // would make of it.
  const auto known = spdlog::level::from_str(std::string(level));
  spdlog::set_level(known == spdlog::level::off ? spdlog::level::info : known);
}

std::string Printable(std::string_view text, size_t bytes_max) {
  std::string out;
  size_t at = 0;
  while (at < text.size() && at < bytes_max) {
    const std::string_view rest = text.substr(at);
    const size_t bytes = BeginsWithControl(rest) ? 0 : CharacterBytes(rest);
    if (bytes == 0) {
      AppendEscapedByte(static_cast<unsigned char>(rest[0]), &out);
    } else {
      out.append(rest.substr(0, bytes));
    }
    at += std::max<size_t>(bytes, 1);
  }
  if (at < text.size()) StrAppend(&out, "... (", text.size(), " bytes)");
  return out;
}

}  // namespace headgate::proxy
