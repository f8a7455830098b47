#include "proxy/http/message.h"

#include "base/strings.h"
#include "proxy/http/chars.h"

namespace headgate::http {
namespace {

void Move(const char* from, const char* to, std::string_view* view) {
  if (view->data() == nullptr) return;
  *view = std::string_view(to + (view->data() - from), view->size());
}

}  // namespace

void Fields::Clear() {
  fields_.clear();
  present_ = 0;
  close_ = false;
  keep_alive_ = false;
}

void Fields::Add(const Field& field) {
  fields_.push_back(field);
  present_ |= uint64_t{1} << static_cast<int>(field.id);
}

void Fields::Rebase(const char* from, const char* to) {
  for (Field& field : fields_) {
    Move(from, to, &field.name);
    Move(from, to, &field.value);
  }
}

const Field* Fields::Find(FieldId id) const {
  if (!Has(id)) return nullptr;
  for (const Field& field : fields_) {
    if (field.id == id) return &field;
  }
  return nullptr;
}

std::string_view Fields::Value(FieldId id) const {
  const Field* field = Find(id);
  return field == nullptr ? std::string_view() : field->value;
}

const Field* Fields::Find(std::string_view name) const {
  for (const Field& field : fields_) {
    if (EqualsIgnoreCase(field.name, name)) return &field;
  }
  return nullptr;
}

bool Fields::MarkConnectionOptions() {
  if (!Has(FieldId::kConnection)) return true;
  int options = 0;
  for (const Field& field : fields_) {
    if (field.id != FieldId::kConnection) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const size_t comma = rest.find(',');
      const std::string_view option = TrimOws(rest.substr(0, comma));
      rest = comma == rest.npos ? "" : rest.substr(comma + 1);
      if (option.empty()) continue;  // RFC 9110 5.6.1.2 allows empty items
      if (++options > kConnectionOptionsMax) return false;
      if (!AddConnectionOption(option)) return false;
    }
  }
  return true;
}

bool Fields::AddConnectionOption(std::string_view option) {
  if (!IsAll(option, kToken)) return false;
  if (EqualsIgnoreCase(option, "keep-alive")) {
    keep_alive_ = true;
  } else if (EqualsIgnoreCase(option, "close")) {
    close_ = true;
  } else if (FindFieldId(option) == FieldId::kOther) {
    for (Field& field : fields_) {
      if (EqualsIgnoreCase(field.name, option)) field.hop_by_hop = true;
    }
  }
  return true;
}

void RequestHead::Clear() {
  Fields kept = std::move(fields);
  kept.Clear();
  *this = RequestHead();
  fields = std::move(kept);
}

void RequestHead::Rebase(const char* from, const char* to) {
  for (std::string_view* view :
       {&method_text, &target, &authority, &path_and_query}) {
    Move(from, to, view);
  }
  fields.Rebase(from, to);
}

void RequestHead::TakeFields(const RequestHead& other, const char* from,
                             const char* to) {
  fields = other.fields;
  fields.Rebase(from, to);
  authority = other.authority;
  Move(from, to, &authority);
  framing = other.framing;
  content_length = other.content_length;
  keep_alive = other.keep_alive;
  expect_continue = other.expect_continue;
}

void ResponseHead::Clear() {
  Fields kept = std::move(fields);
  kept.Clear();
  *this = ResponseHead();
  fields = std::move(kept);
}

void ResponseHead::Rebase(const char* from, const char* to) {
  Move(from, to, &reason);
  fields.Rebase(from, to);
}

}  // namespace headgate::http
