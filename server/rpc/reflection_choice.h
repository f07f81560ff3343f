#pragma once

#include <grpcpp/grpcpp.h>

namespace wanwu::rpc {

// gRPC's reflection service, which is linked in and registers itself with
// every builder, stays or goes.
void AddReflection(grpc::ServerBuilder& builder);
void RemoveReflection(grpc::ServerBuilder& builder);

}  // namespace wanwu::rpc
