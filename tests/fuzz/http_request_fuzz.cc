// Any bytes as a stream of requests. Whole, cut in two and with a memory of
// what came before they must be read the same, and what is written to an
// upstream for an accepted request must itself be read as that request, once,
// with nothing left over.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "proxy/http/body_reader.h"
#include "proxy/http/request_parser.h"
#include "proxy/http/target.h"
#include "proxy/http/writer.h"

namespace headgate::http {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

// Of the copy of a request that leaves.
void CheckForwarded(const RequestHead& head, const Target& target) {
  UpstreamRequestOptions options;
  options.host = "upstream";
  options.client_address = "192.0.2.1";
  options.request_id = "id";
  options.framing = head.framing;
  options.content_length = head.content_length;
  std::string out;
  WriteRequestHead(head, target, options, &out);

  RequestParser parser(
      {.head_bytes = 1 << 20, .request_line_bytes = 1 << 20, .fields = 1000});
  RequestHead again;
  const ParseResult result = parser.Parse(out, &again);
  Check(result.done() && result.head_bytes == out.size());
  Check(again.method_text == head.method_text);
  Check(again.authority == "upstream" && again.minor_version == 1);
  Check(again.framing == head.framing || head.framing == Framing::kNone);
  Check(again.content_length == head.content_length);

  std::string storage;
  Target second;
  TargetError error;
  Check(NormalizeTarget(again, &storage, &second, &error));
  Check(second.path == target.path && second.query == target.query);
}

// A parser that has read the same before, and others.
void CheckRemembered(std::string_view input, const ParseResult& result,
                     const RequestHead& head) {
  static RequestMemory memory(4);
  static RequestParser parser({}, &memory);
  RequestHead known;
  for (int i = 0; i < 3; ++i) {
    parser.Reset();
    const ParseResult again = parser.Parse(input, &known);
    Check(again.status == result.status && again.refusal == result.refusal);
    Check(again.head_bytes == result.head_bytes);
    if (!result.done()) continue;
    Check(known.method_text == head.method_text);
    Check(known.path_and_query == head.path_and_query);
    Check(known.authority == head.authority && known.framing == head.framing);
    Check(known.content_length == head.content_length);
    Check(known.keep_alive == head.keep_alive);
    Check(known.fields.size() == head.fields.size());
    for (size_t field = 0; field < head.fields.size(); ++field) {
      Check(known.fields[field].name == head.fields[field].name);
      Check(known.fields[field].value == head.fields[field].value);
    }
  }
}

void ReadStream(std::string_view input, size_t cut) {
  RequestParser parser({});
  RequestParser cut_parser({});
  RequestHead head, cut_head;
  while (!input.empty()) {
    parser.Reset();
    cut_parser.Reset();
    const ParseResult result = parser.Parse(input, &head);
    const std::string first(input.substr(0, cut % (input.size() + 1)));
    ParseResult cut_result = cut_parser.Parse(first, &cut_head);
    if (!cut_result.done() && !cut_result.error()) {
      cut_result = cut_parser.Parse(input, &cut_head);
    }
    Check(cut_result.status == result.status);
    Check(cut_result.head_bytes == result.head_bytes);
    CheckRemembered(input, result, head);
    if (!result.done()) return;
    Check(cut_head.fields.size() == head.fields.size());
    Check(cut_head.framing == head.framing);

    std::string storage;
    Target target;
    TargetError error;
    if (NormalizeTarget(head, &storage, &target, &error)) {
      CheckForwarded(head, target);
    }
    input.remove_prefix(result.head_bytes);
    BodyReader body;
    body.Start(head.framing, head.content_length);
    for (;;) {
      const BodyReader::Step step = body.Read(input);
      if (step.status == BodyReader::Status::kError) return;
      input.remove_prefix(step.consumed);
      if (step.status != BodyReader::Status::kData) break;
    }
    if (!body.complete()) return;
  }
}

}  // namespace
}  // namespace headgate::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const size_t cut = data[0] * size_t{256} + data[1];
  const std::string_view input(reinterpret_cast<const char*>(data) + 2,
                               size - 2);
  headgate::http::ReadStream(input, cut);
  return 0;
}
