#include "server/rpc/picture_pieces.h"

#include <algorithm>
#include <utility>

namespace wanwu::rpc {
namespace {

using image::ByteChain;
using Copy = std::vector<uint8_t>;

// Pieces are kept if they have this many bytes on average. gRPC's bookkeeping
// is some 50 bytes a piece; its usual ones have 8 KiB or more.
constexpr size_t kSmallestPiece = 1024;
// However small the picture.
constexpr size_t kFewPieces = 16;

}  // namespace

PicturePieces::PicturePieces(size_t size)
    : size_(size), most_pieces_(kFewPieces + size / kSmallestPiece) {}

void PicturePieces::Add(ByteChain::Piece piece) {
  if (copied_) {
    copy_.insert(copy_.end(), piece.begin(), piece.end());
    return;
  }
  bytes_.Append(piece);
  if (bytes_.pieces().size() > most_pieces_) CopyAll();
}

void PicturePieces::CopyAll() {
  copy_.reserve(std::max(size_, bytes_.size()));
  for (const ByteChain::Piece& piece : bytes_.pieces()) {
    copy_.insert(copy_.end(), piece.begin(), piece.end());
  }
  bytes_ = {};
  copied_ = true;
}

pipeline::EncodedPicture PicturePieces::Build(std::shared_ptr<const void> owner,
                                              size_t held_bytes) && {
  if (!copied_) {
    return {.bytes = std::move(bytes_),
            .owner = std::move(owner),
            .held_bytes = held_bytes};
  }
  const auto copy = std::make_shared<const Copy>(std::move(copy_));
  return {
      .bytes = ByteChain(*copy), .owner = copy, .held_bytes = copy->capacity()};
}

}  // namespace wanwu::rpc
