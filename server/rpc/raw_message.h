#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

namespace wanwu::rpc {

// For methods that are registered raw, so that a picture stays in gRPC's
// slices.
inline grpc::ByteBuffer ToByteBuffer(
    const google::protobuf::MessageLite& message) {
  grpc::Slice slice(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(
      const_cast<uint8_t*>(slice.begin()));  // not yet shared
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace wanwu::rpc
