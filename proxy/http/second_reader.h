// llhttp, in strict mode, over a head that our guard has already let pass: the
// second of the two readers that must agree (request_parser.h). Published
// attacks live on differences between two parsers; here they would have to
// fool both in the same way.
//
// It reads the whole head in one call and reports only what can be compared, so
// it costs one pass and no callback per byte or span. Pure functions.
#ifndef HEADGATE_PROXY_HTTP_SECOND_READER_H_
#define HEADGATE_PROXY_HTTP_SECOND_READER_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace headgate::http {

struct SecondReading {
  bool ok = false;              // a head, and it ends where ours ends
  bool unknown_method = false;  // refused for that reason
  int minor_version = 0;
  int status = 0;  // answers only
  size_t fields = 0;
  bool chunked = false;
  bool has_content_length = false;
  uint64_t content_length = 0;
  std::string_view reason;  // llhttp's own words for a refusal; static
};

// `head`: from the first line to the empty line.
SecondReading ReadRequestAgain(std::string_view head);
SecondReading ReadResponseAgain(std::string_view head);
// `line`: the request line with its CRLF. Says nothing of fields.
SecondReading ReadRequestLineAgain(std::string_view line);

}  // namespace headgate::http

#endif  // HEADGATE_PROXY_HTTP_SECOND_READER_H_
