#include "config/schema.h"

#include <string_view>

#include "base/json_writer.h"

namespace headgate::config {
namespace {

constexpr char kTitle[] = "Headgate's configuration";
constexpr char kDialect[] = "https://json-schema.org/draft/2020-12/schema";

void WriteBody(const Schema& schema, JsonWriter* json);

void WriteSchema(const Schema& schema, JsonWriter* json) {
  json->StartObject();
  WriteBody(schema, json);
  json->EndObject();
}

void WriteString(const Schema& schema, JsonWriter* json) {
  json->Member("type", "string");
  if (!schema.pattern.empty()) json->Member("pattern", schema.pattern);
  if (schema.choices.empty()) return;
  json->Key("enum");
  json->StartArray();
  for (const std::string& choice : schema.choices) json->String(choice);
  json->EndArray();
}

void WriteInteger(const Schema& schema, JsonWriter* json) {
  json->Member("type", "integer");
  if (schema.minimum) json->Member("minimum", *schema.minimum);
  if (schema.maximum) json->Member("maximum", *schema.maximum);
}

void WriteDefault(const Property& property, JsonWriter* json) {
  if (property.default_text.empty()) return;
  json->Key("default");
  switch (property.schema.kind) {
    case Schema::Kind::kInteger:
      json->Integer(std::stoll(property.default_text));
      break;
    case Schema::Kind::kBoolean:
      json->Boolean(property.default_text == "true");
      break;
    default:
      json->String(property.default_text);
  }
}

// A key with nothing behind it means all defaults.
void WriteMapType(bool may_be_null, JsonWriter* json) {
  if (!may_be_null) return json->Member("type", "object");
  json->Key("type");
  json->StartArray();
  json->String("object");
  json->String("null");
  json->EndArray();
}

void WriteObject(const Schema& schema, JsonWriter* json) {
  bool some_required = false;
  for (const Property& property : schema.properties) {
    some_required = some_required || property.required;
  }
  WriteMapType(!some_required, json);
  json->Member("additionalProperties", false);
  json->Key("properties");
  json->StartObject();
  for (const Property& property : schema.properties) {
    json->Key(property.key);
    json->StartObject();
    json->Member("description", property.description);
    WriteBody(property.schema, json);
    WriteDefault(property, json);
    json->EndObject();
  }
  json->EndObject();
  if (!some_required) return;
  json->Key("required");
  json->StartArray();
  for (const Property& property : schema.properties) {
    if (property.required) json->String(property.key);
  }
  json->EndArray();
}

void WriteBody(const Schema& schema, JsonWriter* json) {
  switch (schema.kind) {
    case Schema::Kind::kString:
      return WriteString(schema, json);
    case Schema::Kind::kInteger:
      return WriteInteger(schema, json);
    case Schema::Kind::kBoolean:
      return json->Member("type", "boolean");
    case Schema::Kind::kList:
      json->Member("type", "array");
      if (schema.items_min > 0) json->Member("minItems", schema.items_min);
      json->Key("items");
      return WriteSchema(*schema.each, json);
    case Schema::Kind::kMap:
      WriteMapType(true, json);
      json->Key("additionalProperties");
      return WriteSchema(*schema.each, json);
    case Schema::Kind::kObject:
      return WriteObject(schema, json);
    case Schema::Kind::kAlternatives:
      json->Key("anyOf");
      json->StartArray();
      for (const Schema& each : schema.alternatives) WriteSchema(each, json);
      return json->EndArray();
  }
}

// Compact JSON with line ends and indentation for people. Strings are copied
// as they are.
std::string Indent(std::string_view json) {
  std::string out;
  size_t depth = 0;
  bool in_string = false;
  const auto new_line = [&out, &depth] {
    out += '\n';
    out.append(depth * 2, ' ');
  };
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    const bool opens = c == '{' || c == '[';
    const bool closes = c == '}' || c == ']';
    if (in_string || (!opens && !closes && c != ',' && c != ':')) {
      out += c;
      if (in_string && c == '\\') out += json[++i];
      if (c == '"') in_string = !in_string;
      continue;
    }
    if (closes) {
      --depth;
      new_line();
    }
    out += c;
    if (opens) ++depth;
    if (opens || c == ',') new_line();
    if (c == ':') out += ' ';
  }
  return out + "\n";
}

}  // namespace

std::string SchemaJson(const Schema& schema) {
  std::string json;
  JsonWriter writer(&json);
  writer.StartObject();
  writer.Member("$schema", kDialect);
  writer.Member("title", kTitle);
  WriteBody(schema, &writer);
  writer.EndObject();
  return Indent(json);
}

}  // namespace headgate::config
