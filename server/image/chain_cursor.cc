#include "server/image/chain_cursor.h"

#include <algorithm>
#include <cstring>

namespace wanwu::image {

void ChainCursor::Advance(size_t count) {
  offset_ += count;
  remaining_ -= count;
  if (offset_ == pieces_.front().size()) {
    pieces_ = pieces_.subspan(1);
    offset_ = 0;
  }
}

std::span<const uint8_t> ChainCursor::TakePiece() {
  if (remaining_ == 0) return {};
  const std::span<const uint8_t> piece = pieces_.front().subspan(offset_);
  Advance(piece.size());
  return piece;
}

bool ChainCursor::Read(std::span<uint8_t> destination) {
  while (!destination.empty() && remaining_ > 0) {
    const std::span<const uint8_t> piece = pieces_.front().subspan(offset_);
    const size_t count = std::min(piece.size(), destination.size());
    std::memcpy(destination.data(), piece.data(), count);
    destination = destination.subspan(count);
    Advance(count);
  }
  return destination.empty();
}

bool ChainCursor::Skip(size_t count) {
  while (count > 0 && remaining_ > 0) {
    const size_t step = std::min(pieces_.front().size() - offset_, count);
    Advance(step);
    count -= step;
  }
  return count == 0;
}

std::span<const uint8_t> Flatten(const ByteChain& chain,
                                 std::vector<uint8_t>& storage) {
  if (chain.empty()) return {};
  if (chain.pieces().size() == 1) return chain.pieces().front();
  storage.resize(chain.size());
  ChainCursor cursor(chain);
  if (!cursor.Read(storage)) return {};
  return storage;
}

}  // namespace wanwu::image
