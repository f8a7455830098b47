#include "proxy/replay_record.h"

#include <algorithm>
#include <optional>

#include "base/percent.h"
#include "base/strings.h"
#include "policy/body.h"
#include "policy/rules.h"

namespace headgate::proxy {
namespace {

using config::FieldSpec;
using Kind = config::FieldSpec::Kind;
using policy::CompiledService;
using policy::Refusal;

// Whether what stands at a place of this name is nobody's business.
bool NamesSecret(std::string_view name) {
  if (policy::NamesSecret(name)) return true;
  const std::string lower = AsciiLower(name);
  for (const std::string_view word :
       {"key", "credential", "signature", "passwd", "pwd"}) {
    if (lower.find(word) != std::string::npos) return true;
  }
  return false;
}

// A value that names something, of which the contract says how it looks.
bool IsIdentifier(const CompiledService& service, std::string_view value) {
  const auto found = service.rules->values.find(value);
  if (found == service.rules->values.end() || found->second == nullptr) {
    return false;
  }
  const config::ValueSpec& spec = found->second->spec();
  return spec.charset || spec.pattern || spec.one_of;
}

// ---- Credentials -----------------------------------------------------------

// "" if none are presented.
std::string_view SchemeOf(std::string_view authorization) {
  const std::string_view scheme =
      authorization.substr(0, authorization.find(' '));
  if (scheme.empty()) return {};
  if (EqualsIgnoreCase(scheme, "Bearer")) return "bearer";
  return EqualsIgnoreCase(scheme, "Basic") ? "basic" : "other";
}

// What the policy found about the credentials; "" if it did not look at them.
std::string_view ResultOf(const policy::Decision& decision,
                          std::string_view scheme) {
  using policy::CredentialKind;
  if (decision.operation == nullptr) return {};
  const CredentialKind kind = decision.operation->rules->credentials;
  if (kind == CredentialKind::kNone) return {};
  if (scheme != (kind == CredentialKind::kBasic ? "basic" : "bearer")) {
    return {};
  }
  if (decision.limited) {
    return decision.service->rules->verifies ? "good" : "present";
  }
  switch (decision.refusal) {
    case Refusal::kNoCredentials:
      return "missing";
    case Refusal::kMalformedCredentials:
      return "malformed";
    case Refusal::kBadCredentials:
      // Those of an app that is not listed were compared with nothing.
      return decision.app != nullptr ? "bad" : "present";
    case Refusal::kUnknownApp:
      return "present";
    default:
      return {};  // the path could not be read
  }
}

// ---- Query -----------------------------------------------------------------

const config::QuerySpec* FindParameter(const config::Operation& operation,
                                       std::string_view name) {
  for (const config::QuerySpec& spec : operation.query) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

bool LooksLikeInteger(std::string_view text) {
  constexpr size_t kDigitsMax = 24;
  return text.size() <= kDigitsMax &&
         text.find_first_not_of("-0123456789") == std::string_view::npos;
}

// The text of a parameter as it may be kept.
void AppendParameter(const CompiledService& service,
                     const config::QuerySpec& spec, std::string_view text,
                     std::string* out) {
  StrAppend(out, out->empty() ? "" : "&", spec.name, "=");
  const bool shown = !NamesSecret(spec.name) &&
                     (spec.integer || spec.at_most
                          ? LooksLikeInteger(text)
                          : text.size() <= ReplayRecorder::kTextBytesMax &&
                                IsIdentifier(service, spec.value));
  if (shown) {
    out->append(text);
    return;
  }
  std::string decoded;
  if (!FormDecode(text, &decoded) || !IsUtf8(decoded)) {
    out->append("%FF");  // as unreadable as what came
    return;
  }
  // No query holds a raw '#'.
  StrAppend(out, "#", policy::CodePoints(decoded));
}

// The declared part of a query.
struct KeptQuery {
  std::string* text;
  int64_t more = 0;  // parameters that are not declared
  bool cut = false;
};

void KeepQuery(const policy::CompiledOperation* operation,
               std::string_view query, KeptQuery* kept) {
  if (query.empty()) return;
  std::string name;
  for (const std::string_view part : Split(query, '&')) {
    const size_t equals = std::min(part.find('='), part.size());
    const config::QuerySpec* spec = nullptr;
    if (operation != nullptr && FormDecode(part.substr(0, equals), &name)) {
      spec = FindParameter(operation->spec, name);
    }
    if (spec == nullptr) {
      ++kept->more;
      continue;
    }
    AppendParameter(*operation->service, *spec,
                    part.substr(std::min(equals + 1, part.size())), kept->text);
    kept->cut = kept->text->size() > ReplayRecorder::kQueryBytesMax;
    if (kept->cut) return kept->text->clear();
  }
}

// ---- Body ------------------------------------------------------------------

// Writes what may be kept of one body.
class BodyWriter {
 public:
  // `counts_only`: lists without their items. Stops soon after `*text` is
  // longer than it may be.
  BodyWriter(const CompiledService& service, bool counts_only,
             const std::string& text, JsonWriter* writer)
      : service_(service),
        counts_only_(counts_only),
        text_(text),
        writer_(*writer) {}

  void WriteRoot(const std::vector<FieldSpec>& fields, JsonValue root) {
    if (root.is_object()) return WriteObject(fields, root, false);
    if (!root.is_array()) return writer_.Null();
    writer_.StartArray();  // its elements are not looked into
    writer_.Integer(static_cast<int64_t>(root.size()));
    writer_.EndArray();
  }

 private:
  bool full() const { return text_.size() > ReplayRecorder::kBodyBytesMax; }

  void WriteMark(std::string_view mark, int64_t value) {
    writer_.StartObject();
    writer_.Member(mark, value);
    writer_.EndObject();
  }

  void WriteObject(const std::vector<FieldSpec>& fields, JsonValue object,
                   bool secret) {
    writer_.StartObject();
    auto more = static_cast<int64_t>(object.size());
    for (const FieldSpec& field : fields) {
      const JsonValue value = object.Find(field.name);
      if (!value) continue;
      --more;
      writer_.Key(field.name);
      WriteField(field, value, secret || NamesSecret(field.name));
    }
    if (more > 0) writer_.Member("#more", more);
    writer_.EndObject();
  }

  void WriteField(const FieldSpec& field, JsonValue value, bool secret) {
    switch (field.kind) {
      case Kind::kList:
        if (value.is_array()) return WriteList(field, value, secret);
        break;
      case Kind::kObject:
        if (value.is_object()) return WriteObject(field.fields, value, secret);
        break;
      case Kind::kMap:
        if (value.is_object()) return WriteMap(field, value, secret);
        break;
      case Kind::kAny:
        if (!value.is_null()) return writer_.Boolean(true);
        break;
      case Kind::kValue:
      case Kind::kInteger:
      case Kind::kBoolean:
        break;
    }
    const bool named = field.kind == Kind::kValue && !secret &&
                       IsIdentifier(service_, field.value);
    WriteScalar(value, named, secret);
  }

  // What has another type than is declared keeps its type.
  void WriteScalar(JsonValue value, bool named, bool secret) {
    if (value.is_object()) {
      writer_.StartObject();
      return writer_.EndObject();
    }
    if (value.is_array()) {
      writer_.StartArray();
      return writer_.EndArray();
    }
    if (!value.is_string()) {
      const bool number =
          !value.is_null() && value.kind() != JsonValue::Kind::kBoolean;
      return secret && number ? writer_.Integer(0) : writer_.Value(value);
    }
    if (named && value.size() <= ReplayRecorder::kTextBytesMax) {
      return writer_.String(value.string());
    }
    WriteMark("#chars", policy::CodePoints(value.string()));
  }

  void WriteList(const FieldSpec& field, JsonValue list, bool secret) {
    const bool opaque = field.fields.empty() && field.value.empty();
    if (counts_only_ || opaque) {
      return WriteMark("#items", static_cast<int64_t>(list.size()));
    }
    const bool named = !secret && IsIdentifier(service_, field.value);
    writer_.StartArray();
    for (const JsonValue item : list.items()) {
      if (full()) break;
      if (!field.fields.empty() && item.is_object()) {
        WriteObject(field.fields, item, secret);
      } else {
        WriteScalar(item, named, secret);
      }
    }
    writer_.EndArray();
  }

  // Its known keys as they are; of the others the lengths of their texts, -1
  // for what is none; and the bytes of all keys and texts.
  void WriteMap(const FieldSpec& field, JsonValue map, bool secret) {
    if (counts_only_) {
      return WriteMark("#items", static_cast<int64_t>(map.size()));
    }
    size_t bytes = 0;
    writer_.StartObject();
    for (const JsonMember member : map.members()) {
      const bool text = member.value.is_string();
      bytes += member.key.size() + (text ? member.value.size() : 0);
      const auto known = field.keys.find(std::string(member.key));
      if (known == field.keys.end()) continue;
      writer_.Key(member.key);
      const bool hidden = secret || NamesSecret(member.key);
      WriteScalar(member.value,
                  !hidden && IsIdentifier(service_, known->second), hidden);
    }
    writer_.Member("#bytes", static_cast<int64_t>(bytes));
    writer_.Key("#lengths");
    writer_.StartArray();
    for (const JsonMember member : map.members()) {
      if (field.keys.contains(std::string(member.key))) continue;
      if (full()) break;
      writer_.Integer(member.value.is_string()
                          ? policy::CodePoints(member.value.string())
                          : -1);
    }
    writer_.EndArray();
    writer_.EndObject();
  }

  const CompiledService& service_;
  const bool counts_only_;
  const std::string& text_;
  JsonWriter& writer_;
};

}  // namespace

void ReplayRecorder::DescribeBody(const policy::Decision& decision,
                                  const policy::Request& request,
                                  std::string_view body, std::string* members) {
  members->clear();
  const policy::CompiledOperation& operation = *decision.operation;
  if (body.empty()) {
    members->append(R"(,"body_is":"none")");
    return;
  }
  if (policy::IsClearlyNotJson(request.content_type)) {
    members->append(R"(,"body_type":"other")");
  }
  if (const std::string* empty =
          policy::EmptySpelling(operation.spec.body, body)) {
    members->append(R"(,"body_text":)");
    AppendJsonString(*empty, members);
    return;
  }
  // What the policy has read is what came, unless names were folded in it.
  const bool as_read =
      decision.allowed() && decision.body_json && !decision.body_rewritten;
  const JsonValue root = as_read ? decision.body_json : reader_.Read(body);
  if (!root) {
    members->append(R"(,"body_is":"not_json")");
    return;
  }
  for (const bool counts_only : {false, true}) {
    scratch_.clear();
    writer_.Reset(&scratch_);
    BodyWriter(*operation.service, counts_only, scratch_, &writer_)
        .WriteRoot(operation.spec.body.fields, root);
    if (scratch_.size() > kBodyBytesMax) continue;
    StrAppend(members, R"(,"body":)", scratch_);
    return;
  }
  members->append(R"(,"body_is":"too_large")");
}

void ReplayRecorder::Describe(const Call& call, std::string* object) {
  object->clear();
  StrAppend(object, "{\"at_us\":", call.at_us);
  const auto add = [object](std::string_view key, std::string_view text) {
    if (!text.empty()) StrAppend(object, ",\"", key, "\":\"", text, "\"");
  };
  const std::string_view scheme = SchemeOf(call.request.authorization);
  add("scheme", scheme);
  add("credentials", ResultOf(call.decision, scheme));
  if (call.decision.app_key_secret) add("key", call.key_label);
  query_.clear();
  KeptQuery kept{&query_};
  KeepQuery(call.decision.operation, call.request.query, &kept);
  if (!query_.empty()) {
    object->append(",\"query\":");
    AppendJsonString(query_, object);
  }
  if (kept.more > 0) StrAppend(object, ",\"query_more\":", kept.more);
  if (kept.cut) object->append(",\"query_cut\":true");
  if (call.request.path.size() > kPathBytesMax) {
    object->append(",\"path_cut\":true");
  }
  if (!call.body_members.empty()) {
    object->append(call.body_members);
  } else if (call.request.has_body) {
    object->append(R"(,"body_is":"unread")");
  }
  object->push_back('}');
}

}  // namespace headgate::proxy
