// The schema, the reader and the manual say the same.
#include "config/schema.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "base/json_reader.h"
#include "base/strings.h"
#include "config/print.h"
#include "config/reader.h"
#include "tests/config/fake_environment.h"

namespace headgate::config {
namespace {

// A tree with every key of the schema; what a scalar must be is left open.
// `extra` is put into every object, too; its number is counted.
struct Sample {
  std::string extra;
  int objects = 0;

  Node Make(const Schema& schema) {
    Node node;
    switch (schema.kind) {
      case Schema::Kind::kObject:
        ++objects;
        node.kind = Node::Kind::kMap;
        for (const Property& property : schema.properties) {
          node.entries.push_back({property.key, {}, Make(property.schema)});
        }
        if (!extra.empty()) node.entries.push_back({extra, {}, Node()});
        return node;
      case Schema::Kind::kMap:
        node.kind = Node::Kind::kMap;
        node.entries.push_back({"agora-chat", {}, Make(*schema.each)});
        return node;
      case Schema::Kind::kList:
        node.kind = Node::Kind::kList;
        node.items.push_back(Make(*schema.each));
        return node;
      case Schema::Kind::kAlternatives:
        return Make(schema.alternatives.back());
      default:
        node.kind = Node::Kind::kScalar;
        node.text = "any";
        return node;
    }
  }
};

size_t CountOf(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(part, at)) != std::string_view::npos;
       ++at) {
    ++count;
  }
  return count;
}

TEST(SchemaTest, HoldsNoKeyThatTheReaderDoesNotKnow) {
  Sample sample;
  std::string problems;
  FakeEnvironment().Load(PrintYaml(sample.Make(ConfigSchema())), &problems);
  EXPECT_NE(problems, "");
  EXPECT_EQ(CountOf(problems, "unknown key"), 0u) << problems;
}

TEST(SchemaTest, DescribesEveryObjectThatTheReaderReads) {
  Sample sample = {.extra = "no_such_key"};
  std::string problems;
  FakeEnvironment().Load(PrintYaml(sample.Make(ConfigSchema())), &problems);
  EXPECT_GT(sample.objects, 15);
  EXPECT_EQ(CountOf(problems, "unknown key \"no_such_key\""),
            static_cast<size_t>(sample.objects))
      << problems;
}

TEST(SchemaTest, IsJsonSchemaOfTheAgreedDialect) {
  const std::string text = SchemaJson(ConfigSchema());
  JsonReader reader;
  ASSERT_TRUE(reader.Read(text)) << reader.error();
  EXPECT_TRUE(text.starts_with(
      "{\n"
      "  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
      "  \"title\": \"Headgate's configuration\",\n"
      "  \"type\": \"object\",\n"
      "  \"additionalProperties\": false,\n"
      "  \"properties\": {\n"
      "    \"workers\": {\n"
      "      \"description\": \"Threads with an event loop of their own; 0: "
      "one per core.\",\n"
      "      \"type\": \"integer\",\n"
      "      \"minimum\": 0,\n"
      "      \"maximum\": 256,\n"
      "      \"default\": 0\n"
      "    },\n"))
      << text.substr(0, 600);
  EXPECT_TRUE(
      text.ends_with("  \"required\": [\n"
                     "    \"listeners\",\n"
                     "    \"services\"\n"
                     "  ]\n"
                     "}\n"));
  EXPECT_EQ(CountOf(text, "\"additionalProperties\": false"),
            CountOf(text, "\"properties\": {"));
}

// Calls `visit` with the path of each key: "services.NAME.upstream.servers",
// "listeners[].address".
void Walk(
    const Schema& schema, const std::string& path,
    const std::function<void(const std::string&, const Property&)>& visit) {
  for (const Property& property : schema.properties) {
    const std::string key =
        path.empty() ? property.key : path + "." + property.key;
    visit(key, property);
    Walk(property.schema, key, visit);
  }
  for (const Schema& alternative : schema.alternatives) {
    Walk(alternative, path, visit);
  }
  if (schema.kind == Schema::Kind::kList) {
    Walk(*schema.each, path + "[]", visit);
  } else if (schema.kind == Schema::Kind::kMap) {
    Walk(*schema.each, path + ".NAME", visit);
  }
}

// The row of docs/configuration.md that begins with "| `path` |".
TEST(SchemaTest, EveryKeyAndDefaultStandsInTheManual) {
  const std::string manual = ReadSourceFile("docs/configuration.md");
  ASSERT_NE(manual, "");
  Walk(ConfigSchema(), "",
       [&manual](const std::string& path, const Property& property) {
         // Secrets are explained once.
         if (path.ends_with(".env") || path.ends_with(".file")) return;
         const size_t row = manual.find(StrCat("\n| `", path, "` |"));
         ASSERT_NE(row, std::string::npos) << path;
         const std::string line =
             manual.substr(row + 1, manual.find('\n', row + 1) - row - 1);
         const std::string standard =
             property.required ? "required" : property.default_text;
         EXPECT_NE(line.find(standard), std::string::npos)
             << line << "\nlacks " << standard;
       });
}

// Every row is a key that exists.
TEST(SchemaTest, TheManualHoldsNoOtherKey) {
  StringSet paths;
  Walk(ConfigSchema(), "", [&paths](const std::string& path, const Property&) {
    paths.insert(path);
  });
  const std::string manual = ReadSourceFile("docs/configuration.md");
  for (const std::string_view line : Split(manual, '\n')) {
    if (!line.starts_with("| `")) continue;
    const std::string_view path = line.substr(3, line.find('`', 3) - 3);
    EXPECT_TRUE(paths.contains(path)) << path;
  }
}

}  // namespace
}  // namespace headgate::config
