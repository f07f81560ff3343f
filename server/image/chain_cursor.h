#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "server/image/byte_chain.h"

namespace wanwu::image {

// Reads a ByteChain from front to back. Keeps a reference to the chain. Has a
// trivial destructor, so a longjmp may cross it.
class ChainCursor {
 public:
  explicit ChainCursor(const ByteChain& chain)
      : pieces_(chain.pieces()), remaining_(chain.size()) {}

  size_t remaining() const { return remaining_; }

  // The next stretch of contiguous bytes, up to the end of a piece; empty at
  // the end of the chain. The cursor moves past it.
  std::span<const uint8_t> TakePiece();

  // Fills all of `destination`, or returns false and moves to the end.
  [[nodiscard]] bool Read(std::span<uint8_t> destination);

  // As Read, without the bytes.
  [[nodiscard]] bool Skip(size_t count);

 private:
  void Advance(size_t count);

  std::span<const ByteChain::Piece> pieces_;
  size_t offset_ = 0;  // Within the first of pieces_.
  size_t remaining_;
};

// The whole chain as one span: the only piece itself, else a copy in
// `storage`, for libraries that need contiguous input.
std::span<const uint8_t> Flatten(const ByteChain& chain,
                                 std::vector<uint8_t>& storage);

}  // namespace wanwu::image
