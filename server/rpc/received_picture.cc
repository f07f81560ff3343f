#include "server/rpc/received_picture.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

namespace wanwu::rpc {
namespace {

using image::ByteChain;

// Pieces are kept if they have this many bytes on average. gRPC's bookkeeping
// is some 50 bytes a piece; its usual ones have 8 KiB or more.
constexpr size_t kSmallestPiece = 1024;
// However small the picture.
constexpr size_t kFewPieces = 16;

// Calls `use` with each piece of the range, until it returns false.
template <typename Use>
void ForEachPiece(grpc::ByteBuffer& message, size_t begin, size_t size,
                  Use use) {
  grpc::ProtoBufferReader reader(&message);
  const void* data = nullptr;
  int count = 0;
  while (size > 0 && reader.Next(&data, &count)) {
    const auto length = static_cast<size_t>(count);
    const size_t skipped = std::min(begin, length);
    const size_t used = std::min(size, length - skipped);
    begin -= skipped;
    size -= used;
    if (!use(ByteChain::Piece{static_cast<const uint8_t*>(data) + skipped,
                              used})) {
      return;
    }
  }
}

// Empty if there are too many.
std::optional<ByteChain> KeepPieces(grpc::ByteBuffer& message, size_t begin,
                                    size_t size) {
  const size_t most = MostPieces(size);
  ByteChain chain;
  ForEachPiece(message, begin, size, [&](ByteChain::Piece piece) {
    chain.Append(piece);
    return chain.pieces().size() <= most;
  });
  if (chain.pieces().size() > most) return std::nullopt;
  return chain;
}

pipeline::EncodedPicture CopyPieces(grpc::ByteBuffer& message, size_t begin,
                                    size_t size) {
  const auto copy = std::make_shared_for_overwrite<uint8_t[]>(size);
  uint8_t* end = copy.get();
  ForEachPiece(message, begin, size, [&](ByteChain::Piece piece) {
    std::memcpy(end, piece.data(), piece.size());
    end += piece.size();
    return true;
  });
  return {
      .bytes = ByteChain({copy.get(), end}), .owner = copy, .held_bytes = size};
}

}  // namespace

size_t MostPieces(size_t bytes) { return kFewPieces + bytes / kSmallestPiece; }

pipeline::EncodedPicture TakePicture(grpc::ByteBuffer&& message, size_t begin,
                                     size_t size) {
  if (size == 0) return {};
  // Its slices stay where they are.
  auto owner = std::make_shared<grpc::ByteBuffer>();
  owner->Swap(&message);
  std::optional<ByteChain> kept = KeepPieces(*owner, begin, size);
  if (!kept.has_value()) return CopyPieces(*owner, begin, size);
  const size_t held = owner->Length();
  return {
      .bytes = *std::move(kept), .owner = std::move(owner), .held_bytes = held};
}

}  // namespace wanwu::rpc
