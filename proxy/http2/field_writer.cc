#include "proxy/http2/field_writer.h"

#include <cstdint>
#include <utility>

#include "base/appender.h"
#include "base/strings.h"
#include "proxy/http/field.h"

namespace headgate::http2 {
namespace {

using http::FieldClass;
using http::FieldId;

// Says that our table is empty for good (RFC 7541 4.2).
constexpr char kNoTable = '\x20';

// Numbers in the static table (RFC 7541 appendix A).
constexpr size_t kAuthority = 1;
constexpr size_t kMethod = 2;
constexpr char kGet = '\x82';
constexpr char kPost = '\x83';
constexpr size_t kPath = 4;
constexpr char kSchemeHttp = '\x86';

struct StaticName {
  FieldId id;
  size_t number;
};
constexpr StaticName kStaticNames[] = {
    {FieldId::kAcceptEncoding, 16},
    {FieldId::kAccept, 19},
    {FieldId::kAccessControlAllowOrigin, 20},
    {FieldId::kAuthorization, 23},
    {FieldId::kCacheControl, 24},
    {FieldId::kContentEncoding, 26},
    {FieldId::kContentLength, 28},
    {FieldId::kContentType, 31},
    {FieldId::kCookie, 32},
    {FieldId::kDate, 33},
    {FieldId::kEtag, 34},
    {FieldId::kIfModifiedSince, 40},
    {FieldId::kIfNoneMatch, 41},
    {FieldId::kIfRange, 42},
    {FieldId::kLocation, 46},
    {FieldId::kRange, 50},
    {FieldId::kRetryAfter, 53},
    {FieldId::kServer, 54},
    {FieldId::kSetCookie, 55},
    {FieldId::kUserAgent, 58},
    {FieldId::kVary, 59},
    {FieldId::kVia, 60},
    {FieldId::kWwwAuthenticate, 61},
};

constexpr std::string_view kCrlf = "\r\n";

// How a literal field begins (RFC 7541 6.2.2, 6.2.3); four bits are left for
// the number of its name.
constexpr uint8_t kNotIndexed = 0x00;
constexpr uint8_t kNeverIndexed = 0x10;
constexpr int kNumberBits = 4;

// RFC 7541 5.1: in the last `bits` of a byte that begins with `start`, or
// behind it, seven bits a byte.
void AppendInteger(uint8_t start, int bits, size_t value, std::string* out) {
  const size_t most = (size_t{1} << bits) - 1;
  if (value < most) {
    *out += static_cast<char>(start | value);
    return;
  }
  *out += static_cast<char>(start | most);
  for (value -= most; value >= 128; value >>= 7) {
    *out += static_cast<char>((value & 127) | 128);
  }
  *out += static_cast<char>(value);
}

// RFC 7541 5.2.
void AppendText(std::string_view text, std::string* out) {
  AppendInteger(0, 7, text.size(), out);
  out->append(text);
}

void AppendLiteral(size_t name, std::string_view value, std::string* out) {
  AppendInteger(kNotIndexed, kNumberBits, name, out);
  AppendText(value, out);
}

size_t StaticNumberOf(FieldId id) {
  for (const StaticName& name : kStaticNames) {
    if (name.id == id) return name.number;
  }
  return 0;
}

bool IsSecret(FieldId id) {
  return id == FieldId::kAuthorization || id == FieldId::kCookie;
}

// How a field with this id begins, up to its value.
std::string NameOf(FieldId id) {
  std::string out;
  const size_t number = StaticNumberOf(id);
  AppendInteger(IsSecret(id) ? kNeverIndexed : kNotIndexed, kNumberBits, number,
                &out);
  if (number == 0) AppendText(AsciiLower(http::FieldName(id)), &out);
  return out;
}

const std::array<std::string, http::kFieldIds>& KnownNames() {
  static const std::array<std::string, http::kFieldIds> names = [] {
    std::array<std::string, http::kFieldIds> all;
    for (int i = 1; i < http::kFieldIds; ++i) {
      all[i] = NameOf(static_cast<FieldId>(i));
    }
    return all;
  }();
  return names;
}

void AppendOtherName(std::string_view name, std::string* out) {
  AppendInteger(kNotIndexed, kNumberBits, 0, out);
  AppendText(name, out);
  for (size_t i = out->size() - name.size(); i < out->size(); ++i) {
    (*out)[i] = AsciiLower((*out)[i]);
  }
}

void AppendRequestLine(std::string_view line, std::string* out) {
  const size_t space = line.find(' ');
  const std::string_view method = line.substr(0, space);
  if (method == "GET") {
    *out += kGet;
  } else if (method == "POST") {
    *out += kPost;
  } else {
    AppendLiteral(kMethod, method, out);
  }
  *out += kSchemeHttp;
  AppendLiteral(kPath, line.substr(space + 1, line.rfind(' ') - space - 1),
                out);
}

bool IsDropped(FieldId id, std::string_view value) {
  if (http::FieldClassOf(id) != FieldClass::kHopByHop) return false;
  return id != FieldId::kTe || !EqualsIgnoreCase(value, "trailers");
}

// `line`: without CRLF.
void AppendField(std::string_view line, std::string* out) {
  const size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = TrimOws(line.substr(colon + 1));
  const FieldId id = http::FindFieldId(name);
  if (id == FieldId::kHost) return AppendLiteral(kAuthority, value, out);
  if (IsDropped(id, value)) return;
  if (id == FieldId::kOther) {
    AppendOtherName(name, out);
  } else {
    *out += KnownNames()[static_cast<size_t>(id)];
  }
  AppendText(value, out);
}

// Takes the first line of `*head`, with its CRLF.
std::string_view TakeLine(std::string_view* head) {
  const std::string_view line = head->substr(0, head->find('\n') + 1);
  head->remove_prefix(line.size());
  return line;
}
std::string_view WithoutCrlf(std::string_view line) {
  return line.substr(0, line.size() - kCrlf.size());
}

}  // namespace

void FieldWriter::Append(std::string_view head, std::string* block) {
  if (!std::exchange(begun_, true)) *block += kNoTable;
  AppendRequestLine(WithoutCrlf(TakeLine(&head)), block);
  Appender out(block, head.size());
  for (size_t i = 0; head != kCrlf; ++i) {
    Line& line = i < kLines ? lines_[i] : spare_;
    if (!line.text.empty() && head.starts_with(line.text)) {
      head.remove_prefix(line.text.size());
      out.Add(line.field);
    } else {
      out.Add(Write(TakeLine(&head), &line));
    }
  }
}

// Remembers it, unless it is too long.
const std::string& FieldWriter::Write(std::string_view text, Line* line) {
  const bool fits = text.size() <= kLineBytesMax;
  if (!fits) line = &spare_;
  line->text = fits ? text : "";
  line->field.clear();
  AppendField(WithoutCrlf(text), &line->field);
  return line->field;
}

}  // namespace headgate::http2
