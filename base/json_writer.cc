#include "base/json_writer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/percent.h"
#include "base/plain_json.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "rapidjson/writer.h"

namespace headgate {
namespace {

// RapidJSON's idea of an output stream.
struct StringStream {
  using Ch = char;
  explicit StringStream(std::string* string) : out(string) {}
  void Put(char c) { out->push_back(c); }
  void Flush() {}

  std::string* out;
};

// Of one value that stands alone: no level, and so no allocation.
using ValueWriter = rapidjson::Writer<StringStream>;

std::string ReplaceInvalid(std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string valid;
  while (!text.empty()) {
    const size_t bytes = CharacterBytes(text);
    valid += bytes == 0 ? kReplacement : text.substr(0, bytes);
    text.remove_prefix(std::max<size_t>(bytes, 1));
  }
  return valid;
}

void AppendQuoted(std::string_view text, std::string* out) {
  out->push_back('"');
  out->append(text);
  out->push_back('"');
}

void AppendEscaped(std::string_view text, std::string* out) {
  StringStream stream(out);
  ValueWriter(stream).String(text.data(), static_cast<unsigned>(text.size()));
}

}  // namespace

// What stands before a value is a comma, unless the text says otherwise: no
// value ends in one of these.
void JsonWriter::BeginValue() {
  if (out_->size() == begin_) return;
  const char last = out_->back();
  if (last != '{' && last != '[' && last != ':') out_->push_back(',');
}

void JsonWriter::Reset(std::string* out) {
  out_ = out;
  begin_ = out->size();
}

void JsonWriter::Begin(char bracket) {
  BeginValue();
  out_->push_back(bracket);
}
void JsonWriter::StartObject() { Begin('{'); }
void JsonWriter::EndObject() { out_->push_back('}'); }
void JsonWriter::StartArray() { Begin('['); }
void JsonWriter::EndArray() { out_->push_back(']'); }

void JsonWriter::Key(std::string_view key) {
  String(key);
  out_->push_back(':');
}
void JsonWriter::String(std::string_view text) {
  BeginValue();
  AppendJsonString(text, out_);
}
void JsonWriter::PlainString(std::string_view text) {
  BeginValue();
  AppendQuoted(text, out_);
}
void JsonWriter::Raw(std::string_view json) {
  BeginValue();
  out_->append(json);
}
void JsonWriter::Integer(int64_t value) {
  BeginValue();
  StrAppend(out_, value);
}
void JsonWriter::Unsigned(uint64_t value) {
  BeginValue();
  StrAppend(out_, value);
}
void JsonWriter::Number(double value) {
  if (!std::isfinite(value)) return Null();
  BeginValue();
  StringStream stream(out_);
  ValueWriter(stream).Double(value);
}
void JsonWriter::Boolean(bool value) { Raw(value ? "true" : "false"); }
void JsonWriter::Null() { Raw("null"); }

// Recursion is bounded by JsonReader::kDepthMax.
void JsonWriter::Value(JsonValue value) {
  switch (value.kind()) {
    case JsonValue::Kind::kNull:
      return Null();
    case JsonValue::Kind::kBoolean:
      return Boolean(value.boolean());
    case JsonValue::Kind::kInteger:
      return Integer(value.integer());
    case JsonValue::Kind::kUnsigned:
      return Unsigned(value.unsigned_integer());
    case JsonValue::Kind::kDouble:
      return Number(value.number());
    case JsonValue::Kind::kString:
      return String(value.string());
    case JsonValue::Kind::kArray:
      StartArray();
      for (const JsonValue item : value.items()) Value(item);
      return EndArray();
    case JsonValue::Kind::kObject:
      StartObject();
      for (const JsonMember member : value.members()) {
        Key(member.key);
        Value(member.value);
      }
      return EndObject();
  }
}

void JsonWriter::Member(std::string_view key, std::string_view text) {
  Key(key);
  String(text);
}
void JsonWriter::Member(std::string_view key, int64_t value) {
  Key(key);
  Integer(value);
}
void JsonWriter::Member(std::string_view key, bool value) {
  Key(key);
  Boolean(value);
}

void AppendJsonString(std::string_view text, std::string* out) {
  if (IsPlainJson(text)) {
    AppendQuoted(text, out);
  } else if (IsUtf8(text)) {
    AppendEscaped(text, out);
  } else {
    AppendEscaped(ReplaceInvalid(text), out);
  }
}

void AppendJsonEscaped(std::string_view text, std::string* out) {
  if (IsPlainJson(text)) {
    out->append(text);
    return;
  }
  const size_t start = out->size();
  AppendJsonString(text, out);
  out->erase(start, 1);
  out->pop_back();
}

}  // namespace headgate
