#include "proxy/http2/frame_reader.h"

#include <algorithm>

namespace headgate::http2 {

FrameReader::Found FrameReader::Next(std::string_view* unread, Frame* frame) {
  if (held_is_out_) {
    held_.clear();
    held_is_out_ = false;
  }
  return in_data_ ? NextPiece(unread, frame) : Begin(unread, frame);
}

FrameReader::Found FrameReader::Begin(std::string_view* unread, Frame* frame) {
  const bool holds = !held_.empty();
  if (holds && !Fill(kFrameHeaderBytes, unread)) return Found::kNeedMore;
  if (!holds && unread->size() < kFrameHeaderBytes) return Hold(unread);
  const FrameHeader header = ReadFrameHeader(holds ? held_ : *unread);
  if (header.length > kPayloadBytesMax) return Found::kTooLarge;
  if (header.Is(FrameType::kData)) {
    if (!holds) unread->remove_prefix(kFrameHeaderBytes);
    BeginData(header);
    return NextPiece(unread, frame);
  }
  const size_t size = kFrameHeaderBytes + header.length;
  if (holds && !Fill(size, unread)) return Found::kNeedMore;
  if (!holds && unread->size() < size) return Hold(unread);
  const std::string_view whole =
      holds ? std::string_view(held_) : unread->substr(0, size);
  if (!holds) unread->remove_prefix(size);
  held_is_out_ = holds;
  *frame = {.header = header, .payload = whole.substr(kFrameHeaderBytes)};
  return Found::kFrame;
}

FrameReader::Found FrameReader::Hold(std::string_view* unread) {
  held_.assign(*unread);
  *unread = {};
  return Found::kNeedMore;
}

bool FrameReader::Fill(size_t size, std::string_view* unread) {
  const size_t lacking = size > held_.size() ? size - held_.size() : 0;
  const size_t taken = std::min(lacking, unread->size());
  held_.append(unread->substr(0, taken));
  unread->remove_prefix(taken);
  return taken == lacking;
}

void FrameReader::BeginData(const FrameHeader& header) {
  held_.clear();
  in_data_ = true;
  data_ = header;
  left_ = header.length;
  padding_ = 0;
  pad_length_due_ = header.Has(kPadded);
}

FrameReader::Found FrameReader::NextPiece(std::string_view* unread,
                                          Frame* frame) {
  if (unread->empty() && left_ > 0) return Found::kNeedMore;
  size_t counted = std::min(left_, unread->size());
  std::string_view came = unread->substr(0, counted);
  unread->remove_prefix(counted);
  left_ -= counted;
  if (pad_length_due_) {
    if (came.empty()) return Found::kBadPadding;  // not even its length
    padding_ = static_cast<unsigned char>(came[0]);
    if (padding_ > data_.length - 1) return Found::kBadPadding;
    came.remove_prefix(1);
    pad_length_due_ = false;
  }
  // What is left of the padding lies behind these bytes, or among them.
  const size_t behind = std::min(left_, padding_);
  came.remove_suffix(padding_ - behind);
  padding_ = behind;
  in_data_ = left_ > 0;
  *frame = {
      .header = data_, .payload = came, .counted = counted, .last = !in_data_};
  return Found::kFrame;
}

}  // namespace headgate::http2
