#include "proxy/http/target.h"

#include <algorithm>

#include "base/percent.h"
#include "base/strings.h"
#include "proxy/http/chars.h"

namespace headgate::http {
namespace {

using policy::Refusal;

constexpr std::string_view kNotUtf8 = "an escape in the path is not UTF-8";

// UTF-8 one byte at a time (RFC 3629 4): nothing overlong, no surrogates.
class Utf8Checker {
 public:
  bool Take(unsigned char c) {
    if (missing_ > 0) {
      const bool good = c >= low_ && c <= high_;
      low_ = 0x80;
      high_ = 0xbf;
      --missing_;
      return good;
    }
    if (c < 0x80) return true;
    if (c < 0xc2 || c > 0xf4) return false;
    missing_ = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    if (c == 0xe0) low_ = 0xa0;
    if (c == 0xed) high_ = 0x9f;
    if (c == 0xf0) low_ = 0x90;
    if (c == 0xf4) high_ = 0x8f;
    return true;
  }
  bool complete() const { return missing_ == 0; }

 private:
  int missing_ = 0;
  unsigned char low_ = 0x80, high_ = 0xbf;  // for the next byte
};

// Bytes that RFC 3986 does not allow in a query, and browsers send there
// nevertheless (WHATWG URL, "query percent-encode set"): they are escaped.
constexpr std::string_view kSentRaw = "[\\]^`{|}";

// Appends `text` to `*out` with its escapes normalised (RFC 3986 6.2.2.1 and
// 6.2.2.2). `allowed` are the bytes that may stand unescaped, all of them
// ASCII, and `escaped` those that are escaped here; `utf8` looks at what they
// mean, if it is given. "" or what is wrong.
std::string_view NormalizeEscapes(std::string_view text, uint8_t allowed,
                                  std::string_view escaped, Utf8Checker* utf8,
                                  std::string* out) {
  while (!text.empty()) {
    const size_t plain = SpanOf(text, allowed);
    if (plain > 0) {
      if (utf8 != nullptr && !utf8->complete()) return kNotUtf8;
      out->append(text.substr(0, plain));
      text.remove_prefix(plain);
      continue;
    }
    if (escaped.find(text[0]) != escaped.npos) {
      AppendEscape(static_cast<unsigned char>(text[0]), out);
      text.remove_prefix(1);
      continue;
    }
    if (text[0] != '%') return "a byte in the target that must be escaped";
    const int byte = EscapedByte(text);
    if (byte < 0) return "a malformed escape in the target";
    if (byte == 0) return "an escaped NUL in the target";
    text.remove_prefix(3);
    const auto c = static_cast<unsigned char>(byte);
    if (IsUnreserved(static_cast<char>(c))) {
      out->push_back(static_cast<char>(c));
    } else {
      AppendEscape(c, out);
    }
    if (utf8 != nullptr && !utf8->Take(c)) return kNotUtf8;
  }
  return utf8 == nullptr || utf8->complete() ? "" : kNotUtf8;
}

// Escapes in a path that a careless upstream would decode into structure: of
// a slash or a backslash, or of the `%` of another such escape. `path` has
// normalised escapes.
std::string_view CheckPathEscapes(std::string_view path) {
  for (size_t i = path.find('%'); i != path.npos; i = path.find('%', i + 3)) {
    const std::string_view escape = path.substr(i + 1, 2);
    if (escape == "2F" || escape == "5C") {
      return "an escaped slash or backslash in the path";
    }
    if (escape != "25") continue;
    const std::string inner = AsciiLower(path.substr(i + 3, 2));
    for (std::string_view hidden : {"2e", "2f", "5c", "00", "25"}) {
      if (inner == hidden) return "a doubly escaped byte in the path";
    }
  }
  return "";
}

// "..;x" and its like: servers that know path parameters take them for "..".
bool IsDotSegmentWithParameter(std::string_view segment) {
  const size_t dots = std::min(segment.find_first_not_of('.'), segment.size());
  segment.remove_prefix(dots);
  return (dots == 1 || dots == 2) &&
         (segment.starts_with(';') || segment.starts_with("%3B"));
}

// Whether a segment begins with a dot. Paths have fewer dots than slashes.
bool MayHoldDotSegments(std::string_view path) {
  for (size_t dot = path.find('.'); dot != path.npos;
       dot = path.find('.', dot + 1)) {
    if (dot > 0 && path[dot - 1] == '/') return true;
  }
  return false;
}

// remove_dot_segments (RFC 3986 5.2.4), in place.
std::string_view RemoveDotSegments(std::string* path) {
  if (!MayHoldDotSegments(*path)) return "";
  size_t write = 0;  // the result so far ends here, without a last slash
  size_t read = 0;   // at a slash
  while (read < path->size()) {
    const size_t end = std::min(path->find('/', read + 1), path->size());
    const std::string_view segment =
        std::string_view(*path).substr(read + 1, end - read - 1);
    const bool is_last = end == path->size();
    if (IsDotSegmentWithParameter(segment)) {
      return "a dot segment with a parameter";
    }
    if (segment == "..") {
      if (write == 0) return "dot segments lead above the root";
      write = path->rfind('/', write - 1);
    }
    if (segment == "." || segment == "..") {
      if (is_last) return "a dot segment at the end of the path";
    } else {
      std::copy(path->begin() + static_cast<ptrdiff_t>(read),
                path->begin() + static_cast<ptrdiff_t>(end),
                path->begin() + static_cast<ptrdiff_t>(write));
      write += end - read;
    }
    read = end;
  }
  path->resize(write);
  return "";
}

std::string_view NormalizePath(std::string_view path, std::string* out) {
  Utf8Checker utf8;
  std::string_view wrong = NormalizeEscapes(path, kPathByte, "", &utf8, out);
  if (wrong.empty()) wrong = CheckPathEscapes(*out);
  if (wrong.empty()) wrong = RemoveDotSegments(out);
  return wrong;
}

bool Refuse(Refusal refusal, std::string_view sentence, TargetError* error) {
  error->refusal = refusal;
  error->sentence = sentence;
  return false;
}

}  // namespace

bool NormalizeTarget(std::string_view path_and_query, std::string* storage,
                     Target* target, TargetError* error) {
  const size_t mark = path_and_query.find('?');
  target->has_query = mark != path_and_query.npos;
  target->path = path_and_query.substr(0, mark);
  target->query = target->has_query ? path_and_query.substr(mark + 1) : "";
  if (target->path.empty()) target->path = "/";
  if (path_and_query == "*") return true;

  storage->clear();
  const bool path_clean =
      SpanOf(target->path, kPathByte) == target->path.size() &&
      !MayHoldDotSegments(target->path);
  const bool query_clean =
      SpanOf(target->query, kQueryByte) == target->query.size();
  if (path_clean && query_clean) return true;

  if (!path_clean) {
    const std::string_view wrong = NormalizePath(target->path, storage);
    if (!wrong.empty()) return Refuse(Refusal::kBadPath, wrong, error);
  }
  const size_t path_size = storage->size();
  if (!query_clean) {
    const std::string_view wrong =
        NormalizeEscapes(target->query, kQueryByte, kSentRaw, nullptr, storage);
    if (!wrong.empty()) return Refuse(Refusal::kInvalidQuery, wrong, error);
  }
  // Only now does the storage stay where it is.
  const std::string_view normal = *storage;
  if (!path_clean) target->path = normal.substr(0, path_size);
  if (!query_clean) target->query = normal.substr(path_size);
  return true;
}

bool NormalizeTarget(const RequestHead& head, std::string* storage,
                     Target* target, TargetError* error) {
  if (head.method == Method::kOptions && head.path_and_query.empty()) {
    *target = Target();
    target->path = "*";
    return true;
  }
  return NormalizeTarget(head.path_and_query, storage, target, error);
}

}  // namespace headgate::http
