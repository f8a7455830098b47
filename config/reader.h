// The toolkit that every reader of a YAML file is built from: typed readings of
// one node, and MapReader, which hands out the fields of a map.
//
//   MapReader map(node, diagnostics);
//   map.Require("request");                      // reported if absent
//   map.Integer("status", {100, 599}, &status);  // stays as it was if absent
//   if (const Node* body = map.Find("body")) ReadBody(*body, ...);
//   // ~MapReader: unknown key "boby", did you mean "body"?
//
// Every reading reports what is wrong and returns false, leaving its output as
// it was; the reader goes on, so that all mistakes come out in one run.
#ifndef HEADGATE_CONFIG_READER_H_
#define HEADGATE_CONFIG_READER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "config/amount.h"
#include "config/contract.h"
#include "config/diagnostic.h"
#include "config/yaml.h"

namespace headgate::config {

// Both ends belong to it.
struct DurationRange {
  absl::Duration min = absl::ZeroDuration();
  absl::Duration max = absl::InfiniteDuration();
};

using Strings = std::vector<std::string>;

// Any scalar that is not empty; `"1"` and `1` are the same text.
bool ReadString(const Node& node, Diagnostics* diagnostics, std::string* out);
// true or false.
bool ReadBool(const Node& node, Diagnostics* diagnostics, bool* out);
// Decimal.
bool ReadInteger(const Node& node, Range range, Diagnostics* diagnostics,
                 int64_t* out);
// 512, 512B, 16KiB, 1MiB, 1GiB.
bool ReadBytes(const Node& node, Range range, Diagnostics* diagnostics,
               int64_t* out);
// 500ms, 10s, 5m, 24h, 7d. The unit is required.
bool ReadDuration(const Node& node, DurationRange range,
                  Diagnostics* diagnostics, absl::Duration* out);
bool ReadRate(const Node& node, Diagnostics* diagnostics, Rate* out);
// "1..64", "1..", "..9", and "7" for 7..7.
bool ReadRange(const Node& node, Diagnostics* diagnostics, Range* out);
// One of the words of `choices`; *out is its index.
bool ReadChoice(const Node& node, const Strings& choices,
                Diagnostics* diagnostics, size_t* out);
// A list of strings.
bool ReadStrings(const Node& node, Diagnostics* diagnostics, Strings* out);

// Reports "expected WHAT, found ..." at the node, and returns false.
bool ReportUnexpected(const Node& node, std::string_view what,
                      Diagnostics* diagnostics);
// "a", "a or b", "a, b or c".
std::string JoinChoices(Strings choices);

// Reports `message` with "did you mean", or else with what is known (if it is
// not too much): for names that must be one of a list.
void ReportUnknown(const Location& at, std::string message,
                   std::string_view name, const Strings& known,
                   Diagnostics* diagnostics);

// Hands out the fields of a map by key, and reports the keys that nobody asked
// for. Does not own the node, which must outlive it. Null counts as an empty
// map: a key with nothing behind it means "all defaults".
class MapReader {
 public:
  // Reports a node that is no map; everything is absent then.
  MapReader(const Node& node, Diagnostics* diagnostics);
  MapReader(const MapReader&) = delete;
  MapReader& operator=(const MapReader&) = delete;
  // Reports the unknown keys.
  ~MapReader();

  const Location& at() const { return node_.at; }
  Diagnostics* diagnostics() const { return diagnostics_; }

  // The value of `key`, which is known from now on; null if it is absent.
  const Node* Find(std::string_view key);
  // The same; reports if it is absent.
  const Node* Require(std::string_view key);

  // True if the key is there and good. `out` may point to an optional.
  template <typename Out>
  bool String(std::string_view key, Out* out) {
    std::string value;
    const Node* node = Find(key);
    return node && ReadString(*node, diagnostics_, &value) && Set(value, out);
  }
  template <typename Out>
  bool Bool(std::string_view key, Out* out) {
    bool value = false;
    const Node* node = Find(key);
    return node && ReadBool(*node, diagnostics_, &value) && Set(value, out);
  }
  template <typename Out>
  bool Integer(std::string_view key, Range range, Out* out) {
    int64_t value = 0;
    const Node* node = Find(key);
    return node && ReadInteger(*node, range, diagnostics_, &value) &&
           Set(value, out);
  }
  template <typename Out>
  bool Bytes(std::string_view key, Range range, Out* out) {
    int64_t value = 0;
    const Node* node = Find(key);
    return node && ReadBytes(*node, range, diagnostics_, &value) &&
           Set(value, out);
  }
  template <typename Out>
  bool Duration(std::string_view key, DurationRange range, Out* out) {
    absl::Duration value;
    const Node* node = Find(key);
    return node && ReadDuration(*node, range, diagnostics_, &value) &&
           Set(value, out);
  }
  template <typename Out>
  bool Interval(std::string_view key, Out* out) {  // a Range
    Range value;
    const Node* node = Find(key);
    return node && ReadRange(*node, diagnostics_, &value) && Set(value, out);
  }
  template <typename Out>
  bool List(std::string_view key, Out* out) {  // of strings
    Strings value;
    const Node* node = Find(key);
    return node && ReadStrings(*node, diagnostics_, &value) && Set(value, out);
  }
  // The index of the word in `choices`.
  template <typename Out>
  bool Choice(std::string_view key, const Strings& choices, Out* out) {
    size_t value = 0;
    const Node* node = Find(key);
    return node && ReadChoice(*node, choices, diagnostics_, &value) &&
           Set(value, out);
  }

 private:
  template <typename Value, typename Out>
  static bool Set(Value& value, Out* out) {
    *out = static_cast<Out>(std::move(value));
    return true;
  }

  const Node& node_;
  Diagnostics* const diagnostics_;
  Strings known_;
};

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_READER_H_
