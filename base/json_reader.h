// Strict JSON (RFC 8259) from bytes that nobody has checked.
//
// What two parsers could read differently is refused: a key that occurs twice
// in one object (compared after unescaping), invalid UTF-8, a byte order mark,
// lone surrogates, NaN and Infinity, bytes after the value. Nesting deeper than
// kDepthMax, and numbers that neither 64 bits nor a double hold, are refused
// too: the RFC's section 9 lets a reader set such limits.
//
// simdjson does the parsing. Its result is copied into a flat array of nodes,
// in the order of the text, where a container knows how many nodes it spans;
// walking is pointer arithmetic, and no header of ours includes simdjson.
//
//   JsonReader reader;                       // keep it: the buffers are reused
//   JsonValue root = reader.Read(body);
//   if (!root) return reader.error();        // "duplicate key \"a\""
//   for (JsonMember member : root.members()) ...
//
// Not thread-safe. Values and their strings live until the next Read.
#ifndef HEADGATE_BASE_JSON_READER_H_
#define HEADGATE_BASE_JSON_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace headgate {

class JsonItems;
class JsonMembers;

// A view of one value; copied freely. A default one is "no value": false.
class JsonValue {
 public:
  enum class Kind : uint8_t {
    kNull,
    kBoolean,
    kInteger,   // fits in int64_t: written without fraction and exponent
    kUnsigned,  // above int64_t, fits in uint64_t
    kDouble,
    kString,
    kArray,
    kObject,
  };

  JsonValue() = default;
  explicit operator bool() const { return node_ != nullptr; }

  // REQUIRES for all below, where it does not say otherwise: not "no value",
  // and the kind that is asked.
  Kind kind() const { return node_->kind; }
  bool is_null() const { return kind() == Kind::kNull; }
  bool is_string() const { return kind() == Kind::kString; }
  bool is_array() const { return kind() == Kind::kArray; }
  bool is_object() const { return kind() == Kind::kObject; }

  bool boolean() const { return node_->boolean; }
  int64_t integer() const { return node_->integer; }
  uint64_t unsigned_integer() const { return node_->unsigned_integer; }
  double number() const { return node_->number; }
  // Unescaped; valid UTF-8; may hold NUL. "" of whatever is no string.
  std::string_view string() const {
    if (!Is(Kind::kString)) return {};
    return {node_->text, node_->size};
  }

  // Items of an array, members of an object.
  size_t size() const { return node_->size; }
  // None, of whatever is no array or object.
  JsonItems items() const;
  JsonMembers members() const;
  // The member's value; "no value" if there is none, or no object. A linear
  // search.
  JsonValue Find(std::string_view key) const;

 private:
  friend class JsonReader;
  friend class JsonItems;
  friend class JsonMembers;

  // An object's children are key, value, key, value, ...
  struct Node {
    Kind kind = Kind::kNull;
    uint32_t size = 0;  // bytes of a string, items, members
    uint32_t span = 1;  // nodes of this value, itself included
    union {
      bool boolean;
      int64_t integer = 0;
      uint64_t unsigned_integer;
      double number;
      char* text;
    };
  };
  explicit JsonValue(Node* node) : node_(node) {}
  bool Is(Kind kind) const { return node_ != nullptr && node_->kind == kind; }
  // This value if it is of that kind, else one that holds nothing.
  Node* As(Kind kind) const;

  Node* node_ = nullptr;
};

struct JsonMember {
  std::string_view key;
  JsonValue value;
};

// for (JsonValue item : array.items())
class JsonItems {
 public:
  class Iterator {
   public:
    explicit Iterator(JsonValue::Node* node) : node_(node) {}
    JsonValue operator*() const { return JsonValue(node_); }
    Iterator& operator++() {
      node_ += node_->span;
      return *this;
    }
    bool operator!=(const Iterator& other) const {
      return node_ != other.node_;
    }

   private:
    JsonValue::Node* node_;
  };
  Iterator begin() const { return Iterator(array_ + 1); }
  Iterator end() const { return Iterator(array_ + array_->span); }

 private:
  friend class JsonValue;
  explicit JsonItems(JsonValue::Node* array) : array_(array) {}
  JsonValue::Node* array_;
};

// for (auto [key, value] : object.members()), in the order of the text
class JsonMembers {
 public:
  class Iterator {
   public:
    explicit Iterator(JsonValue::Node* key) : key_(key) {}
    JsonMember operator*() const {
      return {JsonValue(key_).string(), JsonValue(key_ + 1)};
    }
    Iterator& operator++() {
      key_ += 1 + key_[1].span;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return key_ != other.key_; }

   private:
    JsonValue::Node* key_;
  };
  Iterator begin() const { return Iterator(object_ + 1); }
  Iterator end() const { return Iterator(object_ + object_->span); }

 private:
  friend class JsonValue;
  explicit JsonMembers(JsonValue::Node* object) : object_(object) {}
  JsonValue::Node* object_;
};

inline JsonValue::Node* JsonValue::As(Kind kind) const {
  static constinit Node nothing;
  return Is(kind) ? node_ : &nothing;
}
inline JsonItems JsonValue::items() const {
  return JsonItems(As(Kind::kArray));
}
inline JsonMembers JsonValue::members() const {
  return JsonMembers(As(Kind::kObject));
}

class JsonReader {
 public:
  static constexpr size_t kDepthMax = 64;
  // Texts above this are refused; callers bound what they read anyway.
  static constexpr size_t kBytesMax = size_t{1} << 30;

  JsonReader();
  ~JsonReader();
  JsonReader(const JsonReader&) = delete;
  JsonReader& operator=(const JsonReader&) = delete;

  // `text` needs no padding. "No value" if it is not strict JSON; then error()
  // says why: one line, which may quote a key of the text.
  JsonValue Read(std::string_view text);
  const std::string& error() const { return error_; }

  // The bytes of a string value, to be changed in place (folding case keeps
  // the length). They must stay valid UTF-8. REQUIRES: of the last Read.
  char* MutableString(JsonValue value) { return value.node_->text; }

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
  std::string error_;
};

}  // namespace headgate

#endif  // HEADGATE_BASE_JSON_READER_H_
