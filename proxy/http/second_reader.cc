#include "proxy/http/second_reader.h"

#include "llhttp.h"

namespace headgate::http {
namespace {

int CountField(llhttp_t* parser) {
  ++static_cast<SecondReading*>(parser->data)->fields;
  return 0;
}

int StopAtEndOfHead(llhttp_t* parser) {
  SecondReading* reading = static_cast<SecondReading*>(parser->data);
  reading->minor_version = parser->http_minor;
  reading->status = parser->status_code;
  reading->chunked = (parser->flags & F_CHUNKED) != 0;
  reading->has_content_length = (parser->flags & F_CONTENT_LENGTH) != 0;
  reading->content_length = parser->content_length;
  return HPE_PAUSED;
}

const llhttp_settings_t* Settings() {
  static const llhttp_settings_t settings = [] {
    llhttp_settings_t made;
    llhttp_settings_init(&made);
    made.on_header_value_complete = CountField;
    made.on_headers_complete = StopAtEndOfHead;
    return made;
  }();
  return &settings;
}

SecondReading ReadAgain(llhttp_type_t type, std::string_view head) {
  SecondReading reading;
  llhttp_t parser;
  llhttp_init(&parser, type, Settings());
  parser.data = &reading;
  const llhttp_errno_t error =
      llhttp_execute(&parser, head.data(), head.size());
  const char* end = head.data() + head.size();
  reading.ok = error == HPE_PAUSED && llhttp_get_error_pos(&parser) == end;
  if (!reading.ok) {
    reading.unknown_method = error == HPE_INVALID_METHOD;
    // Where it has no words it simply did not stop where we did.
    const char* words = llhttp_get_error_reason(&parser);
    reading.reason = words != nullptr ? words : "the end of the head differs";
  }
  return reading;
}

}  // namespace

SecondReading ReadRequestAgain(std::string_view head) {
  return ReadAgain(HTTP_REQUEST, head);
}

SecondReading ReadRequestLineAgain(std::string_view line) {
  SecondReading reading;
  llhttp_t parser;
  llhttp_init(&parser, HTTP_REQUEST, Settings());
  parser.data = &reading;
  reading.ok = llhttp_execute(&parser, line.data(), line.size()) == HPE_OK;
  reading.minor_version = parser.http_minor;
  return reading;
}

SecondReading ReadResponseAgain(std::string_view head) {
  return ReadAgain(HTTP_RESPONSE, head);
}

}  // namespace headgate::http
