// JSON into a std::string: compact, in the order of the calls. What it writes
// is always valid JSON: bytes that are not UTF-8 become U+FFFD, and numbers
// that JSON lacks (NaN, infinities) become null. RapidJSON's Writer writes what
// is hard, escapes and doubles; brackets and commas are written here, without a
// stack of levels and so without an allocation.
//
//   std::string out;
//   JsonWriter writer(&out);
//   writer.StartObject();
//   writer.Key("result");
//   writer.Boolean(true);
//   writer.EndObject();                      // {"result":true}
//
// Calls must nest properly. Not thread-safe.
#ifndef HEADGATE_BASE_JSON_WRITER_H_
#define HEADGATE_BASE_JSON_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_reader.h"

namespace headgate {

class JsonWriter {
 public:
  // Appends to `out`, which must outlive the writer or its next Reset.
  explicit JsonWriter(std::string* out) { Reset(out); }

  // Begins a new text that is appended to `out`.
  void Reset(std::string* out);

  void StartObject();
  void Key(std::string_view key);
  void EndObject();
  void StartArray();
  void EndArray();

  void String(std::string_view text);
  // REQUIRES: IsPlainJson(text), which is not looked at again.
  void PlainString(std::string_view text);
  void Integer(int64_t value);
  void Unsigned(uint64_t value);
  void Number(double value);
  void Boolean(bool value);
  void Null();
  // A whole value that is JSON text already: nobody looks at it.
  void Raw(std::string_view json);
  // A parsed value, as it is now (see JsonReader::MutableString).
  void Value(JsonValue value);

  // Shorthands: a key and its value.
  void Member(std::string_view key, std::string_view text);
  void Member(std::string_view key, const char* text) {
    Member(key, std::string_view(text));
  }
  void Member(std::string_view key, int64_t value);
  void Member(std::string_view key, int value) {
    Member(key, static_cast<int64_t>(value));
  }
  void Member(std::string_view key, bool value);

 private:
  void BeginValue();
  void Begin(char bracket);

  std::string* out_;
  size_t begin_;
};

// "text" with quotes and escapes.
void AppendJsonString(std::string_view text, std::string* out);
// The same without the quotes: for the inside of a template's string.
void AppendJsonEscaped(std::string_view text, std::string* out);

}  // namespace headgate

#endif  // HEADGATE_BASE_JSON_WRITER_H_
