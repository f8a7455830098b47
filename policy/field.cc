#include "policy/field.h"

#include <algorithm>
#include <utility>

#include "base/json_writer.h"

namespace headgate::policy {

using Kind = config::FieldSpec::Kind;

CompiledField CompiledField::Compile(const CompileContext& context,
                                     const config::FieldSpec& spec,
                                     std::string_view where) {
  CompiledField field;
  field.spec_ = spec;
  field.secret_ = NamesSecret(spec.name);
  const std::string name = StrCat(where, ".", spec.name);
  const config::Location& items_at =
      spec.items_at.file != nullptr ? spec.items_at : spec.at;
  const auto rule = [&](std::string_view aspect, const config::Location& at,
                        Refusal refusal, const std::string& error) {
    return MakeRule(context.catalogue, StrCat(name, aspect), at, refusal,
                    error);
  };
  field.rule_ = rule("", spec.at, Refusal::kInvalidField, spec.error);
  field.missing_ =
      rule(".missing", spec.at, Refusal::kMissingField, spec.missing);
  field.too_many_ =
      rule(".items", items_at, Refusal::kInvalidField, spec.too_many);
  field.too_few_ =
      rule(".items", items_at, Refusal::kInvalidField, spec.too_few);
  field.too_large_ = rule("", spec.at, Refusal::kInvalidField,
                          spec.too_large.empty() ? spec.error : spec.too_large);

  Placement place;
  place.rule = name;
  place.value = spec.value;
  place.error = spec.error;
  place.refusal = Refusal::kInvalidField;
  place.at = spec.at;
  field.value_ = PlacedValue::Compile(context, place);
  // An item of another type is as wrong as a bad item.
  field.item_type_ = field.value_.rule();
  for (const auto& [key, value] : spec.keys) {
    place.rule = StrCat(name, ".", key);
    place.value = value;
    field.keys_.emplace(key, PlacedValue::Compile(context, place));
  }
  for (const config::FieldSpec& inner : spec.fields) {
    field.fields_.push_back(Compile(context, inner, name));
  }
  return field;
}

bool CompiledField::CheckAll(const std::vector<CompiledField>& fields,
                             JsonValue object, const BodyPlace* outer,
                             const BodyTools& tools, bool* changed) {
  for (const CompiledField& field : fields) {
    const JsonValue value =
        object ? object.Find(field.spec_.name) : JsonValue();
    if (!field.Check(value, outer, tools, changed)) return false;
  }
  return true;
}

bool CompiledField::Check(JsonValue value, const BodyPlace* outer,
                          const BodyTools& tools, bool* changed) const {
  const BodyPlace place{outer, spec_.name};
  const bool absent = !value || (value.is_null() && spec_.nullable);
  if (!absent) return CheckKind(value, place, tools, changed);
  // A null that may stand for an absent field does not make it optional.
  if (spec_.optional) return true;
  return Deny(missing_, "", value, place, tools);
}

bool CompiledField::CheckKind(JsonValue value, const BodyPlace& place,
                              const BodyTools& tools, bool* changed) const {
  switch (spec_.kind) {
    case Kind::kValue:
      if (!value.is_string()) return Deny(rule_, "type", value, place, tools);
      return CheckString(value_, value, place, tools, changed);
    case Kind::kInteger:
      return CheckInteger(value, place, tools);
    case Kind::kBoolean:
      if (value.kind() != JsonValue::Kind::kBoolean) {
        return Deny(rule_, "type", value, place, tools);
      }
      break;
    case Kind::kList:
      return CheckList(value, place, tools, changed);
    case Kind::kObject:
      if (!value.is_object()) return Deny(rule_, "type", value, place, tools);
      return CheckAll(fields_, value, &place, tools, changed);
    case Kind::kMap:
      return CheckMap(value, place, tools, changed);
    case Kind::kAny:
      break;
  }
  tools.recorder->Passed(rule_, "");
  return true;
}

bool CompiledField::CheckString(const PlacedValue& rule, JsonValue value,
                                const BodyPlace& place, const BodyTools& tools,
                                bool* changed) const {
  const std::string_view text = value.string();
  if (rule.Judge(text, tools.scratch) != CompiledValue::Verdict::kOk) {
    return rule.Deny(text, PlaceText(place), tools.recorder, tools.scratch);
  }
  if (tools.recorder->tracing()) {
    tools.recorder->Passed(rule.rule(), secret_ ? std::string_view() : text);
  }
  if (!rule.NeedsFold(text)) return true;
  char* bytes = tools.reader->MutableString(value);
  std::transform(bytes, bytes + text.size(), bytes,
                 [](char c) { return AsciiLower(c); });
  *changed = true;
  return true;
}

bool CompiledField::CheckInteger(JsonValue value, const BodyPlace& place,
                                 const BodyTools& tools) const {
  const config::Range& range = spec_.integer;
  // Beyond 64 bits with a sign: above every range.
  if (value.kind() == JsonValue::Kind::kUnsigned) {
    return Deny(too_large_, "range", value, place, tools, range.max);
  }
  if (value.kind() != JsonValue::Kind::kInteger) {
    return Deny(rule_, "type", value, place, tools);
  }
  if (value.integer() < range.min) {
    return Deny(rule_, "range", value, place, tools, range.min);
  }
  if (value.integer() > range.max) {
    return Deny(too_large_, "range", value, place, tools, range.max);
  }
  if (tools.recorder->tracing()) {
    tools.recorder->Passed(rule_, StrCat(value.integer()));
  }
  return true;
}

bool CompiledField::CheckCount(JsonValue value, const BodyPlace& place,
                               const BodyTools& tools) const {
  const auto count = static_cast<int64_t>(value.size());
  if (count > spec_.items.max) {
    return Deny(too_many_, "", JsonValue(), place, tools, spec_.items.max);
  }
  if (count < spec_.items.min) {
    return Deny(too_few_, "", JsonValue(), place, tools, spec_.items.min);
  }
  if (tools.recorder->tracing()) {
    tools.recorder->Passed(too_many_, StrCat(count));
  }
  return true;
}

bool CompiledField::CheckList(JsonValue value, const BodyPlace& place,
                              const BodyTools& tools, bool* changed) const {
  if (!value.is_array()) return Deny(rule_, "type", value, place, tools);
  if (!CheckCount(value, place, tools)) return false;
  BodyPlace item_place{&place, ""};
  for (const JsonValue item : value.items()) {
    if (!CheckItem(item, item_place, tools, changed)) return false;
    ++item_place.index;
  }
  return true;
}

bool CompiledField::CheckItem(JsonValue item, const BodyPlace& place,
                              const BodyTools& tools, bool* changed) const {
  if (!fields_.empty()) {
    if (!item.is_object()) return Deny(rule_, "type", item, place, tools);
    return CheckAll(fields_, item, &place, tools, changed);
  }
  if (spec_.value.empty()) return true;
  if (!item.is_string()) return Deny(item_type_, "type", item, place, tools);
  return CheckString(value_, item, place, tools, changed);
}

bool CompiledField::CheckMap(JsonValue value, const BodyPlace& place,
                             const BodyTools& tools, bool* changed) const {
  if (!value.is_object()) return Deny(rule_, "type", value, place, tools);
  if (!CheckCount(value, place, tools)) return false;
  if (!CheckMapBytes(value, place, tools)) return false;
  for (const JsonMember member : value.members()) {
    const BodyPlace inner{&place, member.key};
    const auto known = keys_.find(member.key);
    const PlacedValue& rule = known == keys_.end() ? value_ : known->second;
    if (!member.value.is_string()) {
      return Deny(rule.rule(), "type", member.value, inner, tools);
    }
    if (!CheckString(rule, member.value, inner, tools, changed)) return false;
  }
  return true;
}

bool CompiledField::CheckMapBytes(JsonValue value, const BodyPlace& place,
                                  const BodyTools& tools) const {
  if (spec_.bytes_max == 0) return true;
  size_t bytes = 0;
  for (const JsonMember member : value.members()) {
    bytes += member.key.size();
    if (member.value.is_string()) bytes += member.value.size();
  }
  if (bytes <= static_cast<size_t>(spec_.bytes_max)) return true;
  return Deny(rule_, "bytes", JsonValue(), place, tools, spec_.bytes_max);
}

// A value that is no string is shown as its JSON.
bool CompiledField::Deny(const Rule& rule, std::string_view aspect,
                         JsonValue value, const BodyPlace& place,
                         const BodyTools& tools, int64_t bound) const {
  std::string text;
  const bool scalar = value && !value.is_array() && !value.is_object();
  if (scalar && !secret_) JsonWriter(&text).Value(value);
  return tools.recorder->Denied(rule, {aspect, text, PlaceText(place), bound});
}

}  // namespace headgate::policy
