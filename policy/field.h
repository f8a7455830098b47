// One field of a JSON body, or of an object in it, compiled. policy/body.h
// tells the whole.
#ifndef HEADGATE_POLICY_FIELD_H_
#define HEADGATE_POLICY_FIELD_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "config/contract.h"
#include "policy/body.h"
#include "policy/placed_value.h"

namespace headgate::policy {

class CompiledField {
 public:
  // `where` is the rule of what the field stands in: "op.body".
  static CompiledField Compile(const CompileContext& context,
                               const config::FieldSpec& spec,
                               std::string_view where);

  // `value` may be "no value". Sets *changed if a string was folded.
  bool Check(JsonValue value, const BodyPlace* outer, const BodyTools& tools,
             bool* changed) const;
  // All fields of an object; it may be "no value": nothing is there.
  static bool CheckAll(const std::vector<CompiledField>& fields,
                       JsonValue object, const BodyPlace* outer,
                       const BodyTools& tools, bool* changed);

 private:
  bool CheckKind(JsonValue value, const BodyPlace& place,
                 const BodyTools& tools, bool* changed) const;
  bool CheckString(const PlacedValue& rule, JsonValue value,
                   const BodyPlace& place, const BodyTools& tools,
                   bool* changed) const;
  bool CheckInteger(JsonValue value, const BodyPlace& place,
                    const BodyTools& tools) const;
  bool CheckList(JsonValue value, const BodyPlace& place,
                 const BodyTools& tools, bool* changed) const;
  bool CheckItem(JsonValue item, const BodyPlace& place, const BodyTools& tools,
                 bool* changed) const;
  bool CheckMap(JsonValue value, const BodyPlace& place, const BodyTools& tools,
                bool* changed) const;
  bool CheckMapBytes(JsonValue value, const BodyPlace& place,
                     const BodyTools& tools) const;
  bool CheckCount(JsonValue value, const BodyPlace& place,
                  const BodyTools& tools) const;
  bool Deny(const Rule& rule, std::string_view aspect, JsonValue value,
            const BodyPlace& place, const BodyTools& tools,
            int64_t bound = 0) const;

  config::FieldSpec spec_;
  bool secret_ = false;  // its text is shown to nobody
  Rule rule_, missing_, too_many_, too_few_, too_large_, item_type_;
  PlacedValue value_;
  StringMap<PlacedValue> keys_;        // of a map
  std::vector<CompiledField> fields_;  // of an object, or a list of objects
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_FIELD_H_
