// A block of fields as it comes (HPACK, RFC 7541), read by nghttp2.
//
// Our SETTINGS ask for a table of no bytes, so that a peer that does as it is
// told (and says so in its first block, RFC 7541 4.2) sends blocks which mean
// what they say, whatever came before: such a block that comes again need not
// be read again. A peer that keeps to HPACK's own table is understood too.
// Belongs to one connection.
#ifndef HEADGATE_PROXY_HTTP2_FIELD_READER_H_
#define HEADGATE_PROXY_HTTP2_FIELD_READER_H_

#include <nghttp2/nghttp2.h>

#include <memory>
#include <string_view>

#include "absl/functional/function_ref.h"

namespace headgate::http2 {

class FieldReader {
 public:
  using Add =
      absl::FunctionRef<void(std::string_view name, std::string_view value)>;

  FieldReader();

  // Calls `add` for each field; its views are valid during the call only.
  // False: the block is no HPACK, and no later one can be read
  // (COMPRESSION_ERROR). Out of memory counts as that.
  bool Read(std::string_view block, Add add);

  // Reading `block` now, or any time after, gives the same fields and changes
  // nothing: the peer's table is closed, and the block does not open it.
  bool StandsAlone(std::string_view block) const;

 private:
  struct Deleter {
    void operator()(nghttp2_hd_inflater* inflater) const {
      nghttp2_hd_inflate_del(inflater);
    }
  };
  std::unique_ptr<nghttp2_hd_inflater, Deleter> inflater_;
};

}  // namespace headgate::http2

#endif  // HEADGATE_PROXY_HTTP2_FIELD_READER_H_
