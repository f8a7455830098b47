// Any bytes as an upstream's answer. Whole, cut in two and with a memory of
// what came before they must be read the same, and the head that a client gets
// must itself be a valid answer.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "proxy/http/body_reader.h"
#include "proxy/http/response_parser.h"
#include "proxy/http/writer.h"

namespace headgate::http {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

void CheckPassedOn(const ResponseHead& head) {
  AnswerOptions options;
  options.framing = head.framing;
  options.content_length = head.content_length;
  options.date = "Sun, 06 Nov 1994 08:49:37 GMT";
  std::string out;
  WriteResponseHead(head, options, &out);

  ResponseParser parser({.head_bytes = 1 << 20, .fields = 1000});
  ResponseHead again;
  const ParseResult result = parser.Parse(out, Method::kGet, &again);
  Check(result.done() && result.head_bytes == out.size());
  Check(again.status == head.status);
  if (head.framing != Framing::kNone) {
    Check(again.framing == head.framing);
    Check(again.content_length == head.content_length);
  }
}

// A parser that has read the same before, and others.
void CheckRemembered(std::string_view input, Method method,
                     const ParseResult& result, const ResponseHead& head) {
  static ResponseMemory memory(4);
  static ResponseParser parser({}, &memory);
  ResponseHead known;
  for (int i = 0; i < 3; ++i) {
    parser.Reset();
    const ParseResult again = parser.Parse(input, method, &known);
    Check(again.status == result.status);
    Check(again.head_bytes == result.head_bytes);
    if (!result.done()) continue;
    Check(known.status == head.status && known.reason == head.reason);
    Check(known.framing == head.framing);
    Check(known.content_length == head.content_length);
    Check(known.keep_alive == head.keep_alive);
    Check(known.fields.size() == head.fields.size());
  }
}

void ReadAnswer(std::string_view input, size_t cut, Method method) {
  ResponseParser parser({});
  ResponseParser cut_parser({});
  ResponseHead head, cut_head;
  const ParseResult result = parser.Parse(input, method, &head);
  const std::string first(input.substr(0, cut % (input.size() + 1)));
  ParseResult cut_result = cut_parser.Parse(first, method, &cut_head);
  if (!cut_result.done() && !cut_result.error()) {
    cut_result = cut_parser.Parse(input, method, &cut_head);
  }
  Check(cut_result.status == result.status);
  Check(cut_result.head_bytes == result.head_bytes);
  CheckRemembered(input, method, result, head);
  if (!result.done()) return;
  Check(cut_head.fields.size() == head.fields.size());
  CheckPassedOn(head);

  input.remove_prefix(result.head_bytes);
  BodyReader body;
  body.Start(head.framing, head.content_length);
  uint64_t bytes = 0;
  for (;;) {
    const BodyReader::Step step = body.Read(input);
    Check(step.consumed <= input.size());
    input.remove_prefix(step.consumed);
    bytes += step.data.size();
    if (step.status != BodyReader::Status::kData) break;
  }
  Check(bytes == body.body_bytes());
}

}  // namespace
}  // namespace headgate::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  using headgate::http::Method;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2,
                               size - 2);
  headgate::http::ReadAnswer(input, data[0],
                             data[1] % 2 ? Method::kHead : Method::kGet);
  return 0;
}
