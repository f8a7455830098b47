#include "proxy/http/body_reader.h"

#include <algorithm>

#include "base/strings.h"
#include "proxy/http/chars.h"

namespace headgate::http {

void BodyReader::Start(Framing framing, uint64_t content_length) {
  *this = BodyReader();
  switch (framing) {
    case Framing::kNone:
      state_ = State::kComplete;
      break;
    case Framing::kContentLength:
      remaining_ = content_length;
      state_ = content_length == 0 ? State::kComplete : State::kFixed;
      break;
    case Framing::kChunked:
      state_ = State::kSizeFirst;
      break;
    case Framing::kUntilClose:
      state_ = State::kUntilClose;
      break;
  }
}

bool BodyReader::FinishAtClose() {
  if (state_ == State::kUntilClose) state_ = State::kComplete;
  return state_ == State::kComplete;
}

BodyReader::Step BodyReader::Read(std::string_view input) {
  switch (state_) {
    case State::kComplete:
      return {Status::kComplete, 0, {}, {}};
    case State::kFixed:
      return ReadData(input, State::kComplete);
    case State::kUntilClose:
      body_bytes_ += input.size();
      return {Status::kNeedMore, input.size(), input, {}};
    default:
      return ReadChunked(input);
  }
}

BodyReader::Step BodyReader::ReadData(std::string_view input, State after) {
  Step step;
  step.consumed =
      static_cast<size_t>(std::min<uint64_t>(remaining_, input.size()));
  step.data = input.substr(0, step.consumed);
  remaining_ -= step.consumed;
  body_bytes_ += step.consumed;
  if (remaining_ == 0) state_ = after;
  if (state_ == State::kComplete) {
    step.status = Status::kComplete;
  } else if (step.consumed < input.size()) {
    step.status = Status::kData;
  }
  return step;
}

BodyReader::Step BodyReader::ReadChunked(std::string_view input) {
  size_t i = 0;
  while (i < input.size()) {
    if (state_ == State::kData) {
      Step step = ReadData(input.substr(i), State::kDataCr);
      step.consumed += i;
      return step;
    }
    if (!Take(static_cast<unsigned char>(input[i]))) {
      state_ = State::kError;
      return {Status::kError, i, {}, sentence_};
    }
    ++i;
    if (state_ == State::kComplete) return {Status::kComplete, i, {}, {}};
  }
  if (state_ == State::kError) return {Status::kError, 0, {}, sentence_};
  return {Status::kNeedMore, i, {}, {}};
}

bool BodyReader::Fail(std::string_view sentence) {
  sentence_ = sentence;
  return false;
}

bool BodyReader::Take(unsigned char c) {
  switch (state_) {
    case State::kSizeFirst:
    case State::kSize:
      return TakeSize(c);
    case State::kSizeLf:
      if (c != '\n') return Fail("a chunk size ends in CR without LF");
      extension_bytes_ = 0;
      size_digits_ = 0;
      state_ = remaining_ > 0 ? State::kData : State::kTrailerFirst;
      return true;
    case State::kDataCr:
      if (c != '\r') return Fail("chunk data without CRLF behind it");
      state_ = State::kDataLf;
      return true;
    case State::kDataLf:
      if (c != '\n') return Fail("chunk data without CRLF behind it");
      state_ = State::kSizeFirst;
      return true;
    case State::kTrailerFirst:
    case State::kTrailerName:
    case State::kTrailerValue:
    case State::kTrailerLf:
    case State::kEndLf:
      return TakeTrailer(c);
    case State::kError:
      return false;
    default:
      return TakeExtension(c);
  }
}

// chunk-size = 1*HEXDIG, ours at most 16 of them
bool BodyReader::TakeSize(unsigned char c) {
  const int digit = HexDigit(static_cast<char>(c));
  if (digit >= 0) {
    if (++size_digits_ > kSizeDigitsMax) return Fail("a chunk size too long");
    remaining_ = remaining_ * 16 + static_cast<uint64_t>(digit);
    state_ = State::kSize;
    return true;
  }
  if (state_ == State::kSizeFirst) {
    return Fail("a chunk size is not a hexadecimal number");
  }
  return EndOfSizeLine(c) ||
         Fail("a chunk size is followed by neither CRLF nor an extension");
}

// What may follow a size, and a complete extension.
bool BodyReader::EndOfSizeLine(unsigned char c) {
  if (c == '\r') {
    state_ = State::kSizeLf;
  } else if (c == ';') {
    state_ = State::kExtensionName;
  } else {
    return false;
  }
  return true;
}

// chunk-ext = *( ";" chunk-ext-name [ "=" ( token / quoted-string ) ] ),
// without the "bad whitespace" that RFC 9112 7.1.1 lets senders get away with.
bool BodyReader::TakeExtension(unsigned char c) {
  if (++extension_bytes_ > kExtensionBytesMax ||
      ++extension_bytes_total_ > kExtensionBytesTotalMax) {
    return Fail("too many bytes of chunk extensions");
  }
  const char byte = static_cast<char>(c);
  switch (state_) {
    case State::kExtensionName:
      if (!IsChar(byte, kToken)) break;
      state_ = State::kExtensionNameMore;
      return true;
    case State::kExtensionNameMore:
      if (IsChar(byte, kToken)) return true;
      if (c != '=') return EndOfSizeLine(c) || Fail("a bad chunk extension");
      state_ = State::kExtensionValue;
      return true;
    case State::kExtensionValue:
      if (c != '"' && !IsChar(byte, kToken)) break;
      state_ = c == '"' ? State::kExtensionQuoted : State::kExtensionToken;
      return true;
    case State::kExtensionToken:
      if (IsChar(byte, kToken) || EndOfSizeLine(c)) return true;
      break;
    case State::kExtensionQuoted:
      if (c == '"') state_ = State::kExtensionQuoteEnd;
      if (c == '\\') state_ = State::kExtensionEscape;
      if (IsChar(byte, kFieldByte)) return true;
      break;
    case State::kExtensionEscape:
      state_ = State::kExtensionQuoted;
      if (IsChar(byte, kFieldByte)) return true;
      break;
    default:  // kExtensionQuoteEnd
      if (EndOfSizeLine(c)) return true;
      break;
  }
  return Fail("a bad chunk extension");
}

// trailer-section = *( field-line CRLF ), then the CRLF that ends the body
bool BodyReader::TakeTrailer(unsigned char c) {
  const char byte = static_cast<char>(c);
  if (++trailer_bytes_ > kTrailerBytesMax) {
    return Fail("too many bytes of trailer fields");
  }
  switch (state_) {
    case State::kTrailerFirst:
      if (c == '\r') {
        state_ = State::kEndLf;
        return true;
      }
      if (!IsChar(byte, kToken)) return Fail("a trailer field has no name");
      if (++trailers_ > kTrailersMax) return Fail("too many trailer fields");
      state_ = State::kTrailerName;
      return true;
    case State::kTrailerName:
      if (c == ':') {
        state_ = State::kTrailerValue;
        return true;
      }
      return IsChar(byte, kToken) ||
             Fail("a trailer field's name is not a token");
    case State::kTrailerValue:
      if (c == '\r') {
        state_ = State::kTrailerLf;
        return true;
      }
      return IsChar(byte, kFieldByte) ||
             Fail("a control byte in a trailer field");
    case State::kTrailerLf:
      if (c != '\n') return Fail("a trailer field ends in CR without LF");
      state_ = State::kTrailerFirst;
      return true;
    default:  // kEndLf
      if (c != '\n') return Fail("the body ends in CR without LF");
      state_ = State::kComplete;
      return true;
  }
}

}  // namespace headgate::http
