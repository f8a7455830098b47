// The body of one operation: strict JSON, its known fields checked, unknown
// ones passed as they are, names folded.
//
//   usernames: {list: username, items: 1..60, too_many: too_many_to_add}
//   {"usernames":["Bob","amy"]} -> {"usernames":["bob","amy"]}
//
// Fields are checked in the contract's order; a list's count before its items,
// so that a million names cost no more than reading them. A body is written
// anew only if something in it changed.
//
// Immutable once compiled; shared by all threads.
#ifndef HEADGATE_POLICY_BODY_H_
#define HEADGATE_POLICY_BODY_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "config/contract.h"
#include "policy/decision.h"
#include "policy/placed_value.h"

namespace headgate::policy {

// One evaluation's tools, owned by the engine.
struct BodyTools {
  JsonReader* reader;
  JsonWriter* writer;
  Recorder* recorder;
  std::string* scratch;
};

// Where in a body a value stands; linked from the inside out, so that only a
// denial pays for the text. An index comes behind the name of its list.
struct BodyPlace {
  const BodyPlace* outer = nullptr;
  std::string_view name;  // of a field; empty: an index
  int64_t index = 0;

  void AppendTo(std::string* out) const;
};
// "arguments[2].permissions[0]"
std::string PlaceText(const BodyPlace& place);

class CompiledField;

class CompiledBody {
 public:
  static CompiledBody Compile(const CompileContext& context,
                              const config::Operation& operation);
  CompiledBody();
  ~CompiledBody();
  CompiledBody(CompiledBody&&) noexcept;
  CompiledBody& operator=(CompiledBody&&) noexcept;

  // `body` is whole. On success `*root` is what was read: "no value" if there
  // was nothing to read. Sets decision->body and body_rewritten where what is
  // forwarded differs.
  bool Check(std::string_view body, std::string_view content_type,
             const BodyTools& tools, Decision* decision, JsonValue* root) const;

 private:
  bool CheckRoot(JsonValue root, const BodyTools& tools, bool* changed) const;
  bool CheckArray(JsonValue root, const BodyTools& tools) const;

  config::BodySpec spec_;
  std::vector<CompiledField> fields_;
  Rule media_type_, not_json_, type_, array_too_many_, array_too_few_;
};

// The contract's own spelling of an empty body, if this is one. Null: it is
// none.
const std::string* EmptySpelling(const config::BodySpec& spec,
                                 std::string_view body);

// A Content-Type that is clearly none of JSON: a body under it is refused. No
// value at all, an empty one and one that is no media type are not clear.
bool IsClearlyNotJson(std::string_view content_type);

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_BODY_H_
