#include "config/scalar_types.h"

#include <limits>
#include <memory>

#include "base/strings.h"
#include "config/file_path.h"

namespace headgate::config {
namespace {

constexpr size_t kSecretBytesMax = 64 * 1024;

bool IsHex(std::string_view text, size_t digits) {
  return text.size() == digits &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return HexDigit(c) >= 0; });
}

bool ReportSecret(const Node& node, std::string message,
                  const Reading& reading) {
  Location at = node.at;
  at.secret = true;
  reading.diagnostics->Add(at, std::move(message));
  return false;
}

// Why a file could not be read, or "" and its bytes.
std::string ReadFileOf(const Reading& reading, const std::string& path,
                       std::string* bytes) {
  if (reading.environment == nullptr || !reading.environment->read_file) {
    return StrCat("no file can be read here: ", Quote(path));
  }
  auto read = reading.environment->read_file(ResolvePath(reading.folder, path));
  if (!read.ok()) {
    return StrCat("cannot read ", Quote(path), ": ", read.status().message());
  }
  *bytes = *std::move(read);
  return "";
}

bool ReadSecretFile(const Node& path, const Reading& reading, Secret* out) {
  std::string name, bytes;
  if (!ReadString(path, reading.diagnostics, &name)) return false;
  std::string problem = ReadFileOf(reading, name, &bytes);
  if (bytes.ends_with('\n')) bytes.pop_back();
  if (bytes.ends_with('\r')) bytes.pop_back();
  if (problem.empty() && bytes.empty()) problem = Quote(name) + " is empty";
  if (bytes.size() > kSecretBytesMax) {
    problem = StrCat(Quote(name), " is too large for a secret: at most ",
                     kSecretBytesMax / 1024, " KiB");
  }
  if (problem.empty()) {
    *out = Secret(std::move(bytes));
    return true;
  }
  reading.diagnostics->Add(path.at, std::move(problem));
  return false;
}

bool ReadSecretVariable(const Node& variable, const Reading& reading,
                        Secret* out) {
  std::string name;
  if (!ReadString(variable, reading.diagnostics, &name)) return false;
  std::optional<std::string> value;
  if (reading.environment != nullptr && reading.environment->variable) {
    value = reading.environment->variable(name);
  }
  if (value && !value->empty()) {
    *out = Secret(*std::move(value));
    return true;
  }
  reading.diagnostics->Add(
      variable.at, StrCat("the environment variable ", Quote(name), " is ",
                          value ? "empty" : "not set"));
  return false;
}

bool ReadSecret(const Node& node, const Reading& reading, Secret* out) {
  constexpr char kExpected[] =
      "expected a secret: a string, {env: NAME} or {file: PATH}";
  if (node.is_scalar() && !node.text.empty()) {
    *out = Secret(node.text);
    return true;
  }
  // A secret with ": " in it is a map to YAML: its keys are not shown either.
  if ((node.Find("env") == nullptr) == (node.Find("file") == nullptr)) {
    return ReportSecret(node, kExpected, reading);
  }
  MapReader map(node, reading.diagnostics);
  const Node* const variable = map.Find("env");
  const Node* const file = map.Find("file");
  return file ? ReadSecretFile(*file, reading, out)
              : ReadSecretVariable(*variable, reading, out);
}

Property SecretSource(std::string key, std::string description) {
  Property property;
  property.key = std::move(key);
  property.description = std::move(description);
  property.required = true;
  return property;
}

Schema SecretSchema() {
  Schema text, variable, file;
  variable.kind = file.kind = Schema::Kind::kObject;
  variable.properties = {
      SecretSource("env", "The environment variable that holds the secret.")};
  file.properties = {SecretSource(
      "file", "The file that holds the secret; its last newline is ignored.")};
  Schema schema;
  schema.kind = Schema::Kind::kAlternatives;
  schema.alternatives = {text, variable, file};
  return schema;
}

}  // namespace

Node ScalarNode(std::string text) {
  Node node;
  node.kind = Node::Kind::kScalar;
  node.text = std::move(text);
  return node;
}

Type<std::string> StringType() {
  Type<std::string> type;
  type.read = [](const Node& node, const Reading& reading, std::string* out) {
    return ReadString(node, reading.diagnostics, out);
  };
  // Quoted where it could be taken for something else (config/print.cc).
  type.write = [](const std::string& value) {
    Node node = ScalarNode(value);
    node.quoted = true;
    return value.empty() ? Node() : node;
  };
  return type;
}

Type<std::string> StringType(StringRule rule) {
  Type<std::string> type = StringType();
  type.schema.pattern = rule.pattern;
  return Checked(
      std::move(type),
      [rule](const Node& node, const Reading& reading, std::string* value) {
        return rule.accepts(*value) ||
               ReportUnexpected(node, rule.expected, reading.diagnostics);
      });
}

Type<bool> BooleanType() {
  Type<bool> type;
  type.schema.kind = Schema::Kind::kBoolean;
  type.read = [](const Node& node, const Reading& reading, bool* out) {
    return ReadBool(node, reading.diagnostics, out);
  };
  type.write = [](bool value) { return ScalarNode(value ? "true" : "false"); };
  return type;
}

Type<int64_t> IntegerType(Range range) {
  Type<int64_t> type;
  type.schema.kind = Schema::Kind::kInteger;
  type.schema.minimum = range.min;
  if (range.max != std::numeric_limits<int64_t>::max()) {
    type.schema.maximum = range.max;
  }
  type.read = [range](const Node& node, const Reading& reading, int64_t* out) {
    return ReadInteger(node, range, reading.diagnostics, out);
  };
  type.write = [](int64_t value) { return ScalarNode(StrCat(value)); };
  return type;
}

Type<int64_t> BytesType(Range range) {
  Schema number;
  number.kind = Schema::Kind::kInteger;
  number.minimum = range.min;
  number.maximum = range.max;
  Schema text;
  text.pattern = "^[0-9]+(B|KiB|MiB|GiB)$";
  Type<int64_t> type;
  type.schema.kind = Schema::Kind::kAlternatives;
  type.schema.alternatives = {text, number};
  type.read = [range](const Node& node, const Reading& reading, int64_t* out) {
    return ReadBytes(node, range, reading.diagnostics, out);
  };
  type.write = [](int64_t value) { return ScalarNode(BytesText(value)); };
  return type;
}

Type<absl::Duration> DurationType(DurationRange range) {
  Type<absl::Duration> type;
  type.schema.pattern = "^[0-9]+(us|ms|s|m|h|d)$";
  type.read = [range](const Node& node, const Reading& reading,
                      absl::Duration* out) {
    return ReadDuration(node, range, reading.diagnostics, out);
  };
  type.write = [](absl::Duration value) {
    return ScalarNode(DurationText(value));
  };
  return type;
}

Type<Range> RangeType() {
  Type<Range> type;
  type.schema.pattern =
      "^([0-9]+|[0-9]+\\.\\.|\\.\\.[0-9]+|[0-9]+\\.\\.[0-9]+)$";
  type.read = [](const Node& node, const Reading& reading, Range* out) {
    return ReadRange(node, reading.diagnostics, out);
  };
  type.write = [](Range value) { return ScalarNode(RangeText(value)); };
  return type;
}

Type<Secret> SecretType() {
  Type<Secret> type;
  type.schema = SecretSchema();
  type.read = ReadSecret;
  type.write = [](const Secret& value) {
    return value.empty() ? Node() : ScalarNode("<secret>");
  };
  return type;
}

Type<Secret> HexSecretType(size_t digits) {
  return Checked(SecretType(), [digits](const Node& node,
                                        const Reading& reading, Secret* value) {
    return IsHex(value->Reveal(), digits) ||
           ReportSecret(node,
                        StrCat("expected ", digits, " hexadecimal digits"),
                        reading);
  });
}

Type<std::string> HexType(size_t digits) {
  Type<std::string> type = StringType();
  type.schema.pattern = StrCat("^[0-9A-Fa-f]{", digits, "}$");
  // Somebody may have put the secret itself here.
  return Checked(
      std::move(type),
      [digits](const Node& node, const Reading& reading, std::string* value) {
        return IsHex(*value, digits) ||
               ReportSecret(node,
                            StrCat("expected ", digits, " hexadecimal digits"),
                            reading);
      });
}

Type<std::string> ReadableFileType() {
  return Checked(StringType(), [](const Node& node, const Reading& reading,
                                  std::string* path) {
    std::string bytes;
    std::string problem = ReadFileOf(reading, *path, &bytes);
    if (!problem.empty()) {
      reading.diagnostics->Add(node.at, std::move(problem));
      return false;
    }
    *path = ResolvePath(reading.folder, *path);
    return true;
  });
}

}  // namespace headgate::config
