#include "policy/value.h"

#include <algorithm>
#include <cstdint>

#include "base/percent.h"

namespace headgate::policy {
namespace {

// Looks at all of it, and in bytes, so that the compiler can look at many at a
// time.
bool AnyUpper(std::string_view text) {
  uint8_t any = 0;
  for (const char c : text) any |= uint8_t{c >= 'A'} & uint8_t{c <= 'Z'};
  return any != 0;
}

}  // namespace

int64_t CodePoints(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  });
}

std::string_view VerdictName(CompiledValue::Verdict verdict) {
  switch (verdict) {
    case CompiledValue::Verdict::kOk:
      return "";
    case CompiledValue::Verdict::kUtf8:
      return "utf8";
    case CompiledValue::Verdict::kLength:
      return "length";
    case CompiledValue::Verdict::kCharset:
      return "charset";
    case CompiledValue::Verdict::kPattern:
      return "pattern";
    case CompiledValue::Verdict::kOneOf:
      return "one_of";
  }
  return "";
}

config::ValueSpec MergeValue(const config::ValueSpec& contract,
                             const config::ValueSpec& override_spec) {
  config::ValueSpec merged = contract;
  const auto take = [](auto* into, const auto& from) {
    if (from.has_value()) *into = from;
  };
  take(&merged.charset, override_spec.charset);
  take(&merged.pattern, override_spec.pattern);
  take(&merged.one_of, override_spec.one_of);
  take(&merged.length, override_spec.length);
  take(&merged.fold_lower, override_spec.fold_lower);
  take(&merged.error, override_spec.error);
  take(&merged.empty, override_spec.empty);
  // A trace should lead to what the operator wrote.
  merged.at = override_spec.at;
  return merged;
}

std::unique_ptr<CompiledValue> CompiledValue::Compile(
    const config::ValueSpec& spec, config::Diagnostics* diagnostics) {
  auto value = std::make_unique<CompiledValue>();
  value->spec_ = spec;
  value->fold_lower_ = spec.fold_lower.value_or(false);
  value->length_ = spec.length.value_or(config::Range{});
  std::string error;
  if (spec.charset) {
    value->charset_ = Charset::Parse(*spec.charset, &error);
    if (!value->charset_) {
      diagnostics->Add(spec.at, StrCat("bad charset: ", error),
                       "a charset is the inside of a regular expression's "
                       "class, as a-zA-Z0-9_.-");
      return nullptr;
    }
    if (value->fold_lower_) value->charset_->AddUpperCaseOfLower();
  }
  if (spec.pattern) {
    value->pattern_ = Pattern::Compile(*spec.pattern, &error);
    if (value->pattern_ == nullptr) {
      diagnostics->Add(spec.at, StrCat("bad pattern: ", error),
                       "patterns are RE2's");
      return nullptr;
    }
  }
  if (spec.one_of) {
    value->one_of_.emplace(spec.one_of->begin(), spec.one_of->end());
  }
  return value;
}

bool CompiledValue::NeedsFold(std::string_view text) const {
  return fold_lower_ && AnyUpper(text);
}

int64_t CompiledValue::LengthBound(std::string_view text) const {
  return CodePoints(text) < length_.min ? length_.min : length_.max;
}

CompiledValue::Verdict CompiledValue::Check(std::string_view text,
                                            std::string* scratch) const {
  // A charset is ASCII: what it takes is UTF-8, one byte a character.
  const bool in_charset = charset_ && charset_->ContainsAll(text);
  if (!charset_ && !IsUtf8(text)) return Verdict::kUtf8;
  const int64_t length =
      in_charset ? static_cast<int64_t>(text.size()) : CodePoints(text);
  if (length < length_.min || length > length_.max) return Verdict::kLength;
  if (charset_ && !in_charset) return Verdict::kCharset;
  if (pattern_ == nullptr && !one_of_) return Verdict::kOk;
  if (NeedsFold(text)) {
    scratch->assign(text);
    for (char& c : *scratch) c = AsciiLower(c);
    text = *scratch;
  }
  if (pattern_ != nullptr && !pattern_->Matches(text)) return Verdict::kPattern;
  if (one_of_ && !one_of_->contains(text)) return Verdict::kOneOf;
  return Verdict::kOk;
}

}  // namespace headgate::policy
