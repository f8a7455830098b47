// An upstream that answers as `headgate test --scripted-upstream` asks it to:
//
//   upstream.Handle(&ScriptedAnswer);
#ifndef HEADGATE_TESTS_E2E_SCRIPTED_ANSWER_H_
#define HEADGATE_TESTS_E2E_SCRIPTED_ANSWER_H_

#include <string>

#include "base/json_reader.h"
#include "base/strings.h"
#include "tests/support/scripted_upstream.h"

namespace headgate::test {

// What the field X-Headgate-Test-Answer says; 200 and {} without it.
inline Reply ScriptedAnswer(const Message& request) {
  JsonReader reader;
  const JsonValue script =
      reader.Read(request.Header("X-Headgate-Test-Answer"));
  if (!script) return Reply::Json(200, "{}");
  if (const JsonValue failure = script.Find("failure")) {
    if (failure.string() == "upstream_timeout") return Reply::Never();
    return Reply::Raw("SSH-2.0-OpenSSH_9.2\r\n\r\n").Close();
  }
  std::string fields;
  std::string type = "application/json";
  for (const JsonMember field : script.Find("headers").members()) {
    if (field.key == "Content-Type") {
      type = field.value.string();
    } else {
      StrAppend(&fields, field.key, ": ", field.value.string(), "\r\n");
    }
  }
  return Reply::Text(static_cast<int>(script.Find("status").integer()), type,
                     script.Find("body").string(), fields);
}

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_E2E_SCRIPTED_ANSWER_H_
