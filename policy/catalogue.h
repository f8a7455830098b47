// The error catalogue of a family, compiled: every documented error with its
// status and a body template in the family's shape, split at its placeholders
// so that rendering is a few appends.
//
// Immutable after Compile, shared by all workers.
#ifndef HEADGATE_POLICY_CATALOGUE_H_
#define HEADGATE_POLICY_CATALOGUE_H_

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/strings.h"
#include "config/contract.h"
#include "policy/refusal.h"

namespace headgate::policy {

inline constexpr size_t kRenderedValueBytesMax = 256;

// What a template may name. Views must outlive the call to Render.
struct ErrorContext {
  Instant now;
  Instant started;                // {duration_ms} = now - started
  std::string_view method, path;  // {method}, {path}
  std::string_view value;         // {value}: what was wrong; made safe for JSON
  std::string_view location;      // {location}: "arguments[2].user_id"
  int64_t bound = 0;              // {bound}: the limit that was passed
  // {org_name}, ...: the path's variables, and what a handler adds.
  const std::vector<std::pair<std::string_view, std::string_view>>* variables =
      nullptr;
};

// Where a placeholder's text comes from.
struct Placeholder {
  enum class Source {
    kNowMs,
    kDurationMs,
    kBound,
    kMethod,
    kPath,
    kValue,
    kLocation,
    kVariable,  // of the context's `variables`, by name
  };
  Source source = Source::kVariable;
  std::string name;
};

// One row. `code` is the family's own code: what its shape calls {error} (or
// {code}, {errorCode}), e.g. "reach_limit".
struct CatalogueError {
  std::string name;
  int status = 500;
  std::string code;
  config::Location at;
  // The body is literals[0] placeholders[0] literals[1] ...: always one literal
  // more. Literals are JSON text, escaped already.
  std::vector<std::string> literals;
  std::vector<Placeholder> placeholders;
  bool documented = true;  // false: the reader's row for a refusal
};

class Catalogue {
 public:
  // REQUIRES: the contract was checked by config (every name resolves).
  explicit Catalogue(const config::Contract& contract);

  const CatalogueError* Find(std::string_view name) const;  // null: none
  const CatalogueError& For(Refusal refusal) const;
  const std::string& content_type() const { return content_type_; }
  // The member of a body that holds the code; "": none does.
  const std::string& code_key() const { return code_key_; }

  // Appends the error's body. What a client or an upstream sent is escaped,
  // made valid UTF-8, and cut to kRenderedValueBytesMax; a variable that the
  // context lacks is an empty text.
  static void Render(const CatalogueError& error, const ErrorContext& context,
                     std::string* out);

  // The documented row that an upstream's error answer is: same status and the
  // same code in the place where the shape has it; null: not documented.
  // `body` is any bytes; it is parsed strictly. A row that nobody wrote (the
  // reader's, for a refusal) documents nothing.
  const CatalogueError* Recognize(int status, std::string_view body) const;

  // Whether a documented row has this status: all that a bodyless answer shows.
  bool HasStatus(int status) const;

  const std::vector<std::unique_ptr<CatalogueError>>& errors() const {
    return errors_;
  }

 private:
  void Compile(const config::ErrorSpec& spec, const config::Contract& contract);

  std::string content_type_;
  std::string code_key_;  // the shape's member that holds the code
  std::vector<std::unique_ptr<CatalogueError>> errors_;
  StringMap<const CatalogueError*> by_name_;
  std::array<const CatalogueError*, kRefusals> by_refusal_{};
};

// The body where no family is known (RFC 9457, application/problem+json).
void RenderProblem(Refusal refusal, std::string* out);

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_CATALOGUE_H_
