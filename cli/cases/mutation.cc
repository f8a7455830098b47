#include "cli/cases/mutation.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "absl/types/span.h"
#include "base/strings.h"
#include "cli/cases/mutants.h"
#include "cli/cases/mutation_facts.h"

namespace headgate::cli {
namespace {

using Fate = MutantResult::Fate;

// A policy of the session, with what its cases touch.
struct Subject {
  std::shared_ptr<const policy::Policy> policy;
  std::vector<const CaseFile*> files;
  MutationFacts facts;
};

// A mutant, in each of the policies that hold what it changes.
struct Candidate {
  struct Form {
    const Subject* subject;
    Mutant mutant;
  };
  std::vector<Form> forms;

  const Mutant& mutant() const { return forms.front().mutant; }
};

std::vector<std::unique_ptr<Subject>> Observe(const Session& session,
                                              const MutationOptions& options) {
  std::vector<std::unique_ptr<Subject>> subjects;
  std::map<const policy::Policy*, Subject*> by_policy;
  for (const LoadedFile& file : session.files) {
    Subject*& subject = by_policy[file.policy.get()];
    if (subject == nullptr) {
      subjects.push_back(std::make_unique<Subject>());
      subject = subjects.back().get();
      subject->policy = file.policy;
    }
    subject->files.push_back(&file.cases);
    Runner runner(file.policy, {.observer = &subject->facts});
    for (const Case& test : file.cases.cases) {
      if (options.selects && !options.selects(test)) continue;
      subject->facts.Begin(file.cases, test);
      runner.Run(file.cases, test);
    }
  }
  return subjects;
}

// In the order of the policies; a place that an earlier one has too is joined.
std::vector<Candidate> CandidatesOf(
    const std::vector<std::unique_ptr<Subject>>& subjects) {
  std::vector<Candidate> candidates;
  StringMap<size_t> known;
  for (const auto& subject : subjects) {
    auto mutants = MutantsOf(*subject->policy, subject->facts.answered_here());
    for (Mutant& mutant : mutants) {
      const std::string key = StrCat(mutant.name, " ", mutant.at.ToString());
      const auto [found, is_new] = known.try_emplace(key, candidates.size());
      if (is_new) candidates.emplace_back();
      candidates[found->second].forms.push_back(
          {subject.get(), std::move(mutant)});
    }
  }
  return candidates;
}

// Runs candidates, one at a time.
class MutantRunner {
 public:
  // Sets its fate, but for kEquivalent.
  MutantResult Run(const Candidate& candidate) {
    MutantResult result;
    result.name = candidate.mutant().name;
    result.at = candidate.mutant().at;
    result.missing = candidate.mutant().missing;
    for (const Candidate::Form& form : candidate.forms) {
      const Case* killer = FindKiller(form);
      if (killer == nullptr) continue;
      result.fate = Fate::kKilled;
      result.killed_by = killer->name;
      return result;
    }
    const policy::CompiledOperation* operation = candidate.mutant().operation;
    if (operation != nullptr && !IsCalled(candidate)) {
      result.uncalled = operation->name;
      result.uncalled_at = operation->spec.at;
    }
    return result;
  }

  int64_t case_runs() const { return case_runs_; }

 private:
  using Cases = absl::Span<const CaseFacts* const>;

  static bool IsCalled(const Candidate& candidate) {
    return std::any_of(
        candidate.forms.begin(), candidate.forms.end(),
        [](const Candidate::Form& form) {
          return form.subject->facts.Calls(*form.mutant.operation);
        });
  }

  // The likeliest first, on a policy of the operations that they call; the
  // others only if those do not notice. Null: no case does.
  const Case* FindKiller(const Candidate::Form& form) {
    constexpr size_t kFirstCases = 8;
    const auto all = form.subject->facts.CasesFor(form.mutant);
    Cases cases(all);
    if (const auto operations = OperationsOf(cases, form.mutant)) {
      return FindKiller(form, cases, &*operations);
    }
    const Cases first = cases.subspan(0, kFirstCases);
    if (const auto operations = OperationsOf(first, form.mutant)) {
      const Case* killer = FindKiller(form, first, &*operations);
      if (killer != nullptr) return killer;
      cases.remove_prefix(first.size());
    }
    return FindKiller(form, cases, nullptr);
  }

  // None: they ask for more than operations.
  static std::optional<PolicyMutator::Operations> OperationsOf(
      Cases cases, const Mutant& mutant) {
    constexpr size_t kOperationsMax = 8;
    if (mutant.reroutes) return std::nullopt;
    PolicyMutator::Operations operations;
    for (const CaseFacts* facts : cases) {
      if (!facts->calls_operations_only) return std::nullopt;
      operations.insert(facts->operations.begin(), facts->operations.end());
    }
    if (operations.size() > kOperationsMax) return std::nullopt;
    return operations;
  }

  const Case* FindKiller(const Candidate::Form& form, Cases cases,
                         const PolicyMutator::Operations* operations) {
    if (cases.empty()) return nullptr;
    const auto policy = MutatorOf(*form.subject).Make(form.mutant, operations);
    if (policy == nullptr) return nullptr;
    Runner runner(policy, {.guard = form.subject->policy});
    for (const CaseFacts* facts : cases) {
      ++case_runs_;
      if (!runner.Passes(*facts->file, *facts->test)) return facts->test;
    }
    return nullptr;
  }

  PolicyMutator& MutatorOf(const Subject& subject) {
    return mutators_.try_emplace(&subject, *subject.policy).first->second;
  }

  std::map<const Subject*, PolicyMutator> mutators_;
  int64_t case_runs_ = 0;
};

// Each thread takes the next candidate that nobody has taken; results stand
// where their candidates do.
class Execution {
 public:
  Execution(const std::vector<Candidate>& candidates,
            const MutationOptions& options)
      : candidates_(candidates),
        options_(options),
        results_(candidates.size()) {}

  std::vector<MutantResult> Run() {
    const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
    const auto threads =
        options_.threads > 0 ? static_cast<unsigned>(options_.threads) : cores;
    std::vector<std::thread> others;
    for (unsigned i = 1; i < threads; ++i) {
      others.emplace_back([this] { Work(/*shows=*/false); });
    }
    Work(/*shows=*/static_cast<bool>(options_.progress));
    for (std::thread& other : others) other.join();
    return std::move(results_);
  }

  int64_t case_runs() const { return case_runs_; }

 private:
  void Work(bool shows) {
    MutantRunner runner;
    for (size_t i = next_++; i < candidates_.size(); i = next_++) {
      results_[i] = runner.Run(candidates_[i]);
      const int64_t done = ++done_;
      if (!shows) continue;
      options_.progress(done, static_cast<int64_t>(candidates_.size()));
    }
    case_runs_ += runner.case_runs();
  }

  const std::vector<Candidate>& candidates_;
  const MutationOptions& options_;
  std::vector<MutantResult> results_;
  std::atomic<size_t> next_ = 0;
  std::atomic<int64_t> done_ = 0, case_runs_ = 0;
};

// Holds the case files' `equivalent_mutants` against what was found.
class Equivalents {
 public:
  Equivalents(const std::vector<Candidate>& candidates,
              std::vector<MutantResult>* results)
      : candidates_(candidates), results_(*results) {}

  // `whole`: all cases have run, so that every mutant is known.
  void Apply(const std::vector<std::unique_ptr<Subject>>& subjects,
             bool whole) {
    for (const auto& subject : subjects) {
      for (const CaseFile* file : subject->files) {
        for (const EquivalentMutant& entry : file->equivalent_mutants) {
          ApplyEntry(*subject, entry, whole);
        }
      }
    }
  }

  std::string Mistakes(bool color) const { return mistakes_.ToString(color); }

 private:
  void ApplyEntry(const Subject& subject, const EquivalentMutant& entry,
                  bool whole) {
    bool found = false;
    for (size_t i = 0; i < candidates_.size(); ++i) {
      if (!Holds(candidates_[i], subject, entry.mutant)) continue;
      found = true;
      MutantResult& result = results_[i];
      if (result.fate == Fate::kKilled) {
        mistakes_.Add(
            entry.at, "this mutant is not equivalent",
            StrCat("the case ", config::Quote(result.killed_by), " kills it"));
      } else {
        result.fate = Fate::kEquivalent;
        result.because = entry.because;
      }
    }
    if (!found && whole) ReportUnknown(subject, entry);
  }

  static bool Holds(const Candidate& candidate, const Subject& subject,
                    const std::string& name) {
    return candidate.mutant().name == name &&
           std::any_of(
               candidate.forms.begin(), candidate.forms.end(),
               [&](const auto& form) { return form.subject == &subject; });
  }

  void ReportUnknown(const Subject& subject, const EquivalentMutant& entry) {
    std::vector<std::string> names;
    for (const Candidate& candidate : candidates_) {
      const std::string& name = candidate.mutant().name;
      if (Holds(candidate, subject, name)) names.push_back(name);
    }
    const std::string closest = ClosestTo(entry.mutant, names);
    mistakes_.Add(
        entry.at, StrCat("there is no mutant ", config::Quote(entry.mutant)),
        closest.empty() ? "the names are those that --mutate shows"
                        : StrCat("did you mean ", config::Quote(closest), "?"));
  }

  const std::vector<Candidate>& candidates_;
  std::vector<MutantResult>& results_;
  config::Diagnostics mistakes_;
};

}  // namespace

MutationReport RunMutation(const Session& session,
                           const MutationOptions& options) {
  using std::chrono::steady_clock;
  const auto started = steady_clock::now();
  const auto subjects = Observe(session, options);
  const std::vector<Candidate> candidates = CandidatesOf(subjects);
  Execution execution(candidates, options);
  MutationReport report;
  report.mutants = execution.Run();
  report.case_runs = execution.case_runs();
  Equivalents equivalents(candidates, &report.mutants);
  equivalents.Apply(subjects, /*whole=*/!options.selects);
  report.mistakes = equivalents.Mistakes(options.color);
  report.elapsed_us = std::chrono::duration_cast<std::chrono::microseconds>(
                          steady_clock::now() - started)
                          .count();
  return report;
}

}  // namespace headgate::cli
