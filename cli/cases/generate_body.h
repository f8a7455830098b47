// The JSON bodies of generated cases: the smallest that an operation takes,
// with one place open for what a case is about.
//
// Belongs to one thread; what it is made of outlives it.
#ifndef HEADGATE_CLI_CASES_GENERATE_BODY_H_
#define HEADGATE_CLI_CASES_GENERATE_BODY_H_

#include <string>
#include <vector>

#include "cli/cases/generate_samples.h"
#include "config/contract.h"

namespace headgate::cli {

// What stands at a place instead of a sample.
struct Hole {
  std::vector<std::string> names;  // "arguments", "user_id"
  std::string json;
  bool left_out = false;  // nothing stands there
};

class BodySamples {
 public:
  explicit BodySamples(const Samples& samples) : samples_(samples) {}

  // {"usernames":["bob"]}: every field that must be there, and the hole.
  std::string Object(const std::vector<config::FieldSpec>& fields,
                     const Hole* hole) const {
    return Members(fields, hole, 0);
  }
  // One entry of a list: what `item` of "usernames" looks like.
  std::string Item(const config::FieldSpec& list) const;

 private:
  std::string Members(const std::vector<config::FieldSpec>& fields,
                      const Hole* hole, size_t depth) const;
  std::string Field(const config::FieldSpec& field, const Hole* hole,
                    size_t depth) const;
  std::string Map(const config::FieldSpec& field, const Hole* hole,
                  size_t depth) const;

  const Samples& samples_;
};

// The field that a place names; null: none, as for a body itself.
const config::FieldSpec* FieldAt(const std::vector<config::FieldSpec>& fields,
                                 const std::vector<std::string>& names);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_CASES_GENERATE_BODY_H_
