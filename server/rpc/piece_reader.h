#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <cstddef>

namespace wanwu::rpc {

// Reads a message and gives up where it is all crumbs: pieces of fewer bytes
// on average than any client's transport makes would cost more time than a
// poller has.
class PieceReader final : public grpc::ProtoBufferReader {
 public:
  explicit PieceReader(grpc::ByteBuffer& message)
      : ProtoBufferReader(&message),
        left_(kMostSmallPieces + message.Length() / kBytesPerPiece) {}

  bool Next(const void** data, int* size) override {
    if (left_ == 0) return false;
    --left_;
    return ProtoBufferReader::Next(data, size);
  }

 private:
  static constexpr size_t kMostSmallPieces = 4096;
  static constexpr size_t kBytesPerPiece = 16;

  size_t left_;
};

}  // namespace wanwu::rpc
