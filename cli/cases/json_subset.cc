#include "cli/cases/json_subset.h"

#include <utility>

#include "base/json_writer.h"
#include "base/strings.h"

namespace headgate::cli {
namespace {

std::string JsonText(JsonValue value) {
  std::string text;
  JsonWriter(&text).Value(value);
  return config::Printable(text);
}

struct Difference {
  std::string path, expected, actual;
};

bool IsNumber(JsonValue value) {
  using Kind = JsonValue::Kind;
  return value.kind() == Kind::kInteger || value.kind() == Kind::kUnsigned ||
         value.kind() == Kind::kDouble;
}

double AsDouble(JsonValue value) {
  switch (value.kind()) {
    case JsonValue::Kind::kInteger:
      return static_cast<double>(value.integer());
    case JsonValue::Kind::kUnsigned:
      return static_cast<double>(value.unsigned_integer());
    default:
      return value.number();
  }
}

bool SameScalar(JsonValue a, JsonValue b) {
  using Kind = JsonValue::Kind;
  if (a.kind() != b.kind()) {
    return IsNumber(a) && IsNumber(b) && AsDouble(a) == AsDouble(b);
  }
  switch (a.kind()) {
    case Kind::kNull:
      return true;
    case Kind::kBoolean:
      return a.boolean() == b.boolean();
    case Kind::kInteger:
      return a.integer() == b.integer();
    case Kind::kUnsigned:
      return a.unsigned_integer() == b.unsigned_integer();
    case Kind::kDouble:
      return a.number() == b.number();
    case Kind::kString:
      return a.string() == b.string();
    default:
      return false;
  }
}

bool Contains(JsonValue expected, JsonValue actual, std::string* path,
              Difference* difference);

bool Differ(JsonValue expected, std::string actual, const std::string& path,
            Difference* difference) {
  *difference = {path, JsonText(expected), std::move(actual)};
  return false;
}

bool ObjectContains(JsonValue expected, JsonValue actual, std::string* path,
                    Difference* difference) {
  const size_t size = path->size();
  for (const JsonMember member : expected.members()) {
    StrAppend(path, ".", member.key);
    const JsonValue found = actual.Find(member.key);
    if (!found) return Differ(member.value, "none", *path, difference);
    if (!Contains(member.value, found, path, difference)) return false;
    path->resize(size);
  }
  return true;
}

bool ListContains(JsonValue expected, JsonValue actual, std::string* path,
                  Difference* difference) {
  if (expected.size() != actual.size()) {
    *difference = {*path, StrCat(expected.size(), " items"),
                   StrCat(actual.size(), " items")};
    return false;
  }
  const size_t size = path->size();
  size_t index = 0;
  auto item = actual.items().begin();
  for (const JsonValue wanted : expected.items()) {
    StrAppend(path, "[", index++, "]");
    if (!Contains(wanted, *item, path, difference)) return false;
    ++item;
    path->resize(size);
  }
  return true;
}

bool Contains(JsonValue expected, JsonValue actual, std::string* path,
              Difference* difference) {
  if (expected.is_object() && actual.is_object()) {
    return ObjectContains(expected, actual, path, difference);
  }
  if (expected.is_array() && actual.is_array()) {
    return ListContains(expected, actual, path, difference);
  }
  if (SameScalar(expected, actual)) return true;
  return Differ(expected, JsonText(actual), *path, difference);
}

bool Report(const Expected<std::string>& expected, Difference difference,
            std::vector<Mismatch>* mismatches) {
  mismatches->push_back({expected.at, std::move(difference.path),
                         std::move(difference.expected),
                         std::move(difference.actual)});
  return false;
}

}  // namespace

bool JsonSubset::Check(std::string_view field,
                       const Expected<std::string>& expected,
                       std::string_view text,
                       std::vector<Mismatch>* mismatches) {
  const std::string name(field);
  const JsonValue wanted = expected_reader_.Read(expected.value);
  if (!wanted) {  // nested deeper than our reader goes
    return Report(expected, {name, "JSON", expected_reader_.error()},
                  mismatches);
  }
  const JsonValue actual = actual_reader_.Read(text);
  if (!actual) {
    return Report(expected,
                  {name, JsonText(wanted),
                   text.empty() ? "no body" : config::Quote(text)},
                  mismatches);
  }
  std::string path = name;
  Difference difference;
  if (Contains(wanted, actual, &path, &difference)) return true;
  return Report(expected, std::move(difference), mismatches);
}

}  // namespace headgate::cli
