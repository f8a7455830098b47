// An HTTP/1.1 message as it stands in a connection's buffer: the head cut into
// views, nothing copied. RequestHead and ResponseHead are filled by the parsers
// (request_parser.h, response_parser.h) and read by everybody after them.
//
// The views point into the buffer that was parsed. Whoever moves those bytes
// calls Rebase() first thing; whoever discards them is done with the head.
// Clear() keeps the vector's capacity, so a warm connection allocates nothing.
// Plain data, no thread safety of its own.
#ifndef HEADGATE_PROXY_HTTP_MESSAGE_H_
#define HEADGATE_PROXY_HTTP_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "proxy/http/field.h"

namespace headgate::http {

enum class Method : uint8_t {
  kGet,
  kHead,
  kPost,
  kPut,
  kDelete,
  kPatch,
  kOptions,
  kConnect,
  kTrace,
  kOther,  // any other method that the parser knows; see method_text
};

// How the end of a body is found (RFC 9112 6.3).
enum class Framing : uint8_t {
  kNone,           // no body
  kContentLength,  // content_length bytes (may be 0)
  kChunked,
  kUntilClose,  // answers only
};

// An answer of this status has no body, whatever was asked (RFC 9112 6.3).
inline bool IsBodiless(int status) {
  return status < 200 || status == 204 || status == 304;
}

// One field line. `name` as it was sent, `value` without the white space around
// it.
struct Field {
  std::string_view name;
  std::string_view value;
  FieldId id = FieldId::kOther;
  bool hop_by_hop = false;  // by its name, or named in Connection
  // It stands in the buffer of its head as `name: value CRLF`, and so do all
  // others of this head of which that is said.
  bool verbatim = false;
};

// The field lines in the order in which they came.
class Fields {
 public:
  void Clear();
  void Add(const Field& field);
  void Rebase(const char* from, const char* to);

  // The first field with this id (not kOther); nullptr if there is none. One
  // bit test where there is none.
  const Field* Find(FieldId id) const;
  // Its value; empty if there is none.
  std::string_view Value(FieldId id) const;
  // The first field of this name, compared without case: for names that have
  // no FieldId.
  const Field* Find(std::string_view name) const;
  bool Has(FieldId id) const { return (present_ >> static_cast<int>(id)) & 1; }

  // Marks every field that the Connection fields name as hop-by-hop (RFC 9110
  // 7.6.1). Only fields without a FieldId of their own can be named away: a
  // client that says `Connection: authorization` would otherwise make the
  // upstream see another request than the one that was decided on. False if
  // Connection is no list of tokens or names more than kConnectionOptionsMax.
  bool MarkConnectionOptions();
  // The options that MarkConnectionOptions() found.
  bool has_close() const { return close_; }
  bool has_keep_alive() const { return keep_alive_; }

  size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }
  const Field& operator[](size_t i) const { return fields_[i]; }
  std::vector<Field>::const_iterator begin() const { return fields_.begin(); }
  std::vector<Field>::const_iterator end() const { return fields_.end(); }

 private:
  bool AddConnectionOption(std::string_view option);

  std::vector<Field> fields_;
  uint64_t present_ = 0;  // bit per FieldId
  bool close_ = false;
  bool keep_alive_ = false;
};
inline constexpr int kConnectionOptionsMax = 32;

// A request as it was received.
struct RequestHead {
  Method method = Method::kGet;
  std::string_view method_text;
  std::string_view target;     // as sent: origin-, absolute- or asterisk-form
  std::string_view authority;  // of an absolute-form target, else of Host;
                               // empty only in HTTP/1.0
  std::string_view path_and_query;  // the target without scheme and authority;
                                    // empty for "http://host"
  int minor_version = 1;            // HTTP/1.x
  Fields fields;
  Framing framing = Framing::kNone;
  uint64_t content_length = 0;
  bool keep_alive = true;        // the client lets us keep the connection
  bool expect_continue = false;  // it waits for 100 before it sends the body

  void Clear();
  // Moves all views from the buffer at `from` to its copy at `to`.
  void Rebase(const char* from, const char* to);
  // Takes over what the field lines of `other` say; its views are moved from
  // the lines at `from` to their copy at `to`.
  void TakeFields(const RequestHead& other, const char* from, const char* to);
};

// An answer of an upstream, as it was received.
struct ResponseHead {
  int status = 0;  // 100..599
  std::string_view reason;
  int minor_version = 1;
  Fields fields;
  Framing framing = Framing::kNone;
  uint64_t content_length = 0;  // also of an answer to HEAD, if it gave one
  bool has_content_length = false;
  bool keep_alive = true;  // the upstream lets us use the connection again

  bool is_interim() const { return status < 200; }
  void Clear();
  void Rebase(const char* from, const char* to);
};

}  // namespace headgate::http

#endif  // HEADGATE_PROXY_HTTP_MESSAGE_H_
