// The readers of a case's parts. Each takes a node whose variables have been
// replaced, reports every mistake, and returns false if there was one.
#ifndef HEADGATE_CLI_CASES_SECTIONS_H_
#define HEADGATE_CLI_CASES_SECTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "cli/cases/case_file.h"
#include "cli/cases/expand.h"
#include "config/reader.h"
#include "config/yaml.h"

namespace headgate::cli {

struct CaseReading {
  config::Diagnostics* diagnostics = nullptr;
  Budget* budget = nullptr;
  const VariableScope* scope = nullptr;  // what is saved by steps
  // Of the file's `defaults`; null: none.
  const std::vector<CaseField>* headers = nullptr;
  const ScriptedAnswer* upstream = nullptr;
};

// A field's name and value, as a message can hold it.
bool CheckField(const config::Entry& entry, config::Diagnostics* diagnostics);
// Sets `name`, whatever its case; an empty `value` that is `removed` removes.
void SetField(const std::string& name, const std::string& value,
              std::vector<CaseField>* fields);
void RemoveField(std::string_view name, std::vector<CaseField>* fields);
const CaseField* FindField(std::string_view name,
                           const std::vector<CaseField>& fields);
// {Name: value, Other: null}, over what stands there; null removes.
bool ReadFields(const config::Node& node, config::Diagnostics* diagnostics,
                std::vector<CaseField>* fields);

// `storage: down`, or up.
bool ReadStorage(const config::Node& node, config::Diagnostics* diagnostics,
                 bool* down);

// Whether `text` names a value that a step saves.
bool UsesSaved(std::string_view text, const VariableScope& scope);

bool ReadRequest(const config::Node& node, const CaseReading& reading,
                 CaseRequest* request);
// The bytes of the head, from what stands in the request.
void ComposeHead(CaseRequest* request);

bool ReadScriptedAnswer(const config::Node& node, const CaseReading& reading,
                        ScriptedAnswer* answer);

bool ReadExpectation(const config::Node& node, const CaseReading& reading,
                     Expectation* expectation);
// The part that a case with steps may have: `allowed` and `denied`.
bool ReadCounts(const config::Node& node, const CaseReading& reading,
                Expectation* expectation);

// The steps of a case: their order, their times, what they save.
bool ReadSteps(const config::Node& node, const CaseReading& reading,
               std::vector<CaseStep>* steps);

// A case whose variables have been replaced.
void ReadCase(const config::Node& node, const CaseReading& reading, Case* made);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_SECTIONS_H_
