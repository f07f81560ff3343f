#pragma once

#include "server/rpc/grpc_server_parts.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::rpc {

// Parts of a report that need no window.

// The wait, errors by reason, stages, decoders.
void DescribeTotals(const GrpcServerParts& parts, wanwu::v1::ServerStatus& to);

void DescribeMemory(const GrpcServerParts& parts, wanwu::v1::ServerStatus& to);

void DescribeModels(const GrpcServerParts& parts, wanwu::v1::ServerStatus& to);

}  // namespace wanwu::rpc
