// `operations:` of a contract file. An operation that the contract has already
// keeps what is not written anew; `request`, `path`, `query` and `body` are
// replaced whole.
#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "config/contract_path.h"
#include "config/contract_reader.h"

namespace headgate::config {
namespace {

// "POST /rooms/{id}".
void ReadRequest(const Node& node, const ContractReading& reading,
                 Operation* operation) {
  constexpr std::string_view kExpected =
      "a method and a path such as GET /rooms/{room_id}";
  const size_t space = node.text.find(' ');
  if (!node.is_scalar() || space == std::string::npos || space == 0) {
    ReportUnexpected(node, kExpected, reading.diagnostics);
    return;
  }
  const std::string_view text = node.text;
  const std::string_view method = text.substr(0, space);
  const std::string_view path = text.substr(space + 1);
  const bool upper = std::all_of(method.begin(), method.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || c == '-';
  });
  if (!upper || method.size() > 32) {
    ReportUnexpected(node, kExpected, reading.diagnostics);
    return;
  }
  PathTemplate parsed;
  const std::string wrong = ParsePath(path, &parsed);
  if (!wrong.empty()) {
    reading.diagnostics->Add(node.at, wrong);
    return;
  }
  operation->method = method;
  operation->path = path;
  operation->request_at = node.at;
  // Rules for variables that are gone go with them.
  std::erase_if(operation->path_variables, [&](const auto& entry) {
    return std::find(parsed.variables.begin(), parsed.variables.end(),
                     entry.first) == parsed.variables.end();
  });
}

void ReadPathVariable(const Entry& entry, const Operation& operation,
                      const ContractReading& reading, PathSpec* variable) {
  variable->name = entry.key;
  variable->value = entry.key;
  variable->at = entry.key_at;
  variable->items_at = entry.key_at;
  variable->items.min = 1;
  PathTemplate parsed;
  ParsePath(operation.path, &parsed);
  if (std::find(parsed.variables.begin(), parsed.variables.end(), entry.key) ==
      parsed.variables.end()) {
    ReportUnknown(entry.key_at,
                  "the request has no variable " + Quote(entry.key), entry.key,
                  parsed.variables, reading.diagnostics);
  }
  MapReader map(entry.value, reading.diagnostics);
  const Node* value = map.Find("value");
  const Node* list = map.Find("list");
  if (value != nullptr && list != nullptr) {
    reading.diagnostics->Add(list->at, "expected either \"value\" or \"list\"");
  }
  variable->list = list != nullptr;
  if (list != nullptr) value = list;
  if (value != nullptr) ReadValueName(*value, reading, &variable->value);
  ReadErrorName(&map, "error", reading, &variable->error);
  if (!variable->list) return;
  const Node* separator = map.Find("separator");
  if (separator != nullptr && separator->text.size() != 1) {
    ReportUnexpected(*separator, "one character", reading.diagnostics);
  } else if (separator != nullptr) {
    variable->separator = separator->text[0];
  }
  if (const Node* items = map.Find("items")) {
    ReadRange(*items, reading.diagnostics, &variable->items);
    variable->items_at = items->at;
  }
  ReadErrorName(&map, "too_many", reading, &variable->too_many);
  ReadErrorName(&map, "too_few", reading, &variable->too_few);
}

void ReadPath(const Node& node, const ContractReading& reading,
              Operation* operation) {
  if (!node.is_map()) {
    ReportUnexpected(node, "a map of path variables", reading.diagnostics);
    return;
  }
  operation->path_variables.clear();
  for (const Entry& entry : node.entries) {
    ReadPathVariable(entry, *operation, reading,
                     &operation->path_variables[entry.key]);
  }
}

void ReadQueryParameter(const Entry& entry, const ContractReading& reading,
                        QuerySpec* parameter) {
  parameter->name = entry.key;
  parameter->at = entry.key_at;
  MapReader map(entry.value, reading.diagnostics);
  const Node* value = map.Find("value");
  const Node* integer = map.Find("integer");
  if (entry.value.is_map() && (value == nullptr) == (integer == nullptr)) {
    reading.diagnostics->Add(entry.value.at,
                             "expected either \"integer\" or \"value\"");
  }
  if (value != nullptr) ReadValueName(*value, reading, &parameter->value);
  ReadErrorName(&map, "error", reading, &parameter->error);
  Range range;
  if (integer == nullptr) return;
  if (ReadRange(*integer, reading.diagnostics, &range)) {
    parameter->integer = range;
  }
  map.Integer("default", range, &parameter->default_value);
  map.Integer("at_most", range, &parameter->at_most);
}

void ReadQuery(const Node& node, const ContractReading& reading,
               Operation* operation) {
  if (!node.is_map()) {
    ReportUnexpected(node, "a map of query parameters", reading.diagnostics);
    return;
  }
  operation->query.clear();
  for (const Entry& entry : node.entries) {
    ReadQueryParameter(entry, reading, &operation->query.emplace_back());
  }
}

// `any`, `none`, or the fields of a JSON object.
void ReadBody(const Node& node, const ContractReading& reading,
              BodySpec* body) {
  *body = BodySpec();
  body->at = node.at;
  if (node.is_map()) {
    body->kind = BodySpec::Kind::kJson;
    ReadFields(node, reading, &body->fields);
    return;
  }
  if (node.text == "any" || node.text == "none") {
    body->kind =
        node.text == "any" ? BodySpec::Kind::kAny : BodySpec::Kind::kNone;
    return;
  }
  ReportUnexpected(node, "a map of fields, any or none", reading.diagnostics);
}

// Bodies that are not JSON and stand for {}: here a string may be empty.
void ReadEmptyBodies(const Node& node, const ContractReading& reading,
                     BodySpec* body) {
  const bool good =
      node.is_list() &&
      std::all_of(node.items.begin(), node.items.end(),
                  [](const Node& item) { return item.is_scalar(); });
  if (!good) {
    ReportUnexpected(node, "a list of strings", reading.diagnostics);
    return;
  }
  body->empty.clear();
  for (const Node& item : node.items) body->empty.push_back(item.text);
}

void ReadArrayBody(const Node& node, const ContractReading& reading,
                   BodySpec* body) {
  MapReader map(node, reading.diagnostics);
  Range range;
  map.Require("items");
  map.Interval("items", &range);
  body->array = range;
  ReadErrorName(&map, "too_many", reading, &body->array_too_many);
}

void ReadSuccesses(const Node& node, const ContractReading& reading,
                   Operation* operation) {
  if (!node.is_list() || node.items.empty()) {
    ReportUnexpected(node, "a list of statuses such as [200]",
                     reading.diagnostics);
    return;
  }
  operation->answers.clear();
  for (const Node& item : node.items) {
    int64_t status = 0;
    if (!ReadInteger(item, {200, 399}, reading.diagnostics, &status)) continue;
    operation->answers.push_back(static_cast<int>(status));
  }
}

// "arguments.permissions": must lead to a list of values in the body.
void CheckGrants(const Node& node, const ContractReading& reading,
                 const Operation& operation) {
  const std::vector<FieldSpec>* fields = &operation.body.fields;
  const FieldSpec* found = nullptr;
  for (const std::string_view name : Split(operation.grants, '.')) {
    const auto field =
        std::find_if(fields->begin(), fields->end(),
                     [&](const FieldSpec& spec) { return spec.name == name; });
    if (field == fields->end()) {
      Strings known;
      for (const FieldSpec& spec : *fields) known.push_back(spec.name);
      ReportUnknown(node.at, "the body has no field " + Quote(name), name,
                    known, reading.diagnostics);
      return;
    }
    found = &*field;
    fields = &field->fields;
  }
  if (found->kind != FieldSpec::Kind::kList || found->value.empty()) {
    ReportUnexpected(node, "a list of permissions in the body",
                     reading.diagnostics);
  }
}

void ReadCredentials(MapReader* map, Operation* operation) {
  const Strings kinds = {"none", "bearer", "basic", "api_key"};
  size_t kind = 0;
  if (map->Choice("credentials", kinds, &kind)) {
    operation->credentials = kinds[kind];
  }
}

void ReadOperation(const Entry& entry, const ContractReading& reading,
                   Operation* operation) {
  operation->name = entry.key;
  operation->at = entry.key_at;
  MapReader map(entry.value, reading.diagnostics);
  const bool is_new = operation->method.empty();
  const Node* request = is_new ? map.Require("request") : map.Find("request");
  if (request != nullptr) ReadRequest(*request, reading, operation);
  ReadCredentials(&map, operation);
  const Node* path = map.Find("path");
  if (path != nullptr && !operation->method.empty()) {
    ReadPath(*path, reading, operation);
  }
  if (const Node* query = map.Find("query")) {
    ReadQuery(*query, reading, operation);
  }
  if (const Node* body = map.Find("body")) {
    ReadBody(*body, reading, &operation->body);
  }
  if (const Node* empty = map.Find("empty_body")) {
    ReadEmptyBodies(*empty, reading, &operation->body);
  }
  if (const Node* array = map.Find("array_body")) {
    ReadArrayBody(*array, reading, &operation->body);
  }
  if (const Node* answers = map.Find("answers")) {
    ReadSuccesses(*answers, reading, operation);
  }
  const Node* grants = map.Find("grants");
  if (grants != nullptr &&
      ReadString(*grants, reading.diagnostics, &operation->grants)) {
    CheckGrants(*grants, reading, *operation);
  }
  ReadErrorName(&map, "deny", reading, &operation->deny);
  map.String("handler", &operation->handler);
}

}  // namespace

void ReadOperations(const Node& node, const ContractReading& reading) {
  if (!node.is_map()) {
    ReportUnexpected(node, "a map of operations", reading.diagnostics);
    return;
  }
  std::vector<Operation>& operations = reading.contract->operations;
  StringMap<size_t> positions;  // there may be ten thousand
  for (size_t i = 0; i < operations.size(); ++i) {
    positions.emplace(operations[i].name, i);
  }
  for (const Entry& entry : node.entries) {
    const auto [position, is_new] =
        positions.try_emplace(entry.key, operations.size());
    if (is_new) operations.emplace_back();
    ReadOperation(entry, reading, &operations[position->second]);
  }
}

}  // namespace headgate::config
