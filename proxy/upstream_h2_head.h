// A request's head for HTTP/2: the head that http::WriteRequestHead wrote for
// HTTP/1.1, as a list of fields (RFC 9113 8.3): Host becomes ":authority",
// names become lower case, what HTTP/2 has no use for goes (RFC 9113 8.2.2).
//
// What goes into HPACK's table: a field whose value is the one that it had in
// the request before. So what stays the same from call to call is one byte from
// the third call on, and what changes with each (request ids, lengths, the
// client's address) never drives that out of the table.
//
// Nothing is allocated once it is warm. Belongs to one loop.
#ifndef HEADGATE_PROXY_UPSTREAM_H2_HEAD_H_
#define HEADGATE_PROXY_UPSTREAM_H2_HEAD_H_

#include <nghttp2/nghttp2.h>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/http/field.h"

namespace headgate::proxy {

class H2RequestHead {
 public:
  // Views into `head` and into this object: valid until the next call.
  // REQUIRES: `head` is a whole, valid HTTP/1.1 request head.
  std::span<const nghttp2_nv> Build(std::string_view head);

 private:
  void Add(std::string_view name, std::string_view value, bool changes);
  void AddField(std::string_view line);
  std::string_view LowerCase(http::FieldId id, std::string_view name);
  bool Changes(size_t slot, std::string_view value);

  std::vector<nghttp2_nv> fields_;
  std::string names_;  // in lower case
  // What the fields' values were, as a hash, by the names' hash.
  std::array<size_t, 128> values_ = {};
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_UPSTREAM_H2_HEAD_H_
