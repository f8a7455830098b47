// The cases of one operation: what is allowed, then each of its places.
#include <algorithm>
#include <set>
#include <utility>

#include "base/strings.h"
#include "cli/cases/case_file.h"
#include "cli/cases/generate_body.h"
#include "cli/cases/generate_samples.h"
#include "cli/cases/generate_sketch.h"
#include "cli/cases/places.h"
#include "policy/router.h"

namespace headgate::cli {
namespace {

using config::FieldSpec;
using Kind = FieldSpec::Kind;
using Measure = Place::Measure;
using Source = Place::Source;

constexpr int64_t kInt64Max = std::numeric_limits<int64_t>::max();
constexpr int64_t kInt64Min = std::numeric_limits<int64_t>::min();
// What is sent is bounded, whatever a policy allows.
constexpr int64_t kTextMax = 1'000'000;
constexpr int64_t kItemsMax = 10'000;
constexpr int64_t kEntriesMax = 200;
constexpr int64_t kTrainMax = 20'000;

// limit - 1, limit and limit + 1 of both ends.
std::set<int64_t> Around(const config::Range& range, int64_t least,
                         int64_t most) {
  std::set<int64_t> values;
  const auto add = [&](int64_t bound) {
    for (const int64_t step : {-1, 0, 1}) {
      const int64_t value = bound + step;
      if (value >= least && value <= most) values.insert(value);
    }
  };
  if (range.min > kInt64Min) add(range.min);
  if (range.max < kInt64Max) add(range.max);
  return values;
}

// The value of a variable of the path.
std::string ValueName(const config::Operation& operation,
                      const std::string& variable) {
  const auto own = operation.path_variables.find(variable);
  const bool named =
      own != operation.path_variables.end() && !own->second.value.empty();
  return named ? own->second.value : variable;
}

// The path with one variable in other words; "": all samples.
std::string PathWith(const policy::CompiledOperation& operation,
                     const SketchCaller& caller, std::string_view variable,
                     const std::string& text) {
  const Samples samples(*operation.service);
  std::vector<policy::TemplateSegment> segments;
  policy::ParseTemplate(operation.spec.path, &segments);
  std::string path;
  for (const policy::TemplateSegment& segment : segments) {
    path.push_back('/');
    if (segment.kind == policy::TemplateSegment::Kind::kLiteral) {
      path += segment.text;
      continue;
    }
    if (segment.text == variable) {
      path += text;
      continue;
    }
    const auto given =
        std::ranges::find(caller.variables, segment.text,
                          &std::pair<std::string, std::string>::first);
    if (given != caller.variables.end()) {
      path += UriText(given->second);
      continue;
    }
    const std::string good =
        UriText(samples.Good(ValueName(operation.spec, segment.text)));
    path += good;
    const auto own = operation.spec.path_variables.find(segment.text);
    if (own == operation.spec.path_variables.end() || !own->second.list) {
      continue;
    }
    for (int64_t i = 1; i < std::min(own->second.items.min, kItemsMax); ++i) {
      StrAppend(&path, std::string(1, own->second.separator), good);
    }
  }
  return path.empty() ? "/" : path;
}

class OperationSketcher {
 public:
  OperationSketcher(const policy::CompiledOperation& operation,
                    const SketchCaller& caller)
      : operation_(operation),
        caller_(caller),
        samples_(*operation.service),
        bodies_(samples_) {}

  SketchGroup Run() {
    group_.title = StrCat(operation_.name, ": ", operation_.spec.method, " ",
                          operation_.spec.path);
    Add("a documented call", GoodRequest(operation_, caller_));
    if (operation_.spec.deny.empty()) {
      for (const Place& place : PlacesOf(operation_)) AddPlace(place);
      AddBodyForms();
    }
    if (operation_.limit.limit <= kTrainMax) {
      group_.sketches.push_back(
          RateTrain(operation_, operation_.limit, caller_,
                    StrCat(operation_.name, ": as many calls as the limit")));
    } else {
      group_.note = "its rate limit is too high to be met here";
    }
    return std::move(group_);
  }

 private:
  Sketch& Add(std::string_view what, SketchRequest request) {
    Sketch sketch;
    sketch.name = StrCat(operation_.name, ": ", what);
    sketch.request = std::move(request);
    group_.sketches.push_back(std::move(sketch));
    return group_.sketches.back();
  }

  // What comes behind the operation's name in a rule.
  std::string PlaceName(const Place& place) const {
    return place.rule.substr(
        std::min(place.rule.size(), operation_.name.size() + 1));
  }

  SketchRequest WithPath(std::string path) const {
    SketchRequest request = GoodRequest(operation_, caller_);
    request.path = std::move(path);
    return request;
  }
  SketchRequest WithBody(const Hole& hole) const {
    SketchRequest request = GoodRequest(operation_, caller_);
    request.json = bodies_.Object(operation_.spec.body.fields, &hole);
    return request;
  }
  // The body as a text, in which variables may be anything.
  SketchRequest WithRawBody(const Hole& hole) const {
    SketchRequest request = WithBody(hole);
    request.body = std::move(request.json);
    request.has_body = true;
    request.json.clear();
    request.headers.emplace_back("Content-Type", "application/json");
    return request;
  }

  void AddPlace(const Place& place) {
    switch (place.source) {
      case Source::kPath:
        return AddPathPlace(place);
      case Source::kQuery:
        return AddQueryPlace(place);
      case Source::kBody:
        return AddBodyPlace(place);
    }
  }

  // ---- Texts ---------------------------------------------------------------

  // Rows of a text's lengths, edges and words.
  std::vector<SketchRow> TextRows(const Place& place, const std::string& value,
                                  std::string (*encode)(std::string_view),
                                  int64_t least) {
    std::vector<SketchRow> rows;
    const auto add = [&](const std::string& text) {
      rows.push_back({{{"value", YamlQuoted(encode(text))}}});
    };
    if (place.measure == Measure::kLength) {
      for (const int64_t length : Around(place.range, least, kTextMax)) {
        add(samples_.OfLength(value, length));
      }
    }
    const Samples::Edges edges = samples_.EdgesOf(value);
    const bool seen = !edges_shown_.insert(value).second;
    // Where the value has stood before, one of each kind is enough.
    for (const auto* texts : {&edges.inside, &edges.outside}) {
      for (size_t i = 0; i < texts->size() && !(seen && i > 0); ++i) {
        add((*texts)[i]);
      }
    }
    const std::vector<std::string> words = samples_.Words(value);
    for (const std::string& word : words) add(word);
    if (edges.outside.empty() && place.deniable) {
      if (words.empty()) add(samples_.Good(value));
      add("no, never!");
    }
    return rows;
  }

  // ---- Path ----------------------------------------------------------------

  void AddPathPlace(const Place& place) {
    const std::string& name = place.names.front();
    const std::string value = ValueName(operation_.spec, name);
    const std::string good = UriText(samples_.Good(value));
    if (place.measure == Measure::kCount) {
      Sketch& sketch =
          Add(StrCat("how many ", PlaceName(place)),
              WithPath(PathWith(operation_, caller_, name, "${list}")));
      for (const int64_t count : Around(place.range, 1, kItemsMax)) {
        sketch.rows.push_back({{{"list", List(good, place.separator, count)}}});
      }
      return;
    }
    std::string segment = "${value}";
    if (place.separator != 0) {
      StrAppend(&segment, std::string(1, place.separator), good);
    }
    Add(StrCat("texts of ", PlaceName(place)),
        WithPath(PathWith(operation_, caller_, name, segment)))
        .rows = TextRows(place, value, &UriText,
                         // An empty segment is another path, mostly.
                         place.range.min > 0 ? 0 : 1);
  }

  static std::string List(const std::string& item, char separator,
                          int64_t count) {
    const std::string first = item + separator;
    if (count <= 3) {
      std::string list;
      for (int64_t i = 1; i < count; ++i) list += first;
      return YamlQuoted(list + item);
    }
    return YamlQuoted(StrCat("${'", first, "' * ", count - 1, "}", item));
  }

  // ---- Query ---------------------------------------------------------------

  void AddQueryPlace(const Place& place) {
    const std::string& name = place.names.front();
    const auto spec = std::ranges::find(operation_.spec.query, name,
                                        &config::QuerySpec::name);
    const std::string path =
        StrCat(GoodPath(operation_, caller_), "?", UriText(name), "=");
    Sketch& sketch = Add(StrCat("values of ", PlaceName(place)),
                         WithPath(path + "${value}"));
    std::string good = "1";
    if (place.measure != Measure::kInteger) {
      good = UriText(samples_.Good(spec->value));
      sketch.rows = TextRows(place, spec->value, &UriText, 0);
    } else {
      std::set<int64_t> values = Around(place.range, kInt64Min, kInt64Max);
      if (spec->at_most) values.insert({*spec->at_most, *spec->at_most + 1});
      for (const int64_t value : values) {
        sketch.rows.push_back({{{"value", StrCat(value)}}});
      }
      sketch.rows.push_back({{{"value", "x"}}});
    }
    if (sketch.rows.empty()) group_.sketches.pop_back();
    Add(StrCat(PlaceName(place), " twice"),
        WithPath(StrCat(path, good, "&", UriText(name), "=", good)));
  }

  // ---- Body ----------------------------------------------------------------

  void AddBodyPlace(const Place& place) {
    const FieldSpec* field = FieldAt(operation_.spec.body.fields, place.names);
    if (field == nullptr) return AddArray(place);
    const bool key = field->name != place.names.back();  // of a map
    switch (place.measure) {
      case Measure::kCount:
        if (field->kind == Kind::kMap) return AddEntries(place);
        return AddItems(place, *field);
      case Measure::kBytes:
        return AddBytes(place);
      case Measure::kInteger:
        AddIntegers(place);
        break;
      case Measure::kLength:
      case Measure::kNone:
        if (!key && (field->kind == Kind::kValue ||
                     (field->kind != Kind::kObject && !field->value.empty()))) {
          AddTexts(place, field->value, *field);
        } else if (key) {
          AddTexts(place, field->keys.at(place.names.back()), *field);
        }
        break;
    }
    if (place.required) {
      Add(StrCat(PlaceName(place), " is missing"),
          WithBody({.names = place.names, .json = "", .left_out = true}));
    }
    if (place.deniable) {
      const bool text =
          field->kind == Kind::kInteger || field->kind == Kind::kBoolean;
      Add(StrCat(PlaceName(place), " of another type"),
          WithBody({place.names, text ? "\"x\"" : "7"}));
    }
  }

  void AddTexts(const Place& place, const std::string& value,
                const FieldSpec& field) {
    const bool key = field.name != place.names.back();
    std::string json = "\"${value}\"";
    if (field.kind == Kind::kList) json = "[\"${value}\"]";
    if (field.kind == Kind::kMap && !key) json = "{\"k\": \"${value}\"}";
    std::vector<SketchRow> rows = TextRows(
        place, value, [](std::string_view text) { return std::string(text); },
        0);
    if (rows.empty()) rows.push_back({{{"value", "\"\""}}});
    Add(StrCat("texts of ", PlaceName(place)), WithBody({place.names, json}))
        .rows = std::move(rows);
  }

  void AddIntegers(const Place& place) {
    Sketch& sketch = Add(StrCat("numbers of ", PlaceName(place)),
                         WithBody({place.names, "\"${value}\""}));
    for (const int64_t value : Around(place.range, kInt64Min, kInt64Max)) {
      sketch.rows.push_back({{{"value", StrCat(value)}}});
    }
    if (sketch.rows.empty()) sketch.rows.push_back({{{"value", "1"}}});
  }

  // The body itself is a list.
  void AddArray(const Place& place) {
    SketchRequest request = GoodRequest(operation_, caller_);
    request.json = "{$range: {from: 1, to: \"${count}\"}}";
    Sketch& sketch = Add("how many items the body has", std::move(request));
    for (const int64_t count : Around(place.range, 0, kItemsMax)) {
      sketch.rows.push_back({{{"count", StrCat(count)}}});
    }
  }

  void AddItems(const Place& place, const FieldSpec& field) {
    const bool numbered = field.fields.empty() && !field.value.empty() &&
                          samples_.Takes(field.value, "a1") &&
                          samples_.Takes(field.value, "a10001");
    const std::string name = StrCat("how many ", PlaceName(place));
    const std::set<int64_t> counts = Around(place.range, 0, kItemsMax);
    if (numbered) {
      Sketch& sketch =
          Add(name, WithBody({place.names,
                              "{$range: {from: 1, to: \"${count}\", "
                              "format: \"a%d\"}}"}));
      for (const int64_t count : counts) {
        sketch.rows.push_back({{{"count", StrCat(count)}}});
      }
      return;
    }
    const std::string item = bodies_.Item(field);
    if (counts.contains(0)) {
      Add(StrCat(PlaceName(place), ", a list of none"),
          WithBody({place.names, "[]"}));
    }
    Sketch& sketch =
        Add(name + ": ${more} more than one",
            WithRawBody({place.names, StrCat("[", item, "${next * more}]")}));
    for (const int64_t count : counts) {
      if (count == 0) continue;
      sketch.rows.push_back({{{"more", StrCat(count - 1)},
                              {"next", YamlQuoted(StrCat(", ", item))}}});
    }
    if (sketch.rows.empty()) group_.sketches.pop_back();
  }

  void AddEntries(const Place& place) {
    Sketch& sketch = Add(StrCat(PlaceName(place), ": ${count}"),
                         WithRawBody({place.names, "{${entries}}"}));
    for (const int64_t count : Around(place.range, 0, kEntriesMax)) {
      std::vector<std::string> entries;
      for (int64_t i = 1; i <= count; ++i) {
        entries.push_back(StrCat("\"k", i, "\":\"\""));
      }
      sketch.rows.push_back(
          {{{"count", StrCat(count)},
            {"entries", StrCat("'", Join(entries, ","), "'")}}});
    }
    if (sketch.rows.empty()) group_.sketches.pop_back();
  }

  void AddBytes(const Place& place) {
    Sketch& sketch = Add(StrCat("how many ", PlaceName(place)),
                         WithBody({place.names, "{\"k\": \"${value}\"}"}));
    for (const int64_t bytes : Around(place.range, 1, kTextMax)) {
      sketch.rows.push_back(
          {{{"value", YamlQuoted(samples_.OfLength("", bytes - 1))}}});
    }
  }

  // What is no JSON, no object, and what stands for nothing.
  void AddBodyForms() {
    const config::BodySpec& spec = operation_.spec.body;
    if (spec.kind != config::BodySpec::Kind::kJson) return;
    const auto raw = [this](std::string body, std::string type) {
      SketchRequest request = GoodRequest(operation_, caller_);
      request.json.clear();
      request.body = std::move(body);
      request.has_body = true;
      request.headers.emplace_back("Content-Type", std::move(type));
      return request;
    };
    Add("a body that is no JSON", raw("{", "application/json"));
    Add("a body of another media type",
        raw(bodies_.Object(spec.fields, nullptr), "text/plain"));
    Add("a body that is no object", raw("7", "application/json"));
    for (const std::string& empty : spec.empty) {
      Add(empty.empty() ? "an empty body" : StrCat("the empty body ", empty),
          raw(empty, "application/json"));
    }
  }

  const policy::CompiledOperation& operation_;
  const SketchCaller& caller_;
  const Samples samples_;
  const BodySamples bodies_;
  std::set<std::string> edges_shown_;
  SketchGroup group_;
};

}  // namespace

std::string GoodPath(const policy::CompiledOperation& operation,
                     const SketchCaller& caller) {
  return PathWith(operation, caller, "", "");
}

SketchRequest GoodRequest(const policy::CompiledOperation& operation,
                          const SketchCaller& caller) {
  SketchRequest request;
  request.method = operation.spec.method;
  request.path = GoodPath(operation, caller);
  if (!caller.authorization.empty()) {
    request.headers.emplace_back("Authorization", caller.authorization);
  }
  if (operation.spec.body.kind == config::BodySpec::Kind::kJson) {
    const Samples samples(*operation.service);
    request.json =
        BodySamples(samples).Object(operation.spec.body.fields, nullptr);
  }
  return request;
}

Sketch RateTrain(const policy::CompiledOperation& operation,
                 const policy::RateLimit& limit, const SketchCaller& caller,
                 const std::string& name) {
  Sketch sketch;
  sketch.name = name;
  sketch.request = GoodRequest(operation, caller);
  if (limit.limit > 0) sketch.steps.push_back({0, limit.limit});
  sketch.steps.push_back({limit.window_us - 1000, 1});
  sketch.steps.push_back({limit.window_us, 1});
  return sketch;
}

SketchGroup SketchOperation(const policy::CompiledOperation& operation,
                            const SketchCaller& caller) {
  return OperationSketcher(operation, caller).Run();
}

}  // namespace headgate::cli
