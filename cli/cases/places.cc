#include "cli/cases/places.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/percent.h"
#include "base/strings.h"
#include "policy/router.h"
#include "policy/value.h"

namespace headgate::cli {
namespace {

using Kind = config::FieldSpec::Kind;
using Measure = Place::Measure;
using Source = Place::Source;

class Finder {
 public:
  explicit Finder(const policy::CompiledOperation& operation)
      : operation_(operation) {}

  std::vector<Place> Find() {
    AddPath();
    AddQuery();
    Place body = Start(Source::kBody, StrCat(operation_.name, ".body"),
                       operation_.spec.body.at);
    if (operation_.spec.body.array) {
      AddCount(body, *operation_.spec.body.array, operation_.spec.body.at);
    }
    for (const config::FieldSpec& field : operation_.spec.body.fields) {
      AddField(field, body);
    }
    return std::move(places_);
  }

 private:
  Place Start(Source source, std::string rule,
              const config::Location& at) const {
    Place place;
    place.operation = &operation_;
    place.source = source;
    place.rule = std::move(rule);
    place.at = at.file != nullptr ? at : operation_.spec.request_at;
    return place;
  }

  // The place of a text of this named value.
  void AddText(Place place, const std::string& value) {
    const auto spec = EffectiveValue(*operation_.service, value);
    if (spec && spec->at.file != nullptr) place.at = spec->at;
    if (spec && spec->length) {
      place.measure = Measure::kLength;
      place.range = *spec->length;
      // An empty segment is another path, unless somebody answers for it; at
      // the end it is none.
      const bool may_be_empty =
          place.separator != 0 || (spec->empty && !place.last);
      if (place.source == Source::kPath && !may_be_empty &&
          place.range.min == 1) {
        place.range.min = 0;
      }
    }
    places_.push_back(std::move(place));
  }

  void AddCount(Place place, const config::Range& items,
                const config::Location& at) {
    place.rule += ".items";
    if (at.file != nullptr) place.at = at;
    place.measure = Measure::kCount;
    place.range = items;
    place.required = false;
    // Nothing would deny.
    if (items == config::Range{}) return;
    places_.push_back(std::move(place));
  }

  // Whether another operation takes the path with one item in its list.
  bool HasTwin() const {
    const auto shape = [](const config::Operation& operation) {
      std::string text = operation.method + " ";
      bool inside = false;
      for (const char c : operation.path) {
        if (c == '}') inside = false;
        if (!inside) text.push_back(c);
        if (c == '{') inside = true;
      }
      return text;
    };
    const auto& all = operation_.service->operations;
    return std::count_if(all.begin(), all.end(), [&](const auto& other) {
             return shape(other->spec) == shape(operation_.spec);
           }) > 1;
  }

  void AddPath() {
    std::vector<policy::TemplateSegment> segments;
    policy::ParseTemplate(operation_.spec.path, &segments);
    for (const policy::TemplateSegment& segment : segments) {
      if (segment.kind == policy::TemplateSegment::Kind::kLiteral) continue;
      config::PathSpec spec;
      const auto& own = operation_.spec.path_variables;
      if (const auto found = own.find(segment.text); found != own.end()) {
        spec = found->second;
      }
      Place place =
          Start(Source::kPath, StrCat(operation_.name, ".path.", segment.text),
                spec.at);
      place.names = {segment.text};
      place.last = &segment == &segments.back();
      if (spec.list) {
        place.separator = spec.separator;
        config::Range items = spec.items;
        // A list in a path has one item at least.
        if (items.min == 1 || (items.min == 2 && HasTwin())) items.min = 0;
        AddCount(place, items, spec.items_at);
      }
      AddText(place, spec.value.empty() ? segment.text : spec.value);
    }
  }

  void AddQuery() {
    for (const config::QuerySpec& spec : operation_.spec.query) {
      Place place =
          Start(Source::kQuery, StrCat(operation_.name, ".query.", spec.name),
                spec.at);
      place.names = {spec.name};
      if (!spec.integer && !spec.at_most) {
        AddText(place, spec.value);
        continue;
      }
      place.measure = Measure::kInteger;
      place.range = spec.integer.value_or(
          config::Range{std::numeric_limits<int64_t>::min(),
                        std::numeric_limits<int64_t>::max()});
      // What is clamped is not refused.
      if (spec.at_most) place.range.max = config::Range{}.max;
      places_.push_back(std::move(place));
    }
  }

  void AddField(const config::FieldSpec& field, const Place& outer) {
    Place place =
        Start(Source::kBody, StrCat(outer.rule, ".", field.name), field.at);
    place.names = outer.names;
    place.names.push_back(field.name);
    place.required = !field.optional;
    place.missing_at = place.at;
    place.deniable = field.kind != Kind::kAny;
    switch (field.kind) {
      case Kind::kValue:
        return AddText(place, field.value);
      case Kind::kInteger:
        place.measure = Measure::kInteger;
        place.range = field.integer;
        break;
      case Kind::kList:
        AddCount(place, field.items, field.items_at);
        if (!field.value.empty()) return AddText(place, field.value);
        break;
      case Kind::kMap:
        return AddMap(place, field);
      case Kind::kBoolean:
      case Kind::kObject:
      case Kind::kAny:
        break;
    }
    places_.push_back(place);
    for (const config::FieldSpec& inner : field.fields) AddField(inner, place);
  }

  // How many entries, how many bytes, the known keys, and all other values.
  void AddMap(Place place, const config::FieldSpec& field) {
    AddCount(place, field.items, field.items_at);
    if (field.bytes_max > 0) {
      Place bytes = place;
      bytes.rule += ".bytes";
      bytes.measure = Measure::kBytes;
      bytes.range.max = field.bytes_max;
      bytes.required = false;
      places_.push_back(std::move(bytes));
    }
    for (const auto& [key, value] : field.keys) {
      Place inner = place;
      StrAppend(&inner.rule, ".", key);
      inner.names.push_back(key);
      inner.required = false;
      AddText(std::move(inner), value);
      place.known.push_back(key);
    }
    AddText(std::move(place), field.value);
    // Of what the bytes forbid, no value can show a length.
    if (Place& values = places_.back();
        field.bytes_max > 0 && values.range.max >= field.bytes_max) {
      values.range.max = config::Range{}.max;
    }
  }

  const policy::CompiledOperation& operation_;
  std::vector<Place> places_;
};

int64_t BytesOf(JsonValue map) {
  int64_t bytes = 0;
  for (const JsonMember member : map.members()) {
    bytes += static_cast<int64_t>(member.key.size());
    if (member.value.is_string()) {
      bytes += static_cast<int64_t>(member.value.size());
    }
  }
  return bytes;
}

int64_t MeasureOf(JsonValue value, Measure measure) {
  if (measure == Measure::kCount) {
    return value.is_array() || value.is_object()
               ? static_cast<int64_t>(value.size())
               : -1;
  }
  if (measure == Measure::kBytes) {
    return value.is_object() ? BytesOf(value) : -1;
  }
  if (measure == Measure::kLength) {
    return value.is_string() ? policy::CodePoints(value.string()) : -1;
  }
  const bool integer =
      measure == Measure::kInteger && value.kind() == JsonValue::Kind::kInteger;
  return integer ? value.integer() : 0;
}

// The items of a list and the values of a map stand for it, but where the list
// or map itself is measured.
void AppendFound(JsonValue value, const Place& place,
                 std::vector<int64_t>* out) {
  const Measure measure = place.measure;
  if (measure == Measure::kLength && value.is_array()) {
    for (const JsonValue item : value.items()) {
      out->push_back(MeasureOf(item, measure));
    }
    return;
  }
  if (measure == Measure::kLength && value.is_object()) {
    for (const JsonMember member : value.members()) {
      if (std::ranges::count(place.known, member.key) > 0) continue;
      out->push_back(MeasureOf(member.value, measure));
    }
    return;
  }
  out->push_back(MeasureOf(value, measure));
}

std::vector<JsonValue> Inside(const std::vector<JsonValue>& values,
                              std::string_view name) {
  std::vector<JsonValue> found;
  const auto add = [&](JsonValue object) {
    if (!object.is_object()) return;
    if (const JsonValue member = object.Find(name)) found.push_back(member);
  };
  for (const JsonValue value : values) {
    if (!value.is_array()) {
      add(value);
      continue;
    }
    for (const JsonValue item : value.items()) add(item);
  }
  return found;
}

}  // namespace

std::optional<config::ValueSpec> EffectiveValue(
    const policy::CompiledService& service, const std::string& name) {
  const auto found = service.contract.values.find(name);
  const auto own = service.spec.values.find(name);
  if (own == service.spec.values.end()) {
    if (found == service.contract.values.end()) return std::nullopt;
    return found->second;
  }
  if (found == service.contract.values.end()) return own->second;
  return policy::MergeValue(found->second, own->second);
}

std::vector<Place> PlacesOf(const policy::CompiledOperation& operation) {
  return Finder(operation).Find();
}

std::optional<std::vector<std::string>> PermissionsOf(
    const policy::CompiledOperation& operation) {
  const std::vector<config::FieldSpec>* fields = &operation.spec.body.fields;
  const config::FieldSpec* field = nullptr;
  for (const std::string_view name : Split(operation.spec.grants, '.')) {
    const auto found =
        std::ranges::find(*fields, name, &config::FieldSpec::name);
    if (found == fields->end()) return std::nullopt;
    field = &*found;
    fields = &found->fields;
  }
  if (field == nullptr) return std::nullopt;
  const auto value = EffectiveValue(*operation.service, field->value);
  return value ? value->one_of : std::nullopt;
}

void PlaceReader::Use(const CaseRequest& request,
                      const policy::Decision& decision) {
  request_ = &request;
  decision_ = &decision;
  root_ = reader_.Read(request.body);
}

std::vector<int64_t> PlaceReader::Read(const Place& place) {
  switch (place.source) {
    case Source::kPath:
      return ReadPath(place);
    case Source::kQuery:
      return ReadQuery(place);
    case Source::kBody:
      return ReadBody(place);
  }
  return {};
}

std::vector<int64_t> PlaceReader::ReadPath(const Place& place) const {
  std::vector<int64_t> found;
  for (const auto& [name, text] : decision_->variables) {
    if (name != place.names.front()) continue;
    if (place.separator == 0) return {policy::CodePoints(text)};
    const auto items = Split(text, place.separator);
    if (place.measure == Measure::kCount) {
      return {static_cast<int64_t>(items.size())};
    }
    for (const auto& item : items) found.push_back(policy::CodePoints(item));
  }
  return found;
}

std::vector<int64_t> PlaceReader::ReadQuery(const Place& place) const {
  const std::string_view target = request_->target;
  const size_t mark = target.find('?');
  if (mark == target.npos) return {};
  for (const auto& part : Split(target.substr(mark + 1), '&')) {
    const std::string_view text = part;
    const size_t equals = std::min(text.find('='), text.size());
    std::string name, value;
    if (!FormDecode(text.substr(0, equals), &name) ||
        name != place.names.front()) {
      continue;
    }
    FormDecode(text.substr(std::min(equals + 1, text.size())), &value);
    if (place.measure != Measure::kInteger) return {policy::CodePoints(value)};
    int64_t number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    return {number};
  }
  return {};
}

std::vector<int64_t> PlaceReader::ReadBody(const Place& place) const {
  std::vector<int64_t> found;
  if (!root_) return found;
  // Of a body itself only an array is counted.
  if (place.names.empty() && !root_.is_array()) return found;
  std::vector<JsonValue> values = {root_};
  for (const std::string& name : place.names) values = Inside(values, name);
  for (const JsonValue value : values) {
    AppendFound(value, place, &found);
  }
  return found;
}

}  // namespace headgate::cli
