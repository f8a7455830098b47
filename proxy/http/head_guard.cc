#include "proxy/http/head_guard.h"

#include <algorithm>
#include <cstring>

#include "base/strings.h"
#include "proxy/http/chars.h"

namespace headgate::http {
namespace {

using policy::Refusal;

// `_` instead of `-`: CGI and WSGI upstreams read both as the same name.
bool ResemblesKnownName(std::string_view name) {
  char twin[64];
  if (name.size() > sizeof twin) return false;  // longer than any we know
  std::replace_copy(name.begin(), name.end(), twin, '_', '-');
  return FindFieldId(std::string_view(twin, name.size())) != FieldId::kOther;
}

// "HTTP/" DIGIT "." DIGIT, as far as `text` goes.
bool IsVersionPrefix(std::string_view text) {
  constexpr std::string_view kPattern = "HTTP/0.0";
  if (text.size() > kPattern.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kPattern[i] == '0' ? !digit : text[i] != kPattern[i]) return false;
  }
  return true;
}

// REQUIRES: `name` is a token.
std::string_view AddToken(std::string_view name, std::string_view value,
                          bool verbatim, Fields* fields) {
  if (!IsFieldText(value)) return "a control byte in a field value";
  const FieldId id = FindFieldId(name);
  if (id == FieldId::kOther && name.find('_') != name.npos &&
      ResemblesKnownName(name)) {
    return "a field name with '_' that reads like a known one";
  }
  const bool hop = FieldClassOf(id) == FieldClass::kHopByHop;
  fields->Add(Field{name, value, id, hop, verbatim});
  return "";
}

}  // namespace

HeadGuard::HeadGuard(Kind kind, const HeadLimits& limits)
    : kind_(kind), limits_(limits) {
  limits_.request_line_bytes =
      std::min(limits_.request_line_bytes, limits_.head_bytes);
}

void HeadGuard::Reset() {
  base_ = nullptr;
  started_ = false;
  lines_ = 0;
  head_start_ = 0;
  line_start_ = 0;
  scanned_ = 0;
  version_start_ = 0;
}

HeadGuard::Found HeadGuard::Fail(Refusal refusal, std::string_view sentence) {
  error_.status = ParseResult::Status::kError;
  error_.refusal = refusal;
  error_.sentence = sentence;
  return Found::kError;
}

HeadGuard::Found HeadGuard::TooLong() {
  if (lines_ == 0 && kind_ == Kind::kRequest) {
    return Fail(Refusal::kUriTooLong, "the request line is too long");
  }
  return Fail(Refusal::kHeadTooLarge, "the head is too large");
}

HeadGuard::Found HeadGuard::Next(std::string_view unread,
                                 std::string_view* line) {
  started_ |= !unread.empty();
  for (;;) {
    const size_t from = std::max(scanned_, line_start_);
    const char* lf =
        from < unread.size()
            ? static_cast<const char*>(
                  std::memchr(unread.data() + from, '\n', unread.size() - from))
            : nullptr;
    if (lf == nullptr) return CheckPartial(unread);
    const size_t end = static_cast<size_t>(lf - unread.data());  // of the LF
    if (end == line_start_ || unread[end - 1] != '\r') {
      return Fail(Refusal::kBadRequest, "a line ends in LF without CR");
    }
    *line = unread.substr(line_start_, end - 1 - line_start_);
    if (line->empty() && lines_ == 0) {
      // One empty line before a request is an old client's mistake (RFC 9112
      // 2.2); before an answer it is nobody's.
      if (kind_ == Kind::kResponse || head_start_ != 0) {
        return Fail(Refusal::kBadRequest, "empty lines before the first line");
      }
      head_start_ = line_start_ = end + 1;
      continue;
    }
    const size_t limit =
        lines_ == 0 ? limits_.request_line_bytes : limits_.head_bytes;
    if (end + 1 - head_start_ > limit) return TooLong();
    line_start_ = end + 1;
    if (line->empty()) return Found::kEnd;
    if (lines_++ > limits_.fields) {
      return Fail(Refusal::kHeadTooLarge, "there are too many fields");
    }
    return Found::kLine;
  }
}

HeadGuard::Found HeadGuard::CheckPartial(std::string_view unread) {
  const std::string_view partial = unread.substr(line_start_);
  const size_t fresh_start = std::max(scanned_, line_start_);
  const std::string_view fresh = unread.substr(fresh_start);
  scanned_ = unread.size();
  if (partial.empty()) return Found::kNeedMore;
  // A CR is good as the last byte, and then not yet scanned for good.
  const bool ends_in_cr = fresh.ends_with('\r');
  if (ends_in_cr) --scanned_;
  if (!IsFieldText(fresh.substr(0, fresh.size() - ends_in_cr))) {
    return Fail(Refusal::kBadRequest,
                "a control byte or a bare CR in the head");
  }
  const size_t limit =
      lines_ == 0 ? limits_.request_line_bytes : limits_.head_bytes;
  if (unread.size() - head_start_ >= limit) return TooLong();
  if (lines_ == 0) {
    return CheckPartialFirstLine(partial, fresh_start - line_start_);
  }
  if (!IsChar(partial[0], kToken) && partial[0] != '\r') {
    return Fail(Refusal::kBadRequest,
                "a field line begins with no field name (folded lines are "
                "refused)");
  }
  return Found::kNeedMore;
}

HeadGuard::Found HeadGuard::CheckPartialFirstLine(std::string_view partial,
                                                  size_t fresh_start) {
  if (partial == "\r") return Found::kNeedMore;  // maybe an empty line
  if (kind_ == Kind::kResponse) {
    const std::string_view version = partial.substr(0, 8);
    if (IsVersionPrefix(version)) return Found::kNeedMore;
    return Fail(Refusal::kBadRequest, "this is no status line");
  }
  const size_t method = SpanOf(partial.substr(0, kMethodBytesMax + 1), kToken);
  if (method > kMethodBytesMax) {
    return Fail(Refusal::kNotImplemented, "the method is not known");
  }
  if (method == 0 || (method < partial.size() && partial[method] != ' ')) {
    return Fail(Refusal::kBadRequest, "this is no request line");
  }
  if (version_start_ == 0) {
    const size_t space = partial.find(' ', std::max(method + 1, fresh_start));
    if (space == partial.npos) return Found::kNeedMore;
    version_start_ = space + 1;
  }
  std::string_view version = partial.substr(version_start_);
  if (version.ends_with('\r')) version.remove_suffix(1);
  if (!IsVersionPrefix(version)) {
    return Fail(Refusal::kBadRequest, "the request line has no HTTP version");
  }
  if (version.size() == sizeof("HTTP/1.1") - 1 && version != "HTTP/1.1" &&
      version != "HTTP/1.0") {
    return Fail(Refusal::kHttpVersion, "the HTTP version is not 1.0 or 1.1");
  }
  return Found::kNeedMore;
}

std::string_view HeadGuard::AddFieldLine(std::string_view line,
                                         Fields* fields) {
  const char first = line.front();
  if (first == ' ' || first == '\t') return "a folded field line";
  const size_t colon = SpanOf(line, kToken);
  if (colon == 0 || colon == line.size() || line[colon] != ':') {
    return "a field name is not a token followed by a colon";
  }
  const std::string_view value = TrimOws(line.substr(colon + 1));
  const bool verbatim = !value.empty() && line[colon + 1] == ' ' &&
                        colon + 2 + value.size() == line.size();
  return AddToken(line.substr(0, colon), value, verbatim, fields);
}

std::string_view HeadGuard::AddField(std::string_view name,
                                     std::string_view value, Fields* fields) {
  if (!IsAll(name, kToken)) return "a field name is not a token";
  return AddToken(name, TrimOws(value), /*verbatim=*/false, fields);
}

}  // namespace headgate::http
