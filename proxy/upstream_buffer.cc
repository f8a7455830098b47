#include "proxy/upstream_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace headgate::proxy {

std::span<char> AnswerBuffer::Space() {
  if (end_ == capacity_ && begin_ > floor_) {
    std::memmove(data_.get() + floor_, data_.get() + begin_, end_ - begin_);
    end_ -= begin_ - floor_;
    begin_ = floor_;
  }
  if (end_ == capacity_) Reserve(std::max(kKeptBytes, capacity_ * 2));
  return {data_.get() + end_, capacity_ - end_};
}

void AnswerBuffer::Skip(size_t bytes) {
  begin_ += bytes;
  if (begin_ == end_) begin_ = end_ = floor_;
}

void AnswerBuffer::PinHead(size_t head_bytes) {
  begin_ += head_bytes;
  floor_ = body_ = begin_;
}

void AnswerBuffer::TakeBody(size_t consumed, std::string_view data) {
  char* to = data_.get() + floor_;
  if (!data.empty() && data.data() != to) {
    std::memmove(to, data.data(), data.size());
  }
  floor_ += data.size();
  Skip(consumed);
}

void AnswerBuffer::Unpin() {
  body_ = floor_ = 0;
  Skip(0);
}

void AnswerBuffer::Clear() { body_ = floor_ = begin_ = end_ = 0; }

void AnswerBuffer::Shrink() {
  Clear();
  if (capacity_ <= kKeptBytes) return;
  data_.reset();
  capacity_ = 0;
}

void AnswerBuffer::Reserve(size_t capacity) {
  if (capacity <= capacity_) return;
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  if (end_ > 0) std::memcpy(larger.get(), data_.get(), end_);
  data_ = std::move(larger);
  capacity_ = capacity;
}

}  // namespace headgate::proxy
