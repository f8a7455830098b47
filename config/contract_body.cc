// The fields of a JSON body, as a contract file writes them:
//
//   usernames: {list: username, items: 1..60, too_many: too_many_to_add}
//   arguments: {list: {user_id: uuid, metadata: {map: text, bytes: 4KiB}}}
//
// A field has one of the seven kinds of the table below; a name alone is short
// for {value: name}.
#include <iterator>
#include <limits>
#include <utility>

#include "base/strings.h"
#include "config/contract_reader.h"

namespace headgate::config {
namespace {

using Kind = FieldSpec::Kind;

struct KindName {
  std::string_view key;
  Kind kind;
};
constexpr KindName kKinds[] = {
    {"value", Kind::kValue},     {"integer", Kind::kInteger},
    {"boolean", Kind::kBoolean}, {"list", Kind::kList},
    {"object", Kind::kObject},   {"map", Kind::kMap},
    {"any", Kind::kAny},
};

void ReadKnownKeys(const Node& node, const ContractReading& reading,
                   FieldSpec* field) {
  if (!node.is_map()) {
    ReportUnexpected(node, "a map of value names", reading.diagnostics);
    return;
  }
  for (const Entry& entry : node.entries) {
    ReadValueName(entry.value, reading, &field->keys[entry.key]);
  }
}

// What stands behind the key that is the field's kind.
void ReadKind(const Node& node, const ContractReading& reading,
              FieldSpec* field) {
  switch (field->kind) {
    case Kind::kInteger:
      ReadRange(node, reading.diagnostics, &field->integer);
      return;
    case Kind::kBoolean:
    case Kind::kAny:
      if (node.text != "true") {
        ReportUnexpected(node, "true", reading.diagnostics);
      }
      return;
    case Kind::kObject:
      ReadFields(node, reading, &field->fields);
      return;
    case Kind::kList:
      if (node.is_map()) {
        ReadFields(node, reading, &field->fields);
        return;
      }
      [[fallthrough]];
    case Kind::kValue:
    case Kind::kMap:
      ReadValueName(node, reading, &field->value);
      return;
  }
}

// Finds the one key that says the kind.
void ReadKindKey(MapReader* map, const Node& node,
                 const ContractReading& reading, FieldSpec* field) {
  const Node* found = nullptr;
  Strings names;
  for (const KindName& kind : kKinds) {
    names.emplace_back(kind.key);
    const Node* const given = map->Find(kind.key);
    if (given == nullptr) continue;
    if (found != nullptr) {
      reading.diagnostics->Add(given->at,
                               "a field has one kind, this is the second");
      continue;
    }
    found = given;
    field->kind = kind.kind;
    ReadKind(*given, reading, field);
  }
  if (found == nullptr && node.is_map()) {
    reading.diagnostics->Add(node.at, "the field has no kind",
                             "kinds: " + Join(names, ", "));
  }
}

// The keys that only lists and maps have.
void ReadItems(MapReader* map, const ContractReading& reading,
               FieldSpec* field) {
  const bool counted = field->kind == Kind::kList || field->kind == Kind::kMap;
  if (!counted) return;
  if (const Node* items = map->Find("items")) {
    ReadRange(*items, reading.diagnostics, &field->items);
    field->items_at = items->at;
  }
  ReadErrorName(map, "too_many", reading, &field->too_many);
  ReadErrorName(map, "too_few", reading, &field->too_few);
  if (field->kind != Kind::kMap) return;
  map->Bytes("bytes", {.min = 1}, &field->bytes_max);
  if (const Node* keys = map->Find("keys")) {
    ReadKnownKeys(*keys, reading, field);
  }
}

void ReadField(const Entry& entry, const ContractReading& reading,
               FieldSpec* field) {
  field->name = entry.key;
  field->at = entry.key_at;
  field->items_at = entry.key_at;
  if (entry.value.is_scalar()) {
    field->kind = Kind::kValue;
    ReadValueName(entry.value, reading, &field->value);
    return;
  }
  MapReader map(entry.value, reading.diagnostics);
  ReadKindKey(&map, entry.value, reading, field);
  map.Bool("optional", &field->optional);
  map.Bool("nullable", &field->nullable);
  ReadErrorName(&map, "missing", reading, &field->missing);
  ReadErrorName(&map, "error", reading, &field->error);
  if (field->kind == Kind::kInteger) {
    ReadErrorName(&map, "too_large", reading, &field->too_large);
  }
  ReadItems(&map, reading, field);
}

}  // namespace

bool ReadValueName(const Node& node, const ContractReading& reading,
                   std::string* name) {
  if (!ReadString(node, reading.diagnostics, name)) return false;
  const auto& values = reading.contract->values;
  if (values.contains(*name)) return true;
  Strings known;
  for (const auto& [value, spec] : values) known.push_back(value);
  ReportUnknown(node.at, "unknown value " + Quote(*name), *name, known,
                reading.diagnostics);
  return false;
}

void ReadFields(const Node& node, const ContractReading& reading,
                std::vector<FieldSpec>* fields) {
  if (!node.is_map() && !node.is_null()) {
    ReportUnexpected(node, "a map of fields", reading.diagnostics);
    return;
  }
  fields->clear();
  for (const Entry& entry : node.entries) {
    ReadField(entry, reading, &fields->emplace_back());
  }
}

}  // namespace headgate::config
