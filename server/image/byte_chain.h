#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace wanwu::image {

// An encoded picture that lies in one or more pieces of memory, as a network
// stack delivers it. Does not own the bytes. Pieces are never empty.
class ByteChain {
 public:
  using Piece = std::span<const uint8_t>;

  ByteChain() = default;
  explicit ByteChain(Piece piece) { Append(piece); }

  void Append(Piece piece) {
    if (piece.empty()) return;
    pieces_.push_back(piece);
    size_ += piece.size();
  }

  std::span<const Piece> pieces() const { return pieces_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  std::vector<Piece> pieces_;
  size_t size_ = 0;
};

}  // namespace wanwu::image
