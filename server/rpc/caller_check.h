#pragma once

#include <grpcpp/grpcpp.h>

#include "absl/status/statusor.h"
#include "server/access/access_control.h"
#include "server/rpc/call_attributes.h"
#include "server/rpc/call_services.h"

namespace wanwu::rpc {

// Whether who makes a call may make it, by its head: for every call, before
// anything of it is received. Errors as AccessControl::Check().
absl::StatusOr<access::Caller> CheckCaller(
    const access::AccessControl& access, const grpc::ServerContextBase& context,
    const access::Method& method);

// The same, and what the head says besides.
absl::StatusOr<CallAttributes> AdmitCaller(const CallServices& services,
                                           const grpc::ServerContext& context,
                                           const access::Method& method);

}  // namespace wanwu::rpc
