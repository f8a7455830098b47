// Mutants of a named value at one place: the place gets a value of its own, so
// that the other places of the value stay as they are.
#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "cli/cases/mutant_maker.h"
#include "cli/cases/mutants_charset.h"
#include "cli/cases/mutants_pattern.h"
#include "cli/cases/places.h"
#include "policy/value.h"

namespace headgate::cli {
namespace {

using config::ValueSpec;

class TextMutants {
 public:
  TextMutants(const TextPlace& place, MutantMaker* maker)
      : place_(place),
        maker_(*maker),
        spec_(EffectiveValue(maker->service(), place.value)
                  .value_or(ValueSpec())),
        at_(spec_.at.file != nullptr ? spec_.at : place.at),
        folds_(spec_.fold_lower.value_or(false)) {}

  void Add() {
    AddLength();
    AddCharset();
    AddPattern();
    AddChoices();
    AddFold();
    AddDropped();
    AddErrors();
  }

 private:
  bool restricts() const {
    return spec_.charset || spec_.pattern || spec_.one_of || spec_.length;
  }

  // `aspect` ends the rule's name: ".length", or nothing.
  void AddChanged(std::string_view aspect, std::string what,
                  std::string missing, ValueSpec changed) {
    const std::string rule = StrCat(place_.rule, aspect);
    // No name of a contract file has a space in it.
    const std::string name = StrCat("mutant of ", rule);
    maker_.Add({.rule = rule,
                .what = std::move(what),
                .missing = std::move(missing),
                .at = at_},
               [name, changed = std::move(changed),
                use = place_.use](config::Contract* contract) {
                 contract->values[name] = changed;
                 use(contract, name);
               });
  }

  void AddLength() {
    if (!spec_.length) return;
    const std::string rule = place_.rule + ".length";
    for (const BoundMove& move : MovesOf(*spec_.length, place_.shortest)) {
      ValueSpec changed = spec_;
      changed.length = move.range;
      AddChanged(".length", move.text,
                 StrCat("a call with ", place_.noun, " of ", move.value,
                        move.value == 1 ? " character " : " characters ",
                        Fate(move.allowed, rule)),
                 std::move(changed));
    }
  }

  void AddCharset() {
    if (!spec_.charset) return;
    const std::string rule = place_.rule + ".charset";
    for (const CharsetChange& change : CharsetChanges(*spec_.charset, folds_)) {
      ValueSpec changed = spec_;
      changed.charset = change.charset;
      AddChanged(".charset",
                 StrCat(change.widens ? "with " : "without ", change.classes),
                 StrCat("a call with ", change.example, " in ", place_.noun,
                        " ", Fate(!change.widens, rule)),
                 std::move(changed));
    }
    AddBeyondAscii();
  }

  // A charset is ASCII, so this one becomes a pattern: another rule, which is
  // why only cases that hold such characters are asked.
  void AddBeyondAscii() {
    if (spec_.pattern) return;
    ValueSpec changed = spec_;
    changed.charset.reset();
    changed.pattern = PatternBeyondAscii(*spec_.charset);
    AddChanged(".charset", "with characters beyond ASCII",
               StrCat("a call with 'é' in ", place_.noun, " that expects rule ",
                      place_.rule, ".charset"),
               std::move(changed));
    maker_.AskBeyondAscii();
  }

  void AddPattern() {
    if (!spec_.pattern) return;
    const std::string rule = place_.rule + ".pattern";
    for (const PatternChange& change : PatternChanges(*spec_.pattern)) {
      ValueSpec changed = spec_;
      changed.pattern = change.pattern;
      AddChanged(
          ".pattern",
          StrCat(change.from, " -> ", change.to.empty() ? "once" : change.to,
                 " at ", change.at + 1),
          StrCat("a call whose ", place_.noun, " fits with ", change.from,
                 " at character ", change.at + 1,
                 " of the pattern but not with ",
                 change.to.empty() ? "once" : change.to, ", or the other way"),
          std::move(changed));
    }
  }

  void AddChoices() {
    if (!spec_.one_of) return;
    for (size_t i = 0; spec_.one_of->size() > 1 && i < spec_.one_of->size();
         ++i) {
      ValueSpec changed = spec_;
      const std::string choice = (*spec_.one_of)[i];
      changed.one_of->erase(changed.one_of->begin() +
                            static_cast<std::ptrdiff_t>(i));
      AddChanged(
          ".one_of", StrCat("without ", choice),
          StrCat("a call with ", place_.noun, " ", choice, " that is allowed"),
          std::move(changed));
    }
  }

  void AddFold() {
    const bool letters = !spec_.charset || HoldsLetters(*spec_.charset);
    if (!restricts() || !letters) return;
    ValueSpec changed = spec_;
    changed.fold_lower = !folds_;
    AddChanged(".fold", folds_ ? "lower -> off" : "off -> lower",
               StrCat("a call with upper case in ", place_.noun, " and an ",
                      "upstream_request (or answer) that has it ",
                      folds_ ? "in lower case" : "unchanged"),
               std::move(changed));
  }

  void AddDropped() {
    if (!restricts()) return;
    ValueSpec changed;
    changed.fold_lower = spec_.fold_lower;
    changed.error = spec_.error;
    changed.empty = spec_.empty;
    changed.at = spec_.at;
    AddChanged("", "dropped", StrCat("a call that ", place_.rule, " denies"),
               std::move(changed));
  }

  // Whether a text that a request can hold is denied.
  bool deniable() const {
    return spec_.charset || spec_.pattern || spec_.one_of ||
           (spec_.length && (spec_.length->min > place_.shortest ||
                             spec_.length->max != config::Range{}.max));
  }

  bool DeniesEmpty() const {
    if (place_.shortest > 0) return false;
    config::Diagnostics ignored;
    const auto value = policy::CompiledValue::Compile(spec_, &ignored);
    std::string scratch;
    return value != nullptr &&
           value->Check("", &scratch) != policy::CompiledValue::Verdict::kOk;
  }

  std::string Row() const {
    const std::string of_value = spec_.error.value_or("");
    const bool takes_place =
        !place_.error.empty() && (place_.place_error_wins || of_value.empty());
    return maker_.RowOf(takes_place ? place_.error : of_value, place_.refusal);
  }

  // A clone of the value with another error; and the place's own, which may
  // come before it.
  MutantChange ErrorChange(std::optional<std::string> ValueSpec::*error) const {
    const std::string name = StrCat("mutant of ", place_.rule);
    return [name, error, spec = spec_, use = place_.use,
            set_error = place_.set_error](config::Contract* contract,
                                          const std::string& row) {
      ValueSpec& changed = contract->values[name] = spec;
      changed.*error = row;
      use(contract, name);
      if (error == &ValueSpec::error && set_error) set_error(contract, row);
    };
  }

  void AddErrors() {
    if (!deniable()) return;
    maker_.Swap({place_.rule, "error", Row(), at_},
                ErrorChange(&ValueSpec::error));
    if (!spec_.empty || !DeniesEmpty()) return;
    maker_.Swap(
        {place_.rule, "empty", maker_.RowOf(*spec_.empty, place_.refusal), at_},
        ErrorChange(&ValueSpec::empty));
  }

  const TextPlace& place_;
  MutantMaker& maker_;
  const ValueSpec spec_;
  const config::Location at_;
  const bool folds_;
};

}  // namespace

void AddTextMutants(const TextPlace& place, MutantMaker* maker) {
  TextMutants(place, maker).Add();
}

}  // namespace headgate::cli
