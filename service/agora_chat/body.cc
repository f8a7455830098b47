#include "service/agora_chat/body.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/percent.h"
#include "base/strings.h"

namespace headgate::service::agora_chat {
namespace {

std::optional<int64_t> AmountOf(std::string_view text) {
  const bool digits = !text.empty() && std::ranges::all_of(text, [](char c) {
    return c >= '0' && c <= '9';
  });
  if (!digits) return std::nullopt;
  int64_t amount = std::numeric_limits<int64_t>::max();  // if it is too large
  std::from_chars(text.data(), text.data() + text.size(), amount);
  return amount;
}

}  // namespace

Body::Body(const Call& call) : root_(reader_.Read(call.body)) {}

JsonValue Body::Find(std::string_view key) const {
  if (!root_ || !root_.is_object()) return {};
  return root_.Find(key);
}

bool Body::Has(std::string_view key) const {
  const JsonValue value = Find(key);
  return value && !value.is_null();
}

std::optional<std::string_view> Body::Text(std::string_view key) const {
  const JsonValue value = Find(key);
  if (!value || !value.is_string()) return std::nullopt;
  return value.string();
}

std::optional<int64_t> Body::Integer(std::string_view key) const {
  const JsonValue value = Find(key);
  if (!value || value.kind() != JsonValue::Kind::kInteger) return std::nullopt;
  return value.integer();
}

std::optional<bool> Body::Boolean(std::string_view key) const {
  const JsonValue value = Find(key);
  if (!value || value.kind() != JsonValue::Kind::kBoolean) return std::nullopt;
  return value.boolean();
}

std::optional<int64_t> Body::Amount(std::string_view key) const {
  const JsonValue value = Find(key);
  if (!value) return std::nullopt;
  switch (value.kind()) {
    case JsonValue::Kind::kUnsigned:
      return std::numeric_limits<int64_t>::max();
    case JsonValue::Kind::kInteger:
      return value.integer() < 0 ? std::nullopt
                                 : std::optional(value.integer());
    case JsonValue::Kind::kString:
      return AmountOf(value.string());
    default:
      return std::nullopt;
  }
}

std::vector<std::string_view> Body::Texts(std::string_view key) const {
  std::vector<std::string_view> texts;
  const JsonValue value = Find(key);
  if (!value || !value.is_array()) return texts;
  for (const JsonValue item : value.items()) {
    if (item.is_string()) texts.push_back(item.string());
  }
  return texts;
}

std::string TextOf(JsonValue object, std::string_view key) {
  const JsonValue value = object.Find(key);
  return value && value.is_string() ? std::string(value.string()) : "";
}

int64_t NumberOf(JsonValue object, std::string_view key) {
  const JsonValue value = object.Find(key);
  return value && value.kind() == JsonValue::Kind::kInteger ? value.integer()
                                                            : 0;
}

std::vector<std::string_view> PathNames(const Call& call,
                                        std::string_view variable) {
  return Split(call.Variable(variable), ',');
}

std::string QueryText(const Call& call, std::string_view name) {
  std::string text;
  for (const std::string_view parameter : Split(call.query, '&')) {
    const size_t equals = parameter.find('=');
    if (parameter.substr(0, equals) != name) continue;
    if (equals == std::string_view::npos) return "";
    return FormDecode(parameter.substr(equals + 1), &text) ? text : "";
  }
  return "";
}

int64_t QueryInteger(const Call& call, std::string_view name,
                     int64_t otherwise) {
  const std::string text = QueryText(call, name);
  int64_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Page PageOf(const Call& call, int64_t default_size) {
  // A page beyond this is past the end of everything.
  constexpr int64_t kNumberMax = int64_t{1} << 40;
  const int64_t number = QueryInteger(call, "pagenum", 1);
  const int64_t size = QueryInteger(call, "pagesize", default_size);
  return {.offset = (std::min(number, kNumberMax) - 1) * size, .size = size};
}

}  // namespace headgate::service::agora_chat
