#include "policy/body.h"

#include <utility>

#include "policy/field.h"

namespace headgate::policy {
namespace {

constexpr size_t kLocationBytesMax = 256;

// RFC 8259 2: what may stand around a JSON text.
std::string_view TrimJsonSpace(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

const std::string* EmptySpelling(const config::BodySpec& spec,
                                 std::string_view body) {
  const std::string_view text = TrimJsonSpace(body);
  for (const std::string& empty : spec.empty) {
    if (text == empty) return &empty;
  }
  return nullptr;
}

void BodyPlace::AppendTo(std::string* out) const {
  if (outer != nullptr) outer->AppendTo(out);
  if (name.empty()) {
    StrAppend(out, "[", index, "]");
    return;
  }
  if (!out->empty()) out->push_back('.');
  out->append(CutText(name, kLocationBytesMax));
}

std::string PlaceText(const BodyPlace& place) {
  std::string text;
  place.AppendTo(&text);
  return text;
}

bool IsClearlyNotJson(std::string_view content_type) {
  const std::string_view type =
      TrimOws(content_type.substr(0, content_type.find(';')));
  const size_t slash = type.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view subtype = type.substr(slash + 1);
  constexpr std::string_view kSuffix = "+json";
  if (subtype.size() > kSuffix.size() &&
      EqualsIgnoreCase(subtype.substr(subtype.size() - kSuffix.size()),
                       kSuffix)) {
    return false;
  }
  return subtype != "*" && !EqualsIgnoreCase(subtype, "json");
}

CompiledBody::CompiledBody() = default;
CompiledBody::~CompiledBody() = default;
CompiledBody::CompiledBody(CompiledBody&&) noexcept = default;
CompiledBody& CompiledBody::operator=(CompiledBody&&) noexcept = default;

CompiledBody CompiledBody::Compile(const CompileContext& context,
                                   const config::Operation& operation) {
  CompiledBody body;
  body.spec_ = operation.body;
  const std::string where = StrCat(context.operation, ".body");
  const config::Location& at = operation.body.at.file != nullptr
                                   ? operation.body.at
                                   : operation.request_at;
  const auto rule = [&](std::string_view aspect, Refusal refusal,
                        const std::string& error) {
    return MakeRule(context.catalogue, StrCat(where, aspect), at, refusal,
                    error);
  };
  body.media_type_ = rule(".media_type", Refusal::kMediaType, "");
  body.not_json_ = rule(".json", Refusal::kNotJson, "");
  body.type_ = rule(".type", Refusal::kInvalidField, "");
  body.array_too_many_ =
      rule(".items", Refusal::kInvalid, operation.body.array_too_many);
  body.array_too_few_ = rule(".items", Refusal::kInvalid, "");
  for (const config::FieldSpec& spec : operation.body.fields) {
    body.fields_.push_back(CompiledField::Compile(context, spec, where));
  }
  return body;
}

bool CompiledBody::Check(std::string_view body, std::string_view content_type,
                         const BodyTools& tools, Decision* decision,
                         JsonValue* root) const {
  *root = JsonValue();
  const bool json = spec_.kind == config::BodySpec::Kind::kJson;
  if (body.empty() && !json) return true;
  if (json && EmptySpelling(spec_, body) != nullptr) {
    // What stands for "{}" here need not do so for the upstream's reader.
    decision->body_rewritten = !body.empty();
    if (!body.empty()) decision->body = "{}";
    bool changed = false;
    return CheckRoot(JsonValue(), tools, &changed);
  }
  if (!body.empty() && IsClearlyNotJson(content_type)) {
    return tools.recorder->Denied(media_type_, {.value = content_type});
  }
  *root = tools.reader->Read(body);
  if (!*root) {
    return tools.recorder->Denied(not_json_, {.value = tools.reader->error()});
  }
  tools.recorder->Passed(not_json_, "");
  if (!json) return true;
  bool changed = false;
  if (!CheckRoot(*root, tools, &changed)) return false;
  if (changed) {
    decision->body_rewritten = true;
    tools.writer->Reset(&decision->body);
    tools.writer->Value(*root);
  }
  return true;
}

bool CompiledBody::CheckRoot(JsonValue root, const BodyTools& tools,
                             bool* changed) const {
  if (root && root.is_array() && spec_.array) return CheckArray(root, tools);
  if (!root || root.is_object()) {
    return CompiledField::CheckAll(fields_, root, nullptr, tools, changed);
  }
  // No object: then the fields that must be there are not.
  return CompiledField::CheckAll(fields_, JsonValue(), nullptr, tools,
                                 changed) &&
         tools.recorder->Denied(type_, {});
}

bool CompiledBody::CheckArray(JsonValue root, const BodyTools& tools) const {
  const auto count = static_cast<int64_t>(root.size());
  const config::Range& range = *spec_.array;
  if (count > range.max) {
    return tools.recorder->Denied(array_too_many_, {.bound = range.max});
  }
  if (count < range.min) {
    return tools.recorder->Denied(array_too_few_, {.bound = range.min});
  }
  tools.recorder->Passed(array_too_many_, "");
  return true;
}

}  // namespace headgate::policy
