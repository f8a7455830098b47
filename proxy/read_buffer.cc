#include "proxy/read_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace headgate::proxy {

BlockPool::Block BlockPool::Take() {
  if (kept_.empty()) return std::make_unique_for_overwrite<char[]>(kBlockBytes);
  Block block = std::move(kept_.back());
  kept_.pop_back();
  return block;
}

void BlockPool::Give(Block block) {
  if (kept_.size() < kKeptMax) kept_.push_back(std::move(block));
}

ReadBuffer::~ReadBuffer() {
  if (capacity_ == BlockPool::kBlockBytes) pool_->Give(std::move(data_));
}

std::span<char> ReadBuffer::Space(size_t max_bytes) {
  if (end_ - begin_ >= max_bytes) return {};
  if (end_ == capacity_ && begin_ > pinned_) Compact();
  if (end_ == capacity_) {
    // Behind a pinned head nothing may move: its reader must consume first.
    if (pinned_ > 0) return {};
    Grow(std::max(BlockPool::kBlockBytes, capacity_ * 2));
  }
  return {data_.get() + end_, capacity_ - end_};
}

void ReadBuffer::Consume(size_t bytes) {
  begin_ += bytes;
  if (begin_ == end_) begin_ = end_ = pinned_;
}

void ReadBuffer::Pin(size_t bytes) {
  begin_ += bytes;
  pinned_ = begin_;
  if (capacity_ - end_ < kBodySpaceBytes) Grow(capacity_ + kBodySpaceBytes);
}

void ReadBuffer::Unpin() {
  pinned_ = 0;
  Consume(0);
}

void ReadBuffer::ReleaseIfEmpty() {
  if (end_ > begin_ || pinned_ > 0 || capacity_ == 0) return;
  if (capacity_ == BlockPool::kBlockBytes) pool_->Give(std::move(data_));
  data_.reset();
  capacity_ = begin_ = end_ = 0;
}

void ReadBuffer::Grow(size_t capacity) {
  BlockPool::Block larger =
      capacity == BlockPool::kBlockBytes
          ? pool_->Take()
          : std::make_unique_for_overwrite<char[]>(capacity);
  if (end_ > 0) std::memcpy(larger.get(), data_.get(), end_);
  if (capacity_ == BlockPool::kBlockBytes) pool_->Give(std::move(data_));
  data_ = std::move(larger);
  capacity_ = capacity;
}

void ReadBuffer::Compact() {
  std::memmove(data_.get() + pinned_, data_.get() + begin_, end_ - begin_);
  end_ = pinned_ + (end_ - begin_);
  begin_ = pinned_;
}

}  // namespace headgate::proxy
