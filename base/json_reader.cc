#include "base/json_reader.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <random>
#include <vector>

#include "base/strings.h"
#include "simdjson.h"

namespace headgate {
namespace {

namespace dom = simdjson::dom;

constexpr size_t kCapacityMin = 4096;
// Buffers that one large text made grow are given back at the next Read.
constexpr size_t kCapacityKept = size_t{1} << 20;
// Up to so many members, comparing each key with each is the fastest.
constexpr size_t kPairwiseMax = 12;

// simdjson 3.0.1 turns a lone low surrogate's escape into the three bytes that
// UTF-8 forbids: ED A0..BF xx.
bool HoldsSurrogate(std::string_view text) {
  for (size_t at = text.find('\xED'); at != std::string_view::npos;
       at = text.find('\xED', at + 1)) {
    if (at + 1 < text.size() && static_cast<uint8_t>(text[at + 1]) >= 0xA0) {
      return true;
    }
  }
  return false;
}

}  // namespace

JsonValue JsonValue::Find(std::string_view key) const {
  for (const JsonMember member : members()) {
    if (member.key == key) return member.value;
  }
  return {};
}

struct JsonReader::Buffers {
  using Node = JsonValue::Node;
  using Kind = JsonValue::Kind;

  bool Reserve(size_t bytes);
  bool Fail(std::string_view why);
  // `depth` counts the containers around the value.
  bool Build(dom::element element, size_t depth);
  bool BuildString(std::string_view text);
  bool BuildArray(dom::array array, size_t depth);
  bool BuildObject(dom::object object, size_t depth);
  bool CheckKeys(Node* object);
  bool CheckKeysHashed(Node* object);
  bool CheckKeysPairwise(Node* object);

  std::vector<char> text;  // padded
  dom::parser parser;
  bool escapes = false;  // the text holds a backslash
  std::vector<Node> nodes;
  std::vector<std::string_view> table;  // of keys, by hash
  // Nobody outside can aim at collisions. One for the process: asking the
  // processor for randomness takes it 25 us.
  static const uint64_t kSeed;
  std::string error;
};

const uint64_t JsonReader::Buffers::kSeed = std::random_device{}();

bool JsonReader::Buffers::Reserve(size_t bytes) {
  const size_t wanted = std::max(kCapacityMin, std::bit_ceil(bytes));
  const size_t capacity = parser.capacity();
  if (wanted <= capacity && (capacity <= kCapacityKept || wanted == capacity)) {
    return true;
  }
  text = std::vector<char>(wanted + simdjson::SIMDJSON_PADDING);
  nodes = {};
  table = {};
  // simdjson counts the document as a level, and no empty container: Build
  // counts again.
  return parser.allocate(wanted, kDepthMax + 1) == simdjson::SUCCESS &&
         parser.doc.allocate(wanted) == simdjson::SUCCESS;
}

bool JsonReader::Buffers::Fail(std::string_view why) {
  error = why;
  return false;
}

bool JsonReader::Buffers::Build(dom::element element, size_t depth) {
  switch (element.type()) {
    case dom::element_type::ARRAY:
      return BuildArray(element.get_array().value_unsafe(), depth + 1);
    case dom::element_type::OBJECT:
      return BuildObject(element.get_object().value_unsafe(), depth + 1);
    case dom::element_type::STRING:
      return BuildString(element.get_string().value_unsafe());
    default:
      break;
  }
  Node& node = nodes.emplace_back();
  switch (element.type()) {
    case dom::element_type::INT64:
      node.kind = Kind::kInteger;
      node.integer = element.get_int64().value_unsafe();
      break;
    case dom::element_type::UINT64:
      node.kind = Kind::kUnsigned;
      node.unsigned_integer = element.get_uint64().value_unsafe();
      break;
    case dom::element_type::DOUBLE:
      node.kind = Kind::kDouble;
      node.number = element.get_double().value_unsafe();
      break;
    case dom::element_type::BOOL:
      node.kind = Kind::kBoolean;
      node.boolean = element.get_bool().value_unsafe();
      break;
    default:
      node.kind = Kind::kNull;
  }
  return true;
}

bool JsonReader::Buffers::BuildString(std::string_view value) {
  if (escapes && HoldsSurrogate(value)) return Fail("lone surrogate");
  Node& node = nodes.emplace_back();
  node.kind = Kind::kString;
  node.size = static_cast<uint32_t>(value.size());
  // The bytes stand in the parser's own buffer, which is ours to change.
  node.text = const_cast<char*>(value.data());
  return true;
}

bool JsonReader::Buffers::BuildArray(dom::array array, size_t depth) {
  if (depth > kDepthMax) return Fail("nested too deeply");
  const size_t at = nodes.size();
  nodes.emplace_back().kind = Kind::kArray;
  uint32_t size = 0;
  for (const dom::element item : array) {
    if (!Build(item, depth)) return false;
    ++size;
  }
  nodes[at].size = size;
  nodes[at].span = static_cast<uint32_t>(nodes.size() - at);
  return true;
}

bool JsonReader::Buffers::BuildObject(dom::object object, size_t depth) {
  if (depth > kDepthMax) return Fail("nested too deeply");
  const size_t at = nodes.size();
  nodes.emplace_back().kind = Kind::kObject;
  uint32_t size = 0;
  for (const dom::key_value_pair member : object) {
    if (!BuildString(member.key) || !Build(member.value, depth)) return false;
    ++size;
  }
  nodes[at].size = size;
  nodes[at].span = static_cast<uint32_t>(nodes.size() - at);
  return CheckKeys(&nodes[at]);
}

bool JsonReader::Buffers::CheckKeys(Node* object) {
  return object->size <= kPairwiseMax ? CheckKeysPairwise(object)
                                      : CheckKeysHashed(object);
}

bool JsonReader::Buffers::CheckKeysPairwise(Node* object) {
  const JsonValue value(object);
  for (auto later = value.members().begin(); later != value.members().end();
       ++later) {
    const std::string_view key = (*later).key;
    for (auto other = value.members().begin(); other != later; ++other) {
      if ((*other).key == key) {
        return Fail(StrCat("duplicate key \"", key, "\""));
      }
    }
  }
  return true;
}

// Open addressing, at most half full.
bool JsonReader::Buffers::CheckKeysHashed(Node* object) {
  const JsonValue value(object);
  const size_t slots = std::bit_ceil(value.size()) * 2;
  // A null data pointer marks an empty slot: keys always have one.
  table.assign(slots, std::string_view());
  for (const JsonMember member : value.members()) {
    const std::string_view key = member.key;
    size_t slot = absl::HashOf(kSeed, ToAbsl(key)) & (slots - 1);
    for (; table[slot].data() != nullptr; slot = (slot + 1) & (slots - 1)) {
      if (table[slot] == key) {
        return Fail(StrCat("duplicate key \"", key, "\""));
      }
    }
    table[slot] = key;
  }
  return true;
}

JsonReader::JsonReader() : buffers_(std::make_unique<Buffers>()) {}
JsonReader::~JsonReader() = default;

JsonValue JsonReader::Read(std::string_view text) {
  Buffers& buffers = *buffers_;
  buffers.nodes.clear();
  error_.clear();
  if (text.size() > kBytesMax || !buffers.Reserve(text.size())) {
    error_ = "too large";
    return {};
  }
  // An empty view may have no bytes to point at, which memcpy does not take.
  std::copy(text.begin(), text.end(), buffers.text.data());
  std::memset(buffers.text.data() + text.size(), ' ',
              simdjson::SIMDJSON_PADDING);
  buffers.escapes = text.find('\\') != std::string_view::npos;
  dom::element root;
  const simdjson::error_code failure =
      buffers.parser.parse(buffers.text.data(), text.size(), false).get(root);
  if (failure != simdjson::SUCCESS) {
    error_ = simdjson::error_message(failure);
    return {};
  }
  if (!buffers.Build(root, 0)) {
    error_ = buffers.error;
    return {};
  }
  return JsonValue(buffers.nodes.data());
}

}  // namespace headgate
