// What the steps of a case save from their answers, and where later steps name
// it: `save: {token: access_token}`, then `Bearer ${token}`. And which call of
// its step a request is: `${call}`.
//
// Belongs to one thread; lives as long as one run of a case.
#ifndef HEADGATE_CLI_CASES_SAVED_VALUES_H_
#define HEADGATE_CLI_CASES_SAVED_VALUES_H_

#include <string>
#include <string_view>

#include "base/json_reader.h"
#include "base/strings.h"
#include "cli/cases/case_file.h"

namespace headgate::cli {

// In a step with `repeat`: 1, 2, ...
inline constexpr char kCallVariable[] = "call";

class SavedValues {
 public:
  void Clear() { values_.clear(); }
  void Set(std::string_view name, std::string value);

  // Takes the value from an answer's JSON. False: there is none, or it is no
  // text and no number.
  bool Save(const SavedValue& saved, std::string_view answer);

  // `text` with every name that is saved replaced; in JSON, escaped.
  std::string Fill(std::string_view text, bool json = false) const;
  // The request as it is sent.
  CaseRequest Fill(const CaseRequest& request) const;

 private:
  JsonReader reader_;
  StringMap<std::string> values_;
};

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_SAVED_VALUES_H_
