#include "proxy/http/writer.h"

#include <algorithm>
#include <charconv>
#include <ctime>

#include "base/appender.h"
#include "base/reason_phrase.h"
#include "base/strings.h"
#include "proxy/http/chars.h"

namespace headgate::http {
namespace {

constexpr size_t kUsualHeadBytes = 768;

void AppendField(std::string_view name, std::string_view value, Appender* out) {
  out->Add(name, ": ", value, "\r\n");
}

void AppendContentLength(uint64_t length, Appender* out) {
  out->Add("Content-Length: ", length, "\r\n");
}

// Copies fields. Neighbours that stand in their head's buffer as they are to be
// written leave in one piece: most heads do, but for a line or two.
class FieldCopier {
 public:
  explicit FieldCopier(Appender* out) : out_(*out) {}
  ~FieldCopier() { CopyRun(); }
  FieldCopier(const FieldCopier&) = delete;
  FieldCopier& operator=(const FieldCopier&) = delete;

  void Add(const Field& field) {
    if (field.name.data() != run_end_ || !field.verbatim) CopyRun();
    if (!field.verbatim) return AppendField(field.name, field.value, &out_);
    constexpr size_t kLineEndBytes = 2;
    if (run_begin_ == nullptr) run_begin_ = field.name.data();
    run_end_ = field.value.data() + field.value.size() + kLineEndBytes;
  }

 private:
  void CopyRun() {
    if (run_begin_ == nullptr) return;
    out_.Add(std::string_view(run_begin_, run_end_));
    run_begin_ = run_end_ = nullptr;
  }

  Appender& out_;
  const char* run_begin_ = nullptr;  // verbatim lines, not yet copied
  const char* run_end_ = nullptr;
};

// Which fields are not copied, since ours stand there: a bit each.
class Replaced {
 public:
  void Add(FieldId id) { ids_ |= uint64_t{1} << static_cast<int>(id); }
  bool Has(FieldId id) const { return (ids_ >> static_cast<int>(id)) & 1; }

 private:
  uint64_t ids_ = 0;
};

template <typename Passes>
void CopyFields(const Fields& fields, Appender* out, const Passes& passes) {
  FieldCopier copier(out);
  for (const Field& field : fields) {
    if (passes(field)) copier.Add(field);
  }
}

void AppendOwnFields(std::span<const OwnField> own, Appender* out) {
  for (const OwnField& field : own) {
    if (!field.value.empty()) {
      AppendField(FieldName(field.id), field.value, out);
    }
  }
}

// `name: <every value that came>, ` if there were any and they are trusted;
// else `name: `. What follows is ours.
void BeginList(const Fields& fields, FieldId id, bool trusted, Appender* out) {
  out->Add(FieldName(id), ": ");
  if (!trusted || !fields.Has(id)) return;
  for (const Field& field : fields) {
    if (field.id != id || field.value.empty()) continue;
    out->Add(field.value, ", ");
  }
}

// The first trusted value that came, else ours if there is one.
void AppendFirst(const Fields& fields, FieldId id, bool trusted,
                 std::string_view ours, Appender* out) {
  const std::string_view came = trusted ? fields.Value(id) : "";
  const std::string_view value = came.empty() ? ours : came;
  if (!value.empty()) AppendField(FieldName(id), value, out);
}

// X-Forwarded-For, -Proto, -Host and Forwarded (RFC 7239). A client without an
// IP address (a unix socket) is "unknown", as RFC 7239 6.2 has it.
void AppendForwarding(const RequestHead& head,
                      const UpstreamRequestOptions& options, Appender* out) {
  const bool trusted = options.trust_forwarded;
  const bool is_ipv6 =
      options.client_address.find(':') != std::string_view::npos;
  const bool is_ip =
      is_ipv6 || options.client_address.find('.') != std::string_view::npos;
  const std::string_view client = is_ip ? options.client_address : "unknown";
  BeginList(head.fields, FieldId::kXForwardedFor, trusted, out);
  out->Add(client, "\r\n");
  AppendFirst(head.fields, FieldId::kXForwardedProto, trusted, options.scheme,
              out);
  AppendFirst(head.fields, FieldId::kXForwardedHost, trusted, head.authority,
              out);
  BeginList(head.fields, FieldId::kForwarded, trusted, out);
  out->Add("for=", is_ipv6 ? "\"[" : "", client, is_ipv6 ? "]\"" : "",
           ";proto=", options.scheme);
  if (!head.authority.empty()) {
    out->Add(";host=\"", head.authority, "\"");
  }
  out->Add("\r\n");
}

// One valid traceparent, or the trace ends here.
bool KeepsTrace(const Fields& fields) {
  int seen = 0;
  for (const Field& field : fields) {
    if (field.id != FieldId::kTraceparent) continue;
    if (++seen > 1 || !IsTraceparent(field.value)) return false;
  }
  return seen == 1;
}

bool PassesToUpstream(const Field& field,
                      const UpstreamRequestOptions& options) {
  if (field.hop_by_hop) return false;
  switch (field.id) {
    case FieldId::kOther:
      return true;
    case FieldId::kXForwardedPort:
    case FieldId::kXForwardedServer:
    case FieldId::kXForwardedPrefix:
    case FieldId::kXRealIp:
      return options.trust_forwarded;
    default:
      break;
  }
  switch (FieldClassOf(field.id)) {
    case FieldClass::kEndToEnd:
      return true;
    case FieldClass::kSelection:
      return !options.whole_answer;
    default:
      return false;
  }
}

void AppendRequestFraming(Method method, const UpstreamRequestOptions& options,
                          Appender* out) {
  if (options.framing == Framing::kChunked) {
    out->Add("Transfer-Encoding: chunked\r\n");
  } else if (options.framing == Framing::kContentLength) {
    AppendContentLength(options.content_length, out);
  } else if (method == Method::kPost || method == Method::kPut ||
             method == Method::kPatch) {
    AppendContentLength(0, out);  // RFC 9110 8.6
  }
}

void AppendStatusLine(int status, std::string_view reason, Appender* out) {
  out->Add("HTTP/1.1 ", status, " ", reason, "\r\n");
}

void AppendAnswerFraming(const AnswerOptions& options, Appender* out) {
  if (options.framing == Framing::kChunked) {
    out->Add("Transfer-Encoding: chunked\r\n");
  } else if (options.framing == Framing::kContentLength) {
    AppendContentLength(options.content_length, out);
  }
}

// Everything behind the framing.
void FinishAnswer(const AnswerOptions& options, Appender* out) {
  if (!options.keep_alive) {
    out->Add("Connection: close\r\n");
  } else if (options.client_minor_version == 0) {
    out->Add("Connection: keep-alive\r\n");
  }
  AppendOwnFields(options.own_fields, out);
  out->Add("\r\n");
}

bool IsLowerHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

bool IsAllZeros(std::string_view text) {
  return text.find_first_not_of('0') == text.npos;
}

}  // namespace

void WriteRequestHead(const RequestHead& head, const Target& target,
                      const UpstreamRequestOptions& options,
                      std::string* text) {
  Appender appender(text, kUsualHeadBytes);
  Appender* const out = &appender;
  out->Add(head.method_text, " ", target.path, target.has_query ? "?" : "",
           target.query, " HTTP/1.1\r\nHost: ", options.host, "\r\n");

  Replaced replaced;
  for (FieldId id :
       {FieldId::kHost, FieldId::kContentLength, FieldId::kXRequestId}) {
    replaced.Add(id);
  }
  if (head.fields.Has(FieldId::kTraceparent)
          ? !KeepsTrace(head.fields)
          : head.fields.Has(FieldId::kTracestate)) {
    replaced.Add(FieldId::kTraceparent);
    replaced.Add(FieldId::kTracestate);
  }
  CopyFields(head.fields, out, [&](const Field& field) {
    return PassesToUpstream(field, options) && !replaced.Has(field.id);
  });
  AppendForwarding(head, options, out);
  if (!options.request_id.empty()) {
    AppendField("X-Request-ID", options.request_id, out);
  }
  AppendRequestFraming(head.method, options, out);
  out->Add("\r\n");
}

void WriteResponseHead(const ResponseHead& head, const AnswerOptions& options,
                       std::string* text) {
  Appender appender(text, kUsualHeadBytes);
  Appender* const out = &appender;
  AppendStatusLine(
      head.status,
      head.reason.empty() ? ReasonPhrase(head.status) : head.reason, out);
  Replaced replaced;
  for (const OwnField& field : options.own_fields) replaced.Add(field.id);
  replaced.Add(FieldId::kContentLength);
  CopyFields(head.fields, out, [&](const Field& field) {
    return !field.hop_by_hop && !replaced.Has(field.id);
  });
  if (!head.fields.Has(FieldId::kDate) && !options.date.empty()) {
    AppendField("Date", options.date, out);
  }
  if (head.framing != Framing::kNone) {
    AppendAnswerFraming(options, out);
  } else if (head.has_content_length && head.status != 204) {
    AppendContentLength(head.content_length, out);
  }
  FinishAnswer(options, out);
}

void WriteLocalHead(int status, std::string_view content_type,
                    const AnswerOptions& options, std::string* text) {
  Appender appender(text, kUsualHeadBytes);
  Appender* const out = &appender;
  AppendStatusLine(status, ReasonPhrase(status), out);
  if (!options.date.empty()) AppendField("Date", options.date, out);
  if (!content_type.empty()) AppendField("Content-Type", content_type, out);
  if (!IsBodiless(status)) AppendAnswerFraming(options, out);
  FinishAnswer(options, out);
}

void WriteChunkStart(uint64_t size, std::string* out) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, size, 16);
  out->append(digits, end.ptr).append(kChunkEnd);
}

void FormatHttpDate(int64_t unix_seconds, std::string* out) {
  constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::time_t seconds = unix_seconds;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[] = "Sun, 06 Nov 1994 08:49:37 GMT";
  const auto put = [&text](size_t at, int digits, int value) {
    for (; digits > 0; value /= 10) {
      text[at + static_cast<size_t>(--digits)] =
          static_cast<char>('0' + value % 10);
    }
  };
  kDays.copy(text, 3, static_cast<size_t>(utc.tm_wday) * 3);
  put(5, 2, utc.tm_mday);
  kMonths.copy(text + 8, 3, static_cast<size_t>(utc.tm_mon) * 3);
  put(12, 4, utc.tm_year + 1900);
  put(17, 2, utc.tm_hour);
  put(20, 2, utc.tm_min);
  put(23, 2, utc.tm_sec);
  out->assign(text, sizeof text - 1);
}

bool IsRequestId(std::string_view text) {
  return text.size() <= 128 && IsAll(text, kRequestId);
}

// version "-" trace-id "-" parent-id "-" trace-flags (W3C Trace Context 3.2)
bool IsTraceparent(std::string_view text) {
  constexpr size_t kSize = 55;
  if (text.size() < kSize || text[2] != '-' || text[35] != '-' ||
      text[52] != '-') {
    return false;
  }
  const std::string_view version = text.substr(0, 2);
  const std::string_view trace = text.substr(3, 32);
  const std::string_view parent = text.substr(36, 16);
  if (text.size() > kSize && (version == "00" || text[kSize] != '-')) {
    return false;
  }
  return version != "ff" && IsLowerHex(version) && IsLowerHex(trace) &&
         IsLowerHex(parent) && IsLowerHex(text.substr(53, 2)) &&
         !IsAllZeros(trace) && !IsAllZeros(parent);
}

}  // namespace headgate::http
