// Mutants of what is answered: which row of the catalogue answers a refusal or
// an upstream's answer, and what the rows say.
#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"
#include "cli/cases/mutant_maker.h"
#include "config/contract_defaults.h"
#include "policy/rules.h"

namespace headgate::cli {
namespace {

using policy::Refusal;

constexpr int kStatusMin = 200, kStatusMax = 599;  // what cases can script

// Whether a case can be answered because of this refusal, by the row that the
// contract names for it. What has rows of its own at its place is not here.
class Reach {
 public:
  explicit Reach(const MutantMaker& maker)
      : maker_(maker), service_(maker.service()) {}

  bool Reaches(Refusal refusal) const {
    const config::Service& spec = service_.spec;
    switch (refusal) {
      case Refusal::kNoOperation:
      case Refusal::kWrongMethod:
        return spec.unmatched == config::Service::Unmatched::kDeny;
      case Refusal::kNoCredentials:
      case Refusal::kMalformedCredentials:
        return maker_.AsksCredentials();
      case Refusal::kBadCredentials:
        return service_.rules->verifies && HasBadCredentials();
      case Refusal::kUnknownApp:
        return !spec.unlisted_apps_allowed;
      case Refusal::kRate:
        return true;
      case Refusal::kForbidden:
        return HasGrants();
      case Refusal::kNotJson:
      case Refusal::kMediaType:
        return Any([](const config::Operation& operation) {
          return operation.body.kind != config::BodySpec::Kind::kAny;
        });
      case Refusal::kInvalidField:
        return Any(TakesAnyObject);
      case Refusal::kInvalid:
        return Any([](const config::Operation& operation) {
          return operation.body.array && operation.body.array->min > 0;
        });
      case Refusal::kBadPath:
      case Refusal::kInvalidQuery:
      case Refusal::kBodyTooLarge:
      case Refusal::kBadRequest:
      case Refusal::kUriTooLong:
      case Refusal::kHeadTooLarge:
      case Refusal::kExpectationFailed:
      case Refusal::kNotImplemented:
        return true;
      case Refusal::kUpstreamConnect:
      case Refusal::kUpstreamTimeout:
      case Refusal::kUpstreamProtocol:
      case Refusal::kUpstreamTls:
        return !maker_.standalone() && !HasFailureRule(refusal);
      case Refusal::kOverloaded:  // the store is down
        return maker_.standalone();
      case Refusal::kMissingField:
      case Refusal::kRequestTimeout:
      case Refusal::kHttpVersion:
      case Refusal::kDraining:
      case Refusal::kInternal:
        return false;
    }
    return false;
  }

 private:
  bool Any(const std::function<bool(const config::Operation&)>& holds) const {
    const auto& all = service_.operations;
    return std::any_of(all.begin(), all.end(), [&](const auto& operation) {
      return operation->spec.deny.empty() && holds(operation->spec);
    });
  }

  // An API key that is listed is right.
  bool HasBadCredentials() const {
    std::set<std::string> kinds = maker_.Credentials();
    kinds.erase("none");
    if (!service_.spec.unlisted_apps_allowed) kinds.erase("api_key");
    return !kinds.empty();
  }

  bool HasGrants() const {
    return std::any_of(
               service_.apps.begin(), service_.apps.end(),
               [](const auto& app) { return app->spec.grants.has_value(); }) &&
           Any([](const config::Operation& operation) {
             return !operation.grants.empty();
           });
  }

  // A body that is no object lacks no field, so its type is what is wrong.
  static bool TakesAnyObject(const config::Operation& operation) {
    const auto& fields = operation.body.fields;
    return operation.body.kind == config::BodySpec::Kind::kJson &&
           std::all_of(fields.begin(), fields.end(),
                       [](const auto& field) { return field.optional; });
  }

  bool HasFailureRule(Refusal refusal) const {
    const std::string word(
        RefusalName(refusal).substr(std::string_view("upstream_").size()));
    const auto& rules = service_.contract.upstream_answers;
    return std::any_of(rules.begin(), rules.end(),
                       [&](const auto& rule) { return rule.failure == word; });
  }

  const MutantMaker& maker_;
  const policy::CompiledService& service_;
};

void AddRefusals(MutantMaker* maker) {
  const policy::CompiledService& service = maker->service();
  const Reach reach(*maker);
  for (int i = 0; i < policy::kRefusals; ++i) {
    const auto refusal = static_cast<Refusal>(i);
    const policy::CatalogueError& row = service.catalogue->For(refusal);
    // A row that nobody wrote is no rule of this contract.
    if (!row.documented || !reach.Reaches(refusal)) continue;
    const std::string name(RefusalName(refusal));
    maker->Swap(
        {StrCat(service.name, ".refusals.", name), "error", row.name,
         service.contract.at, StrCat("a call that is refused as ", name)},
        [name](config::Contract* contract, const std::string& other) {
          contract->refusals[name] = other;
        });
  }
}

using UpstreamRules = std::vector<config::UpstreamRule>;

// The rows that statuses are answered by, the first rule counts.
std::array<std::string, kStatusMax + 1> AnswersOf(const UpstreamRules& rules) {
  std::array<std::string, kStatusMax + 1> answers;
  for (int status = kStatusMin; status <= kStatusMax; ++status) {
    for (const config::UpstreamRule& rule : rules) {
      const bool holds = rule.failure.empty() && status >= rule.status_min &&
                         status <= rule.status_max;
      if (!holds) continue;
      answers[static_cast<size_t>(status)] = rule.answer;
      break;
    }
  }
  return answers;
}

// "timeout", "429", "4xx" or "400..420".
std::string RuleName(const std::string& service,
                     const config::UpstreamRule& rule) {
  std::string when = rule.failure;
  if (when.empty()) when = StrCat(rule.status_min);
  if (rule.status_min % 100 == 0 && rule.status_max == rule.status_min + 99) {
    when = StrCat(rule.status_min / 100, "xx");
  } else if (rule.status_max > rule.status_min) {
    StrAppend(&when, "..", rule.status_max);
  }
  return StrCat(service, ".upstream_answers.", when);
}

class UpstreamMutants {
 public:
  explicit UpstreamMutants(MutantMaker* maker)
      : maker_(*maker), rules_(maker->service().contract.upstream_answers) {}

  void Add() {
    for (size_t i = 0; i < rules_.size(); ++i) {
      const config::UpstreamRule& rule = rules_[i];
      const std::string name = RuleName(maker_.service().name, rule);
      AddSwapped(i, name);
      UpstreamRules fewer = rules_;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      AddChanged(i, name, "dropped", fewer);
      if (rule.status_max > rule.status_min) AddMoved(i, name);
    }
  }

 private:
  void AddSwapped(size_t index, const std::string& name) {
    const config::UpstreamRule& rule = rules_[index];
    UpstreamRules fewer = rules_;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(index));
    // It answers nothing that rules before it do not.
    if (rule.failure.empty() && AnswersOf(fewer) == AnswersOf(rules_)) return;
    maker_.Swap({name, "answer", rule.answer, rule.at, Example(rule)},
                [index](config::Contract* contract, const std::string& row) {
                  contract->upstream_answers[index].answer = row;
                });
  }

  static std::string Example(const config::UpstreamRule& rule) {
    return rule.failure.empty()
               ? StrCat("a call whose upstream answers ", rule.status_min,
                        rule.status_max > rule.status_min ? " or the like" : "")
               : StrCat("a call whose upstream has the failure ", rule.failure);
  }

  // Which call would tell the two lists of rules apart; empty: none.
  std::string Difference(size_t index, const UpstreamRules& changed) const {
    const config::UpstreamRule& rule = rules_[index];
    if (!rule.failure.empty()) {
      // Then the refusal's own row answers.
      const auto failure =
          policy::RefusalFromName(StrCat("upstream_", rule.failure));
      if (maker_.RowOf("", *failure) == rule.answer) return "";
      return StrCat(Example(rule), " and that expects ",
                    maker_.Expected(rule.answer));
    }
    const auto before = AnswersOf(rules_), after = AnswersOf(changed);
    for (size_t status = kStatusMin; status <= kStatusMax; ++status) {
      if (before[status] == after[status]) continue;
      return StrCat("a call whose upstream answers ", status, " and that ",
                    "expects ",
                    maker_.Expected(maker_.RowOf(before[status],
                                                 Refusal::kUpstreamProtocol)));
    }
    return "";
  }

  void AddChanged(size_t index, const std::string& name, std::string what,
                  const UpstreamRules& changed) {
    const std::string missing = Difference(index, changed);
    if (missing.empty()) return;
    maker_.Add({name, std::move(what), missing, rules_[index].at,
                rules_[index].answer},
               [changed](config::Contract* contract) {
                 contract->upstream_answers = changed;
               });
  }

  void AddMoved(size_t index, const std::string& name) {
    const config::UpstreamRule& rule = rules_[index];
    for (const BoundMove& move :
         MovesOf({rule.status_min, rule.status_max}, kStatusMin)) {
      UpstreamRules changed = rules_;
      changed[index].status_min = static_cast<int>(move.range.min);
      changed[index].status_max = static_cast<int>(move.range.max);
      AddChanged(index, name, move.text, changed);
    }
  }

  MutantMaker& maker_;
  const UpstreamRules& rules_;
};

// The rows themselves.
class RowMutants {
 public:
  RowMutants(const policy::CatalogueError& row, MutantMaker* maker)
      : row_(row),
        spec_(maker->service().contract.errors.at(row.name)),
        rule_(StrCat(maker->service().name, ".errors.", row.name)),
        code_(config::CodeAttribute(maker->service().contract.shape)),
        maker_(*maker) {}

  // `raised`: Headgate itself answers it. Otherwise it says only which of the
  // upstream's answers are documented.
  void Add(bool raised) {
    if (!raised && HasTwin()) return;
    AddStatus();
    for (const auto& [attribute, text] : spec_.attributes) {
      if (raised || attribute == code_) AddAttribute(attribute, text);
    }
  }

 private:
  bool HasTwin() const {
    const auto& all = maker_.service().catalogue->errors();
    return std::any_of(all.begin(), all.end(), [this](const auto& other) {
      return other.get() != &row_ && other->documented &&
             other->status == row_.status && other->code == row_.code;
    });
  }

  void AddChanged(std::string what, std::string missing,
                  std::function<void(config::ErrorSpec*)> change) {
    maker_.Add({rule_, std::move(what), std::move(missing), row_.at, row_.name},
               [name = row_.name,
                change = std::move(change)](config::Contract* contract) {
                 change(&contract->errors.find(name)->second);
               });
  }

  void AddStatus() {
    const int other =
        row_.status < kStatusMax ? row_.status + 1 : row_.status - 1;
    AddChanged(StrCat("status ", row_.status, " -> ", other),
               StrCat("a call that is answered ", row_.name,
                      " and expects status ", row_.status),
               [other](config::ErrorSpec* row) { row->status = other; });
  }

  void AddAttribute(const std::string& attribute, const std::string& text) {
    const auto shown = config::ShapeAttributes(maker_.service().contract.shape);
    if (std::find(shown.begin(), shown.end(), attribute) == shown.end()) {
      return;
    }
    AddChanged(StrCat(attribute, " changed"),
               StrCat("a call that is answered ", row_.name, " and expects ",
                      "its ", attribute, " in json"),
               [attribute, text](config::ErrorSpec* row) {
                 row->attributes[attribute] = text + " changed";
               });
  }

  const policy::CatalogueError& row_;
  const config::ErrorSpec& spec_;
  const std::string rule_, code_;
  MutantMaker& maker_;
};

}  // namespace

void AddErrorMutants(const std::set<const policy::CatalogueError*>& answered,
                     MutantMaker* maker) {
  AddRefusals(maker);
  if (!maker->standalone()) UpstreamMutants(maker).Add();
  for (const auto& row : maker->service().catalogue->errors()) {
    if (!row->documented) continue;
    const bool raised =
        maker->raised().contains(row->name) || answered.contains(row.get());
    if (raised || !maker->standalone()) RowMutants(*row, maker).Add(raised);
  }
}

}  // namespace headgate::cli
