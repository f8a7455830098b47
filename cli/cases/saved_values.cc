#include "cli/cases/saved_values.h"

#include <charconv>

#include "base/json_writer.h"
#include "cli/cases/sections.h"
#include "proxy/http/chars.h"

namespace headgate::cli {
namespace {

// "data.id", "entities.0.uuid": members by name, items by number.
JsonValue FindPath(JsonValue value, std::string_view path) {
  for (const std::string_view part : Split(path, '.')) {
    if (!value) return {};
    if (value.is_object()) {
      value = value.Find(part);
      continue;
    }
    size_t index = 0;
    const auto parsed =
        std::from_chars(part.data(), part.data() + part.size(), index);
    if (!value.is_array() || parsed.ec != std::errc() ||
        index >= value.size()) {
      return {};
    }
    auto item = value.items().begin();
    for (; index > 0; --index) ++item;
    value = *item;
  }
  return value;
}

}  // namespace

void SavedValues::Set(std::string_view name, std::string value) {
  values_.insert_or_assign(std::string(name), std::move(value));
}

bool SavedValues::Save(const SavedValue& saved, std::string_view answer) {
  const JsonValue root = reader_.Read(answer);
  const JsonValue value = root ? FindPath(root, saved.path) : JsonValue();
  if (!value || value.is_object() || value.is_array() || value.is_null()) {
    return false;
  }
  std::string text;
  if (value.is_string()) {
    text = value.string();
  } else {
    JsonWriter(&text).Value(value);
  }
  // It may become part of a head.
  if (!http::IsFieldText(text)) return false;
  values_.insert_or_assign(saved.name, std::move(text));
  return true;
}

std::string SavedValues::Fill(std::string_view text, bool json) const {
  std::string filled;
  while (true) {
    const size_t begin = text.find("${");
    const size_t end = begin == text.npos ? begin : text.find('}', begin);
    if (end == text.npos) break;
    const auto found = values_.find(text.substr(begin + 2, end - begin - 2));
    filled += text.substr(0, begin);
    if (found == values_.end()) {
      filled += text.substr(begin, end + 1 - begin);
    } else if (json) {
      AppendJsonEscaped(found->second, &filled);
    } else {
      filled += found->second;
    }
    text.remove_prefix(end + 1);
  }
  filled += text;
  return filled;
}

CaseRequest SavedValues::Fill(const CaseRequest& request) const {
  CaseRequest filled = request;
  filled.target = Fill(request.target);
  for (CaseField& field : filled.fields) field.value = Fill(field.value);
  const CaseField* type = FindField("Content-Type", request.fields);
  const bool json =
      type != nullptr && type->value.find("json") != std::string::npos;
  filled.body = Fill(request.body, json);
  ComposeHead(&filled);
  return filled;
}

}  // namespace headgate::cli
