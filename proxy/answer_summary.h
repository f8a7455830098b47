// What an upstream answered, for the log, without a word of its text: the body
// of a token service holds tokens, and an error page may repeat the credentials
// of the request.
//
//   200 text/plain, 154 bytes
//   500 application/json, 80 bytes: error=of_nobody, message
//
// Of a JSON object, the first keys are told, and the code of an error: no more
// than words are.
//
// Pure; thread-safe.
#ifndef HEADGATE_PROXY_ANSWER_SUMMARY_H_
#define HEADGATE_PROXY_ANSWER_SUMMARY_H_

#include <string>
#include <string_view>

namespace headgate::proxy {

struct AnswerToSum {
  int status = 0;
  std::string_view content_type;
  std::string_view body;
  bool complete = true;       // else `body` is its beginning
  std::string_view code_key;  // where the family's errors have their code
};
std::string SumUp(const AnswerToSum& answer);

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_ANSWER_SUMMARY_H_
