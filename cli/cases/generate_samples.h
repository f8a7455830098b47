// Texts for generated cases: one that a named value takes, one of any length,
// and those just inside and just outside of its charset. As YAML scalars'
// contents, where a long text is written as its rule: ${'a' * 64}.
//
// Belongs to one thread; the service outlives it.
#ifndef HEADGATE_CLI_CASES_GENERATE_SAMPLES_H_
#define HEADGATE_CLI_CASES_GENERATE_SAMPLES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "policy/policy.h"

namespace headgate::cli {

class Samples {
 public:
  explicit Samples(const policy::CompiledService& service)
      : service_(service) {}

  // A short text that is good, if one was found.
  std::string Good(std::string_view value) const;
  // A text of so many characters, good but for its length where that is
  // possible.
  std::string OfLength(std::string_view value, int64_t length) const;
  // Texts with one character at an edge of the charset: "a{a".
  struct Edges {
    std::vector<std::string> inside, outside;
  };
  Edges EdgesOf(std::string_view value) const;
  // What `one_of` allows, or nothing.
  std::vector<std::string> Words(std::string_view value) const;
  bool Takes(std::string_view value, std::string_view text) const;

 private:
  const config::ValueSpec* SpecOf(std::string_view value) const;
  char UnitOf(std::string_view value) const;

  const policy::CompiledService& service_;
};

// How a test file writes a text: "a: \"b\"", in double quotes if it must be.
std::string YamlText(std::string_view text);
// The same, always in quotes.
std::string YamlQuoted(std::string_view text);
// A segment of a path or a query's value; ${...} stays.
std::string UriText(std::string_view text);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_GENERATE_SAMPLES_H_
