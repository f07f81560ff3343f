#include "server/rpc/received_picture.h"

#include <grpcpp/support/proto_buffer_reader.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "server/rpc/picture_pieces.h"

namespace wanwu::rpc {
namespace {

// Those of [begin, begin + size).
PicturePieces Collect(grpc::ByteBuffer& message, size_t begin, size_t size) {
  PicturePieces pieces(size);
  grpc::ProtoBufferReader reader(&message);
  const void* data = nullptr;
  int count = 0;
  while (size > 0 && reader.Next(&data, &count)) {
    const auto length = static_cast<size_t>(count);
    const size_t skipped = std::min(begin, length);
    const size_t used = std::min(size, length - skipped);
    begin -= skipped;
    size -= used;
    pieces.Add({static_cast<const uint8_t*>(data) + skipped, used});
  }
  return pieces;
}

}  // namespace

pipeline::EncodedPicture TakePicture(grpc::ByteBuffer&& message, size_t begin,
                                     size_t size) {
  if (size == 0) return {};
  // Its slices stay where they are.
  auto owner = std::make_shared<grpc::ByteBuffer>();
  owner->Swap(&message);
  PicturePieces pieces = Collect(*owner, begin, size);
  const size_t held = owner->Length();
  return std::move(pieces).Build(std::move(owner), held);
}

}  // namespace wanwu::rpc
