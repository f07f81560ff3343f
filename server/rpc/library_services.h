#pragma once

#include <grpcpp/grpcpp.h>

#include "server/access/access_control.h"

namespace wanwu::rpc {

// Reflection and channelz are served by gRPC's own code, which asks nobody who
// they are. This asks, on the server that `builder` builds. A refused call ends
// with code and message only: gRPC has no place for the details there.
void CheckCallersOfLibraryServices(grpc::ServerBuilder& builder,
                                   const access::AccessControl& access);

}  // namespace wanwu::rpc
