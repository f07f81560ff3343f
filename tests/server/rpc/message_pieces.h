#pragma once

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "server/image/byte_chain.h"

namespace wanwu::rpc {

// A message whose slices lie apart in memory, since gRPC joins neighbours. The
// slices refer to this object's pieces, however short they are.
class PiecedMessage {
 public:
  // The pieces begin at `cuts` (ascending).
  PiecedMessage(const std::string& bytes, const std::vector<size_t>& cuts) {
    size_t begin = 0;
    for (const size_t cut : cuts) {
      const size_t end = std::min(cut, bytes.size());
      pieces_.push_back(bytes.substr(begin, end - begin));
      begin = end;
    }
    pieces_.push_back(bytes.substr(begin));
    std::vector<grpc::Slice> slices;
    for (const std::string& piece : pieces_) {
      slices.emplace_back(piece.data(), piece.size(),
                          grpc::Slice::STATIC_SLICE);
    }
    message_ = grpc::ByteBuffer(slices.data(), slices.size());
  }
  PiecedMessage(const PiecedMessage&) = delete;
  PiecedMessage& operator=(const PiecedMessage&) = delete;

  grpc::ByteBuffer message() const { return message_; }
  const std::string& piece(size_t index) const { return pieces_[index]; }

 private:
  std::deque<std::string> pieces_;
  grpc::ByteBuffer message_;
};

inline std::string Joined(const image::ByteChain& chain) {
  std::string bytes;
  for (const auto& piece : chain.pieces()) {
    bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  }
  return bytes;
}

}  // namespace wanwu::rpc
