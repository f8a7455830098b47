#include "cli/replay/body.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/strings.h"
#include "policy/rules.h"

namespace headgate::cli {
namespace {

using config::FieldSpec;
using Kind = FieldSpec::Kind;
using Fields = std::vector<FieldSpec>;

// Of one text, or items of one list, that a log only counts.
constexpr int64_t kMadeMax = 1 << 20;

const config::ValueSpec* SpecOf(const policy::CompiledService& service,
                                std::string_view name) {
  const auto found = service.rules->values.find(name);
  return found == service.rules->values.end() || found->second == nullptr
             ? nullptr
             : &found->second->spec();
}

const FieldSpec* FindField(const Fields* fields, std::string_view name) {
  if (fields == nullptr) return nullptr;
  for (const FieldSpec& field : *fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

const Fields* InnerOf(const FieldSpec* field) {
  return field == nullptr ? nullptr : &field->fields;
}

bool Holds(const config::Range& range, int64_t value) {
  return value >= range.min && value <= range.max;
}

// {"#chars":12}: the number behind a mark, not above kMadeMax + 1.
std::optional<int64_t> MarkOf(JsonValue kept, std::string_view mark) {
  if (!kept.is_object() || kept.size() != 1) return std::nullopt;
  const JsonValue value = kept.Find(mark);
  if (!value || value.kind() != JsonValue::Kind::kInteger) return std::nullopt;
  return std::clamp<int64_t>(value.integer(), 0, kMadeMax + 1);
}

class Maker {
 public:
  Maker(const policy::CompiledService& service, JsonWriter* writer)
      : service_(service), writer_(*writer) {}

  bool complete() const { return complete_; }

  void Root(const config::BodySpec& spec, const Fields* written,
            JsonValue kept) {
    if (kept.is_object()) return Object(spec.fields, written, kept);
    if (!kept.is_array()) return writer_.Null();
    const int64_t count = CountOf(kept);
    writer_.StartArray();
    if (spec.array) Zeros(count, *spec.array);
    writer_.EndArray();
  }

 private:
  // Of [60], the root that is a list.
  static int64_t CountOf(JsonValue kept) {
    for (const JsonValue item : kept.items()) {
      if (item.kind() != JsonValue::Kind::kInteger) break;
      return std::clamp<int64_t>(item.integer(), 0, kMadeMax + 1);
    }
    return 0;
  }

  // So many items; where the range has an end, no more than passes it.
  void Zeros(int64_t count, const config::Range& range) {
    if (count > range.max) count = range.max + 1;
    if (count > kMadeMax) {
      complete_ = false;
      return;
    }
    for (int64_t i = 0; i < count; ++i) writer_.Integer(0);
  }

  void Object(const Fields& fields, const Fields* written, JsonValue kept) {
    const bool more = static_cast<bool>(kept.Find("#more"));
    writer_.StartObject();
    for (const FieldSpec& field : fields) {
      const JsonValue value = kept.Find(field.name);
      const FieldSpec* known = FindField(written, field.name);
      if (!value) {
        // Unless it was declared then, it may be one of those left out.
        if (more && known == nullptr) complete_ = false;
        continue;
      }
      writer_.Key(field.name);
      Field(field, known, value);
    }
    writer_.EndObject();
  }

  void Field(const FieldSpec& field, const FieldSpec* written, JsonValue kept) {
    switch (field.kind) {
      case Kind::kValue:
        return Text(field.value, kept);
      case Kind::kList:
        return List(field, written, kept);
      case Kind::kMap:
        return Map(field, kept);
      case Kind::kObject:
        if (kept.is_object() && !MarkOf(kept, "#chars") &&
            !MarkOf(kept, "#items")) {
          return Object(field.fields, InnerOf(written), kept);
        }
        break;
      case Kind::kInteger:
      case Kind::kBoolean:
      case Kind::kAny:
        break;
    }
    Plain(kept);
  }

  // A value of the same type.
  void Plain(JsonValue kept) {
    if (const auto chars = MarkOf(kept, "#chars")) return Letters(*chars);
    if (kept.is_array() || MarkOf(kept, "#items")) {
      writer_.StartArray();
      return writer_.EndArray();
    }
    if (!kept.is_object()) return writer_.Value(kept);
    writer_.StartObject();
    writer_.EndObject();
  }

  void Letters(int64_t count) {
    if (count > kMadeMax) complete_ = false;
    writer_.String(
        std::string(static_cast<size_t>(std::min(count, kMadeMax)), 'x'));
  }

  void Text(const std::string& value, JsonValue kept) {
    const auto chars = MarkOf(kept, "#chars");
    if (!chars) return Plain(kept);
    if (!LengthTellsAll(service_, value, *chars)) complete_ = false;
    Letters(*chars);
  }

  // A list of which only the count is known. False: it is another.
  bool Counted(const FieldSpec& field, JsonValue kept) {
    const auto count = MarkOf(kept, "#items");
    if (!count) return false;
    const bool opaque = field.kind == Kind::kList && field.fields.empty() &&
                        field.value.empty();
    if (Holds(field.items, *count) && !opaque && *count > 0) complete_ = false;
    if (field.kind == Kind::kMap) {
      writer_.StartObject();
      const int64_t made = std::min({*count, kMadeMax, field.items.max}) +
                           (*count > field.items.max ? 1 : 0);
      for (int64_t i = 0; i < made; ++i) writer_.Member(StrCat(i), "");
      writer_.EndObject();
      return true;
    }
    writer_.StartArray();
    Zeros(*count, field.items);
    writer_.EndArray();
    return true;
  }

  void List(const FieldSpec& field, const FieldSpec* written, JsonValue kept) {
    if (Counted(field, kept)) return;
    if (!kept.is_array()) return Plain(kept);
    writer_.StartArray();
    for (const JsonValue item : kept.items()) {
      if (!field.fields.empty() && item.is_object() &&
          !MarkOf(item, "#chars")) {
        Object(field.fields, InnerOf(written), item);
      } else if (!field.value.empty()) {
        Text(field.value, item);
      } else {
        Plain(item);
      }
    }
    writer_.EndArray();
  }

  void Map(const FieldSpec& field, JsonValue kept) {
    if (Counted(field, kept)) return;
    const JsonValue lengths =
        kept.is_object() ? kept.Find("#lengths") : JsonValue();
    const JsonValue bytes =
        kept.is_object() ? kept.Find("#bytes") : JsonValue();
    if (!lengths || !lengths.is_array() || !bytes ||
        bytes.kind() != JsonValue::Kind::kInteger) {
      return Plain(kept);
    }
    writer_.StartObject();
    int64_t made = KnownEntries(field, kept);
    made += OtherEntries(field, lengths, bytes.integer() - made);
    writer_.EndObject();
    const bool over = bytes.integer() > field.bytes_max;
    if (field.bytes_max > 0 && over != (made > field.bytes_max)) {
      complete_ = false;
    }
  }

  // Returns the bytes of keys and texts.
  int64_t KnownEntries(const FieldSpec& field, JsonValue kept) {
    size_t bytes = 0;
    for (const JsonMember member : kept.members()) {
      if (member.key.starts_with('#')) continue;
      const auto known = field.keys.find(std::string(member.key));
      writer_.Key(member.key);
      Text(known == field.keys.end() ? field.value : known->second,
           member.value);
      const auto chars = MarkOf(member.value, "#chars");
      bytes += member.key.size();
      if (chars) bytes += static_cast<size_t>(*chars);
      if (member.value.is_string()) bytes += member.value.size();
    }
    return static_cast<int64_t>(bytes);
  }

  // The first key takes up the bytes that are missing to `wanted`.
  int64_t OtherEntries(const FieldSpec& field, JsonValue lengths,
                       int64_t wanted) {
    int64_t bytes = 0, index = 0;
    for (const JsonValue item : lengths.items()) {
      const bool number = item.kind() == JsonValue::Kind::kInteger;
      if (number) bytes += std::clamp<int64_t>(item.integer(), 0, kMadeMax);
      bytes += static_cast<int64_t>(StrCat("#", index++).size());
    }
    index = 0;
    int64_t missing = std::clamp<int64_t>(wanted - bytes, 0, kMadeMax);
    for (const JsonValue item : lengths.items()) {
      std::string key = StrCat("#", index++);
      key.append(static_cast<size_t>(missing), 'x');
      bytes += missing;
      missing = 0;
      writer_.Key(key);
      const bool text =
          item.kind() == JsonValue::Kind::kInteger && item.integer() >= 0;
      if (!text) {
        writer_.Integer(0);
        continue;
      }
      if (!LengthTellsAll(service_, field.value, item.integer())) {
        complete_ = false;
      }
      Letters(item.integer());
    }
    return bytes;
  }

  const policy::CompiledService& service_;
  JsonWriter& writer_;
  bool complete_ = true;
};

}  // namespace

bool LengthTellsAll(const policy::CompiledService& service,
                    std::string_view value, int64_t chars) {
  const config::ValueSpec* spec = SpecOf(service, value);
  if (spec == nullptr || (!spec->charset && !spec->pattern && !spec->one_of)) {
    return true;
  }
  return spec->length && !Holds(*spec->length, chars);
}

bool MakeBody(const policy::CompiledOperation& operation,
              const policy::CompiledOperation* written, JsonValue kept,
              std::string* body, JsonWriter* writer) {
  body->clear();
  writer->Reset(body);
  Maker maker(*operation.service, writer);
  maker.Root(operation.spec.body,
             written == nullptr ? nullptr : &written->spec.body.fields, kept);
  return maker.complete();
}

}  // namespace headgate::cli
