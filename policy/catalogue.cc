#include "policy/catalogue.h"

#include <cassert>
#include <utility>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/reason_phrase.h"
#include "config/contract_defaults.h"
#include "policy/rule.h"

namespace headgate::policy {
namespace {

using Source = Placeholder::Source;

Placeholder PlaceholderOf(const std::string& name) {
  static constexpr std::pair<std::string_view, Source> kSources[] = {
      {"now_ms", Source::kNowMs},      {"duration_ms", Source::kDurationMs},
      {"bound", Source::kBound},       {"method", Source::kMethod},
      {"path", Source::kPath},         {"value", Source::kValue},
      {"location", Source::kLocation},
  };
  for (const auto& [known, source] : kSources) {
    if (name == known) return {source, name};
  }
  return {Source::kVariable, name};
}

// Builds a row's literals and placeholders from the shape.
class Builder {
 public:
  explicit Builder(CatalogueError* error) : error_(error) {}

  void Raw(std::string_view json) { literal_ += json; }
  // A text with placeholders, inside of a JSON string. `attributes` stand for
  // themselves; their own texts may only name what the engine fills in.
  void Text(const std::string& text,
            const std::map<std::string, std::string>& attributes) {
    config::Template parts;
    config::ParseTextTemplate(text, &parts);
    for (size_t i = 0; i < parts.literals.size(); ++i) {
      AppendJsonEscaped(parts.literals[i], &literal_);
      if (i == parts.placeholders.size()) continue;
      const std::string& name = parts.placeholders[i];
      const auto attribute = attributes.find(name);
      if (attribute == attributes.end()) {
        Place(name);
      } else {
        Text(attribute->second, {});
      }
    }
  }
  void Place(const std::string& name) {
    if (name == "status") {
      StrAppend(&literal_, error_->status);
      return;
    }
    error_->literals.push_back(std::exchange(literal_, ""));
    error_->placeholders.push_back(PlaceholderOf(name));
  }
  void Finish() { error_->literals.push_back(std::exchange(literal_, "")); }

 private:
  CatalogueError* error_;
  std::string literal_;
};

// "{now_ms}" -> "now_ms"; empty if the text is more than one placeholder.
std::string OnlyPlaceholder(const std::string& text) {
  config::Template parts;
  const bool one = config::ParseTextTemplate(text, &parts) &&
                   parts.placeholders.size() == 1 &&
                   parts.literals[0].empty() && parts.literals[1].empty();
  return one ? parts.placeholders[0] : "";
}

void AppendText(std::string_view text, std::string* out) {
  AppendJsonEscaped(CutText(text, kRenderedValueBytesMax), out);
}

void AppendVariable(const ErrorContext& context, std::string_view name,
                    std::string* out) {
  if (context.variables == nullptr) return;
  for (const auto& [variable, value] : *context.variables) {
    if (variable != name) continue;
    AppendText(value, out);
    return;
  }
}

void AppendPlaceholder(const Placeholder& placeholder,
                       const ErrorContext& context, std::string* out) {
  switch (placeholder.source) {
    case Source::kNowMs:
      StrAppend(out, context.now.unix_ms());
      return;
    case Source::kDurationMs:
      StrAppend(out, (context.now.monotonic_us - context.started.monotonic_us) /
                         1000);
      return;
    case Source::kBound:
      StrAppend(out, context.bound);
      return;
    case Source::kMethod:
      return AppendText(context.method, out);
    case Source::kPath:
      return AppendText(context.path, out);
    case Source::kValue:
      return AppendText(context.value, out);
    case Source::kLocation:
      return AppendText(context.location, out);
    case Source::kVariable:
      return AppendVariable(context, placeholder.name, out);
  }
}

}  // namespace

Catalogue::Catalogue(const config::Contract& contract)
    : content_type_(contract.shape.content_type) {
  const std::string code = config::CodeAttribute(contract.shape);
  for (const auto& [key, text] : contract.shape.members) {
    if (code_key_.empty() && OnlyPlaceholder(text) == code) code_key_ = key;
  }
  for (const auto& [name, spec] : contract.errors) Compile(spec, contract);
  for (int i = 0; i < kRefusals; ++i) {
    const std::string name(RefusalName(static_cast<Refusal>(i)));
    const auto row = contract.refusals.find(name);
    by_refusal_[i] =
        row == contract.refusals.end() ? nullptr : Find(row->second);
    assert(by_refusal_[i] != nullptr);
  }
}

void Catalogue::Compile(const config::ErrorSpec& spec,
                        const config::Contract& contract) {
  auto error = std::make_unique<CatalogueError>();
  error->name = spec.name;
  error->status = spec.status;
  error->at = spec.at;
  error->documented = !spec.made;
  const auto code = spec.attributes.find(config::CodeAttribute(contract.shape));
  error->code = code == spec.attributes.end() ? spec.name : code->second;
  Builder builder(error.get());
  std::string_view separator = "{";
  for (const auto& [key, text] : contract.shape.members) {
    builder.Raw(std::exchange(separator, ","));
    std::string quoted_key;
    AppendJsonString(key, &quoted_key);
    builder.Raw(quoted_key + ":");
    const std::string only = OnlyPlaceholder(text);
    if (config::IsNumericPlaceholder(only)) {
      builder.Place(only);
      continue;
    }
    builder.Raw("\"");
    builder.Text(text, spec.attributes);
    builder.Raw("\"");
  }
  builder.Raw("}");
  builder.Finish();
  by_name_.emplace(spec.name, error.get());
  errors_.push_back(std::move(error));
}

const CatalogueError* Catalogue::Find(std::string_view name) const {
  const auto row = by_name_.find(name);
  return row == by_name_.end() ? nullptr : row->second;
}

const CatalogueError& Catalogue::For(Refusal refusal) const {
  return *by_refusal_[static_cast<size_t>(refusal)];
}

void Catalogue::Render(const CatalogueError& error, const ErrorContext& context,
                       std::string* out) {
  for (size_t i = 0; i < error.placeholders.size(); ++i) {
    *out += error.literals[i];
    AppendPlaceholder(error.placeholders[i], context, out);
  }
  *out += error.literals.back();
}

bool Catalogue::HasStatus(int status) const {
  for (const auto& error : errors_) {
    if (error->documented && error->status == status) return true;
  }
  return false;
}

const CatalogueError* Catalogue::Recognize(int status,
                                           std::string_view body) const {
  if (code_key_.empty() || !HasStatus(status)) return nullptr;
  JsonReader reader;
  const JsonValue root = reader.Read(body);
  if (!root || !root.is_object()) return nullptr;
  const JsonValue code = root.Find(code_key_);
  if (!code || !code.is_string()) return nullptr;
  for (const auto& error : errors_) {
    const bool same = error->documented && error->status == status &&
                      error->code == code.string();
    if (same) return error.get();
  }
  return nullptr;
}

void RenderProblem(Refusal refusal, std::string* out) {
  const int status = RefusalStatus(refusal);
  StrAppend(out, "{\"title\":\"", ReasonPhrase(status),
            "\",\"status\":", status, ",\"code\":\"", RefusalName(refusal),
            "\"}");
}

}  // namespace headgate::policy
