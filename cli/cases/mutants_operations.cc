// Mutants of an operation's head: its path, its query, who may call it.
#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "cli/cases/mutant_maker.h"
#include "policy/router.h"

namespace headgate::cli {
namespace {

using policy::Refusal;
using Kind = policy::TemplateSegment::Kind;

// "POST /{}/chatrooms/{}": equal for paths that differ in names only.
std::string ShapeOf(const config::Operation& operation) {
  std::string shape = operation.method + " ";
  bool inside = false;
  for (const char c : operation.path) {
    if (c == '}') inside = false;
    if (!inside) shape.push_back(c);
    if (c == '{') inside = true;
  }
  return shape;
}

// How many items a list in the path has at least: where another operation takes
// the path with one, two.
int64_t LeastItems(const MutantMaker& maker) {
  const std::string shape = ShapeOf(maker.spec());
  const auto& all = maker.service().operations;
  const auto same = std::count_if(
      all.begin(), all.end(),
      [&](const auto& other) { return ShapeOf(other->spec) == shape; });
  return same > 1 ? 2 : 1;
}

std::vector<policy::TemplateSegment> VariablesOf(const std::string& path) {
  std::vector<policy::TemplateSegment> segments;
  policy::ParseTemplate(path, &segments);
  std::erase_if(segments, [](const policy::TemplateSegment& segment) {
    return segment.kind == Kind::kLiteral;
  });
  return segments;
}

// The own rules of a variable, which are made if nobody wrote any.
config::PathSpec* PathSpecOf(config::Operation* operation,
                             const std::string& name) {
  const auto [found, made] = operation->path_variables.try_emplace(name);
  if (made) {
    found->second.name = name;
    found->second.at = operation->request_at;
  }
  return &found->second;
}

bool HasOwnEmpty(const MutantMaker& maker, const std::string& value) {
  const auto& values = maker.service().contract.values;
  const auto found = values.find(value);
  return found != values.end() && found->second.empty.has_value();
}

// A variable of these operations' paths.
TextPlace PathText(const MutantMaker& maker, const config::PathSpec& spec,
                   std::vector<std::string> operations, bool last) {
  TextPlace place;
  place.noun = spec.name;
  place.value = spec.value.empty() ? spec.name : spec.value;
  place.error = spec.error;
  place.place_error_wins = true;
  place.refusal = Refusal::kInvalid;
  place.at = spec.at;
  // An empty segment is another path, unless somebody answers for it; at the
  // end it is none at all.
  const bool may_be_empty = HasOwnEmpty(maker, place.value) && !last;
  place.shortest = spec.list || may_be_empty ? 0 : 1;
  const auto each = [operations = std::move(operations), name = spec.name](
                        config::Contract* contract, auto set) {
    for (const std::string& operation : operations) {
      config::Operation* const found = OperationIn(contract, operation);
      if (found != nullptr) set(PathSpecOf(found, name));
    }
  };
  place.use = [each](config::Contract* contract, const std::string& value) {
    each(contract, [&](config::PathSpec* own) { own->value = value; });
  };
  place.set_error = [each](config::Contract* contract, const std::string& row) {
    each(contract, [&](config::PathSpec* own) { own->error = row; });
  };
  return place;
}

void AddPathItems(const config::PathSpec& spec, const std::string& rule,
                  MutantMaker* maker) {
  const config::Location& at =
      spec.items_at.file != nullptr ? spec.items_at : spec.at;
  const auto change = [name = spec.name](auto set) {
    return [name, set](config::Operation* operation) {
      set(PathSpecOf(operation, name));
    };
  };
  const int64_t least = LeastItems(*maker);
  for (const BoundMove& move : MovesOf(spec.items, least)) {
    maker->AddToOperation({rule, move.text,
                           StrCat("a call with ", move.value, " ", spec.name,
                                  " ", Fate(move.allowed, rule)),
                           at},
                          change([range = move.range](config::PathSpec* own) {
                            own->items = range;
                          }));
  }
  const auto swap = [&](std::string_view label, const std::string& named,
                        std::string config::PathSpec::*member) {
    maker->SwapInOperation(
        {rule, std::string(label), maker->RowOf(named, Refusal::kInvalid), at},
        [name = spec.name, member](config::Operation* operation,
                                   const std::string& row) {
          PathSpecOf(operation, name)->*member = row;
        });
  };
  if (spec.items.max != config::Range{}.max) {
    swap("too_many", spec.too_many, &config::PathSpec::too_many);
  }
  if (spec.items.min > least) {
    swap("too_few", spec.too_few, &config::PathSpec::too_few);
  }
}

void AddPath(MutantMaker* maker) {
  const config::Operation& operation = maker->spec();
  for (const auto& segment : VariablesOf(operation.path)) {
    config::PathSpec spec;
    spec.name = segment.text;
    spec.at = operation.request_at;
    const auto own = operation.path_variables.find(segment.text);
    if (own != operation.path_variables.end()) spec = own->second;
    spec.name = segment.text;
    TextPlace place =
        PathText(*maker, spec, {operation.name},
                 operation.path.ends_with(StrCat("{", segment.text, "}")));
    place.rule = StrCat(operation.name, ".path.", segment.text);
    if (spec.list) AddPathItems(spec, place.rule + ".items", maker);
    AddTextMutants(place, maker);
  }
}

void AddClamp(const config::QuerySpec& spec, const std::string& rule,
              size_t index, MutantMaker* maker) {
  const std::string seen =
      StrCat(" whose upstream_request has ", spec.name, "=", *spec.at_most);
  const auto set = [index](std::optional<int64_t> at_most) {
    return [index, at_most](config::Operation* operation) {
      operation->query[index].at_most = at_most;
    };
  };
  const int64_t most = *spec.at_most;
  for (const int64_t other : {most - 1, most + 1}) {
    maker->AddToOperation(
        {rule, StrCat("at_most ", most, " -> ", other),
         StrCat("a call with ", spec.name, "=", std::max(most, other), seen),
         spec.at},
        set(other));
  }
  if (!spec.integer) return;
  maker->AddToOperation(
      {rule, "at_most dropped",
       StrCat("a call with ", spec.name, "=", most + 1, seen), spec.at},
      set(std::nullopt));
}

void AddInteger(const config::QuerySpec& spec, const std::string& rule,
                size_t index, MutantMaker* maker) {
  config::Range range =
      spec.integer.value_or(config::Range{std::numeric_limits<int64_t>::min()});
  for (const BoundMove& move :
       MovesOf(range, std::numeric_limits<int64_t>::min())) {
    maker->AddToOperation(
        {rule + ".range", move.text,
         StrCat("a call with ", spec.name, "=", move.value, " ",
                Fate(move.allowed, rule + ".range")),
         spec.at},
        [index, changed = move.range](config::Operation* operation) {
          operation->query[index].integer = changed;
        });
  }
  if (spec.at_most) AddClamp(spec, rule, index, maker);
  maker->SwapInOperation(
      {rule, "error", maker->RowOf(spec.error, Refusal::kInvalidQuery),
       spec.at},
      [index](config::Operation* operation, const std::string& row) {
        operation->query[index].error = row;
      });
}

void AddQueryText(const config::QuerySpec& spec, const std::string& rule,
                  size_t index, MutantMaker* maker) {
  const std::string& operation = maker->operation().name;
  TextPlace place;
  place.rule = rule;
  place.noun = spec.name;
  place.value = spec.value;
  place.error = spec.error;
  place.place_error_wins = true;
  place.refusal = Refusal::kInvalidQuery;
  place.at = spec.at;
  place.use = InOperation(
      operation, [index](config::Operation* changed, const std::string& value) {
        changed->query[index].value = value;
      });
  place.set_error = InOperation(
      operation, [index](config::Operation* changed, const std::string& row) {
        changed->query[index].error = row;
      });
  AddTextMutants(place, maker);
}

void AddQuery(MutantMaker* maker) {
  const config::Operation& operation = maker->spec();
  for (size_t i = 0; i < operation.query.size(); ++i) {
    const config::QuerySpec& spec = operation.query[i];
    const std::string rule = StrCat(operation.name, ".query.", spec.name);
    if (!spec.integer && !spec.at_most) {
      AddQueryText(spec, rule, i, maker);
      continue;
    }
    AddInteger(spec, rule, i, maker);
    maker->AddToOperation(
        {rule, "dropped", StrCat("a call that ", rule, " denies"), spec.at},
        [i](config::Operation* changed) {
          changed->query.erase(changed->query.begin() +
                               static_cast<std::ptrdiff_t>(i));
        });
  }
}

void AddAccess(MutantMaker* maker) {
  const config::Operation& operation = maker->spec();
  if (!operation.deny.empty()) {
    const std::string rule = operation.name + ".deny";
    maker->AddToOperation(
        {rule, "dropped", StrCat("a call that expects rule ", rule),
         operation.at},
        [](config::Operation* changed) { changed->deny.clear(); });
    maker->SwapInOperation(
        {rule, "error", maker->RowOf(operation.deny, Refusal::kForbidden),
         operation.at},
        [](config::Operation* changed, const std::string& row) {
          changed->deny = row;
        });
  }
  if (!operation.credentials) return;
  const std::string& of_others = maker->service().contract.credentials;
  if (*operation.credentials == of_others) return;
  maker->AddToOperation(
      {operation.name,
       StrCat("credentials ", *operation.credentials, " -> ", of_others),
       StrCat("a call of ", operation.name, " ",
              *operation.credentials == "none"
                  ? "without Authorization that "
                    "is allowed"
                  : "whose credentials are judged"),
       operation.at},
      [](config::Operation* changed) { changed->credentials.reset(); });
}

// Others may get its calls then.
void AddDropped(MutantMaker* maker) {
  const config::Operation& operation = maker->spec();
  maker->Add(
      {operation.name, "dropped",
       StrCat("a call of ", operation.name, " that is allowed"), operation.at},
      [name = operation.name](config::Contract* contract) {
        std::erase_if(contract->operations,
                      [&name](const config::Operation& other) {
                        return other.name == name;
                      });
      });
  maker->Reroute();
}

}  // namespace

void AddOperationMutants(MutantMaker* maker) {
  AddDropped(maker);
  AddAccess(maker);
  // Behind it nothing is looked at.
  if (!maker->spec().deny.empty()) return;
  AddPath(maker);
  AddQuery(maker);
}

// The variables that only the aliases of paths have: no operation writes them.
void AddAliasMutants(MutantMaker* maker) {
  for (const config::Alias& alias : maker->service().contract.aliases) {
    std::vector<std::string> operations;
    for (const auto& operation : maker->service().operations) {
      if (!operation->spec.path.starts_with(alias.path)) continue;
      operations.push_back(operation->name);
    }
    const auto named = VariablesOf(alias.path);
    for (const auto& segment : VariablesOf(alias.also)) {
      const bool of_operations = std::any_of(
          named.begin(), named.end(),
          [&](const auto& other) { return other.text == segment.text; });
      if (of_operations) continue;
      config::PathSpec spec;
      spec.name = segment.text;
      spec.at = alias.at;
      TextPlace place = PathText(*maker, spec, operations, /*last=*/false);
      place.rule = StrCat(maker->service().name, ".aliases.", segment.text);
      AddTextMutants(place, maker);
    }
  }
}

}  // namespace headgate::cli
