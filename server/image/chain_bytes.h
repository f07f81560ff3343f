#pragma once

#include <cstdint>
#include <span>

#include "server/image/byte_chain.h"
#include "server/image/chain_cursor.h"

namespace wanwu::image {

// Fills `out` from a place in the chain; false if they are not all there.
[[nodiscard]] inline bool ReadAt(const ByteChain& chain, uint64_t offset,
                                 std::span<uint8_t> out) {
  if (offset > chain.size() || out.size() > chain.size() - offset) return false;
  ChainCursor cursor(chain);
  return cursor.Skip(static_cast<size_t>(offset)) && cursor.Read(out);
}

// Of the copy that Flatten() makes.
inline size_t FlattenedBytes(const ByteChain& chain) {
  return chain.pieces().size() > 1 ? chain.size() : 0;
}

}  // namespace wanwu::image
