// For tests that compare how heads are read: what a parser said as text, and
// damaged heads.
#ifndef HEADGATE_TESTS_PROXY_HTTP_READ_HEADS_H_
#define HEADGATE_TESTS_PROXY_HTTP_READ_HEADS_H_

#include <random>
#include <string>
#include <string_view>

#include "proxy/http/request_parser.h"
#include "proxy/http/response_parser.h"

namespace headgate::http {

// Everything that a parser said, as text, to compare and to print.
inline std::string Describe(const Fields& fields) {
  std::string text;
  for (const Field& field : fields) {
    text.append(field.name).append("=").append(field.value);
    text += "#" + std::to_string(static_cast<int>(field.id));
    text += field.hop_by_hop ? "h\n" : "\n";
  }
  return text;
}

inline std::string Describe(const ParseResult& result,
                            const RequestHead& head) {
  if (result.error()) return "error: " + std::string(result.sentence);
  if (!result.done()) return "more";
  std::string text = std::to_string(result.head_bytes) + " ";
  for (std::string_view part :
       {head.method_text, head.target, head.authority, head.path_and_query}) {
    text.append(part).append("|");
  }
  text += std::to_string(head.minor_version) + " " +
          std::to_string(static_cast<int>(head.framing)) + " " +
          std::to_string(head.content_length) +
          (head.keep_alive ? " keep" : " close") +
          (head.expect_continue ? " expect\n" : "\n");
  return text + Describe(head.fields);
}

inline std::string Describe(const ParseResult& result,
                            const ResponseHead& head) {
  if (result.error()) return "error: " + std::string(result.sentence);
  if (!result.done()) return "more";
  return std::to_string(result.head_bytes) + " " + std::to_string(head.status) +
         "|" + std::string(head.reason) + "|" +
         std::to_string(static_cast<int>(head.framing)) + " " +
         std::to_string(head.content_length) +
         (head.keep_alive ? " keep\n" : " close\n") + Describe(head.fields);
}

inline ParseResult ParseOnce(RequestParser* parser, std::string_view bytes,
                             RequestHead* head) {
  return parser->Parse(bytes, head);
}
inline ParseResult ParseOnce(ResponseParser* parser, std::string_view bytes,
                             ResponseHead* head) {
  return parser->Parse(bytes, Method::kGet, head);
}

inline std::string Mutate(std::string_view seed, std::mt19937* random) {
  using std::string_view_literals::operator""sv;
  constexpr std::string_view kBytes =
      " \t\r\n:;,/?#%_-.*@[]\"\\aZ019\0\x7f\xff"sv;
  std::string bytes(seed);
  for (unsigned edits = 1 + (*random)() % 3; edits > 0; --edits) {
    const size_t at = (*random)() % bytes.size();
    const char byte = kBytes[(*random)() % kBytes.size()];
    switch ((*random)() % 4) {
      case 0:
        bytes[at] = byte;
        break;
      case 1:
        bytes.insert(at, 1, byte);
        break;
      case 2:
        bytes.erase(at, 1);
        break;
      default:
        bytes.insert(at, bytes, at, (*random)() % 16);
        break;
    }
    if (bytes.empty()) bytes = "G";
  }
  return bytes;
}

}  // namespace headgate::http

#endif  // HEADGATE_TESTS_PROXY_HTTP_READ_HEADS_H_
