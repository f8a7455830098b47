#include "proxy/upstream_h2_head.h"

#include <algorithm>
#include <cstdint>
#include <functional>

#include "base/strings.h"
#include "proxy/http/field.h"

namespace headgate::proxy {
namespace {

using http::FieldClass;
using http::FieldId;

// nghttp2 takes the data as not const, and leaves it alone.
uint8_t* Bytes(std::string_view text) {
  return const_cast<uint8_t*>(reinterpret_cast<const uint8_t*>(text.data()));
}

// Those that have a FieldId, in lower case.
const std::array<std::string, http::kFieldIds>& KnownNames() {
  static const std::array<std::string, http::kFieldIds> names = [] {
    std::array<std::string, http::kFieldIds> all;
    for (int i = 0; i < http::kFieldIds; ++i) {
      all[i] = AsciiLower(http::FieldName(static_cast<FieldId>(i)));
    }
    return all;
  }();
  return names;
}

}  // namespace

std::span<const nghttp2_nv> H2RequestHead::Build(std::string_view head) {
  fields_.clear();
  names_.clear();
  names_.reserve(head.size());  // it must not move any more
  const size_t end = head.find("\r\n");
  const std::string_view line = head.substr(0, end);
  head.remove_prefix(end + 2);
  const size_t space = line.find(' ');
  Add(":method", line.substr(0, space), false);
  Add(":scheme", "http", false);
  Add(":path", line.substr(space + 1, line.rfind(' ') - space - 1), false);
  while (!head.starts_with("\r\n") && !head.empty()) {
    const size_t size = head.find("\r\n");
    AddField(head.substr(0, size));
    head.remove_prefix(size + 2);
  }
  return fields_;
}

void H2RequestHead::AddField(std::string_view line) {
  const size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = TrimOws(line.substr(colon + 1));
  const FieldId id = http::FindFieldId(name);
  if (id == FieldId::kHost) {
    Add(":authority", value, Changes(static_cast<size_t>(id), value));
    // Pseudo fields come first, wherever Host stood.
    std::rotate(fields_.begin() + 3, fields_.end() - 1, fields_.end());
    return;
  }
  const bool trailers =
      id == FieldId::kTe && EqualsIgnoreCase(value, "trailers");
  if (http::FieldClassOf(id) == FieldClass::kHopByHop && !trailers) return;
  const std::string_view lower = LowerCase(id, name);
  const size_t slot = id == FieldId::kOther
                          ? 64 + std::hash<std::string_view>()(lower) % 64
                          : static_cast<size_t>(id);
  Add(lower, value, Changes(slot, value));
}

std::string_view H2RequestHead::LowerCase(FieldId id, std::string_view name) {
  if (id != FieldId::kOther) return KnownNames()[static_cast<size_t>(id)];
  const size_t start = names_.size();
  names_.resize(start + name.size());
  for (size_t i = 0; i < name.size(); ++i) {
    names_[start + i] = AsciiLower(name[i]);
  }
  return std::string_view(names_).substr(start);
}

void H2RequestHead::Add(std::string_view name, std::string_view value,
                        bool changes) {
  uint8_t flags = NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE;
  if (changes) flags |= NGHTTP2_NV_FLAG_NO_INDEX;
  fields_.push_back({.name = Bytes(name),
                     .value = Bytes(value),
                     .namelen = name.size(),
                     .valuelen = value.size(),
                     .flags = flags});
}

// It is not what it was in the request before.
bool H2RequestHead::Changes(size_t slot, std::string_view value) {
  const size_t hash = std::hash<std::string_view>()(value);
  if (values_[slot] == hash) return false;
  values_[slot] = hash;
  return true;
}

}  // namespace headgate::proxy
