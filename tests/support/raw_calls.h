#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/rpc_method.h>
#include <grpcpp/support/sync_stream.h>

#include <memory>
#include <string>
#include <vector>

// Calls whose messages are any bytes, also such as no generated stub sends.
namespace wanwu::test_support {

inline grpc::ByteBuffer RawMessage(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

inline std::string BytesOf(const grpc::ByteBuffer& message) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!message.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

// `method` as in "/package.Service/Method".
inline grpc::Status RawUnaryCall(grpc::Channel& channel, const char* method,
                                 grpc::ClientContext& context,
                                 const std::string& request) {
  const grpc::internal::RpcMethod rpc(method,
                                      grpc::internal::RpcMethod::NORMAL_RPC);
  grpc::ByteBuffer answer;
  return grpc::internal::BlockingUnaryCall(&channel, rpc, &context,
                                           RawMessage(request), &answer);
}

using RawStream = grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;

inline std::unique_ptr<RawStream> OpenRawStream(grpc::Channel& channel,
                                                const char* method,
                                                grpc::ClientContext& context) {
  const grpc::internal::RpcMethod rpc(
      method, grpc::internal::RpcMethod::BIDI_STREAMING);
  return std::unique_ptr<RawStream>(
      grpc::internal::ClientReaderWriterFactory<
          grpc::ByteBuffer, grpc::ByteBuffer>::Create(&channel, rpc, &context));
}

}  // namespace wanwu::test_support
