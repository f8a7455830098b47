// Mutants of an operation's body: its fields, how many there are, what must be
// there.
#include <utility>

#include "base/strings.h"
#include "cli/cases/mutant_maker.h"

namespace headgate::cli {
namespace {

using config::FieldSpec;
using policy::Refusal;
using Kind = FieldSpec::Kind;

// A field by its indices: the body's, that field's, ...
using FieldPath = std::vector<size_t>;

FieldSpec* FieldAt(config::Operation* operation, const FieldPath& path) {
  FieldSpec* field = &operation->body.fields[path.front()];
  for (size_t i = 1; i < path.size(); ++i) field = &field->fields[path[i]];
  return field;
}

// A field where it stands.
class FieldMutants {
 public:
  FieldMutants(const FieldSpec& field, std::string rule, FieldPath path,
               MutantMaker* maker)
      : field_(field),
        rule_(std::move(rule)),
        path_(std::move(path)),
        maker_(*maker) {}

  void Add() {
    AddPresence();
    switch (field_.kind) {
      case Kind::kValue:
        AddText(rule_, field_.name, field_.value, UseValue());
        break;
      case Kind::kInteger:
        AddInteger();
        break;
      case Kind::kList:
        AddItems();
        if (!field_.value.empty()) {
          AddText(rule_, field_.name, field_.value, UseValue());
        }
        break;
      case Kind::kMap:
        AddItems();
        AddMap();
        break;
      case Kind::kBoolean:
      case Kind::kObject:
      case Kind::kAny:
        break;
    }
    if (field_.kind != Kind::kAny) AddKind();
    for (size_t i = 0; i < field_.fields.size(); ++i) {
      FieldPath inner = path_;
      inner.push_back(i);
      const FieldSpec& spec = field_.fields[i];
      FieldMutants(spec, StrCat(rule_, ".", spec.name), inner, &maker_).Add();
    }
  }

 private:
  using Use = std::function<void(FieldSpec*, const std::string& value)>;

  static Use UseValue() {
    return [](FieldSpec* field, const std::string& value) {
      field->value = value;
    };
  }

  void AddChanged(std::string rule, std::string what, std::string missing,
                  std::function<void(FieldSpec*)> change,
                  const config::Location& at) {
    maker_.AddToOperation(
        {std::move(rule), std::move(what), std::move(missing), at},
        [path = path_,
         change = std::move(change)](config::Operation* operation) {
          change(FieldAt(operation, path));
        });
  }

  void Swap(std::string rule, std::string label, std::string row,
            const config::Location& at, std::string FieldSpec::*member) {
    maker_.SwapInOperation(
        {std::move(rule), std::move(label), std::move(row), at},
        [path = path_, member](config::Operation* operation,
                               const std::string& other) {
          FieldAt(operation, path)->*member = other;
        });
  }

  const config::Location& items_at() const {
    return field_.items_at.file != nullptr ? field_.items_at : field_.at;
  }

  void AddPresence() {
    const std::string missing = rule_ + ".missing";
    if (field_.optional) {
      AddChanged(
          rule_, "optional -> required",
          StrCat("a call without ", field_.name, " that is allowed"),
          [](FieldSpec* field) { field->optional = false; }, field_.at);
    } else {
      AddChanged(
          missing, "dropped",
          StrCat("a call without ", field_.name, " that expects rule ",
                 missing),
          [](FieldSpec* field) { field->optional = true; }, field_.at);
      Swap(missing, "error",
           maker_.RowOf(field_.missing, Refusal::kMissingField), field_.at,
           &FieldSpec::missing);
    }
    if (field_.kind == Kind::kAny) return;
    const bool nullable = field_.nullable;
    AddChanged(
        rule_, nullable ? "nullable -> never null" : "never null -> nullable",
        StrCat("a call with null for ", field_.name, " ",
               nullable && field_.optional
                   ? "that is allowed"
                   : StrCat("that expects rule ",
                            nullable ? missing : rule_ + ".type")),
        [nullable](FieldSpec* field) { field->nullable = !nullable; },
        field_.at);
  }

  void AddText(const std::string& rule, const std::string& noun,
               const std::string& value, Use use) {
    TextPlace place;
    place.rule = rule;
    place.noun = noun;
    place.value = value;
    place.error = field_.error;
    place.refusal = Refusal::kInvalidField;
    place.at = field_.at;
    place.use =
        InOperation(maker_.operation().name,
                    [path = path_, use = std::move(use)](
                        config::Operation* operation, const std::string& name) {
                      use(FieldAt(operation, path), name);
                    });
    AddTextMutants(place, &maker_);
  }

  void AddInteger() {
    const std::string rule = rule_ + ".range";
    for (const BoundMove& move :
         MovesOf(field_.integer, std::numeric_limits<int64_t>::min())) {
      AddChanged(
          rule, move.text,
          StrCat("a call with ", field_.name, " ", move.value, " ",
                 Fate(move.allowed, rule)),
          [range = move.range](FieldSpec* field) { field->integer = range; },
          field_.at);
    }
    if (field_.too_large.empty()) return;  // as `error`, which AddKind swaps
    Swap(rule, "too_large",
         maker_.RowOf(field_.too_large, Refusal::kInvalidField), field_.at,
         &FieldSpec::too_large);
  }

  void AddItems() {
    // Nobody wrote one: nothing would deny.
    if (field_.items == config::Range{}) return;
    const std::string rule = rule_ + ".items";
    for (const BoundMove& move : MovesOf(field_.items, 0)) {
      AddChanged(
          rule, move.text,
          StrCat("a call with ", move.value, " ",
                 field_.kind == Kind::kMap ? "entries in " : "", field_.name,
                 " ", Fate(move.allowed, rule)),
          [range = move.range](FieldSpec* field) { field->items = range; },
          items_at());
    }
    if (field_.items.max != config::Range{}.max) {
      Swap(rule, "too_many",
           maker_.RowOf(field_.too_many, Refusal::kInvalidField), items_at(),
           &FieldSpec::too_many);
    }
    if (field_.items.min > 0) {
      Swap(rule, "too_few",
           maker_.RowOf(field_.too_few, Refusal::kInvalidField), items_at(),
           &FieldSpec::too_few);
    }
  }

  void AddMap() {
    if (field_.bytes_max > 0) {
      const std::string rule = rule_ + ".bytes";
      for (const BoundMove& move : MovesOf({0, field_.bytes_max}, 1)) {
        AddChanged(
            rule, StrCat(field_.bytes_max, " -> ", move.range.max),
            StrCat("a call with ", move.value, " bytes in ", field_.name, " ",
                   Fate(move.allowed, rule)),
            [bytes = move.range.max](FieldSpec* field) {
              field->bytes_max = bytes;
            },
            field_.at);
      }
    }
    AddText(rule_, StrCat("a value of ", field_.name), field_.value,
            UseValue());
    for (const auto& [key, value] : field_.keys) {
      AddText(StrCat(rule_, ".", key), key, value,
              [key = key](FieldSpec* field, const std::string& name) {
                field->keys[key] = name;
              });
    }
  }

  // Whatever stands there is good; and the error for what is of another type,
  // or out of its range.
  void AddKind() {
    AddChanged(
        rule_, "any value", StrCat("a call that ", rule_, " denies"),
        [](FieldSpec* field) {
          field->kind = Kind::kAny;
          field->fields.clear();
        },
        field_.at);
    Swap(rule_, "type error",
         maker_.RowOf(field_.error, Refusal::kInvalidField), field_.at,
         &FieldSpec::error);
  }

  const FieldSpec& field_;
  const std::string rule_;
  const FieldPath path_;
  MutantMaker& maker_;
};

void AddArray(MutantMaker* maker) {
  const config::BodySpec& body = maker->spec().body;
  const std::string rule = maker->spec().name + ".body.items";
  for (const BoundMove& move : MovesOf(*body.array, 0)) {
    maker->AddToOperation({rule, move.text,
                           StrCat("a call with an array of ", move.value, " ",
                                  Fate(move.allowed, rule)),
                           body.at},
                          [range = move.range](config::Operation* operation) {
                            operation->body.array = range;
                          });
  }
  if (body.array->max == config::Range{}.max) return;
  maker->SwapInOperation(
      {rule, "too_many", maker->RowOf(body.array_too_many, Refusal::kInvalid),
       body.at},
      [](config::Operation* operation, const std::string& row) {
        operation->body.array_too_many = row;
      });
}

void AddEmptyBodies(MutantMaker* maker) {
  const std::vector<std::string>& empty = maker->spec().body.empty;
  for (size_t i = 0; i < empty.size(); ++i) {
    const std::string shown = config::Quote(empty[i]);
    maker->AddToOperation(
        {maker->spec().name + ".body", StrCat("empty_body without ", shown),
         StrCat("a call with the body ", shown, " that is allowed"),
         maker->spec().request_at},
        [i](config::Operation* operation) {
          operation->body.empty.erase(operation->body.empty.begin() +
                                      static_cast<std::ptrdiff_t>(i));
        });
  }
}

}  // namespace

void AddBodyMutants(MutantMaker* maker) {
  const config::Operation& operation = maker->spec();
  const config::BodySpec& body = operation.body;
  if (!operation.deny.empty() || body.kind != config::BodySpec::Kind::kJson) {
    return;
  }
  const std::string rule = operation.name + ".body";
  const config::Location& at =
      body.at.file != nullptr ? body.at : operation.request_at;
  maker->AddToOperation(
      {rule, "dropped", StrCat("a call that ", rule, " denies"), at},
      [](config::Operation* changed) {
        changed->body = config::BodySpec();
        changed->body.kind = config::BodySpec::Kind::kAny;
      });
  if (body.array) AddArray(maker);
  AddEmptyBodies(maker);
  for (size_t i = 0; i < body.fields.size(); ++i) {
    const FieldSpec& field = body.fields[i];
    FieldMutants(field, StrCat(rule, ".", field.name), {i}, maker).Add();
  }
}

}  // namespace headgate::cli
