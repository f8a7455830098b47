#include "policy/pattern.h"

#include <utility>

#include "re2/re2.h"

namespace headgate::policy {

std::unique_ptr<Pattern> Pattern::Compile(std::string_view expression,
                                          std::string* error) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_unique<re2::RE2>(
      re2::StringPiece(expression.data(), expression.size()), options);
  if (!compiled->ok()) {
    *error = compiled->error();
    return nullptr;
  }
  std::unique_ptr<Pattern> pattern(new Pattern(std::move(compiled)));
  pattern->fixed_ = FixedPattern::Parse(expression);
  return pattern;
}

Pattern::Pattern(std::unique_ptr<re2::RE2> expression)
    : expression_(std::move(expression)) {}
Pattern::~Pattern() = default;

bool Pattern::Matches(std::string_view text) const {
  if (fixed_) return fixed_->Matches(text);
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()),
                             *expression_);
}

}  // namespace headgate::policy
