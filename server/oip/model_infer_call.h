#pragma once

#include <grpcpp/grpcpp.h>

#include "server/oip/inference_methods.h"
#include "server/rpc/call_services.h"
#include "server/rpc/detached_task.h"

namespace wanwu::oip {

// Each posts one request on `queue`, answers it, and posts the next as soon as
// a caller came. Start on the queue's poller, or before that poller runs.
rpc::DetachedTask ServeModelInfer(rpc::CallServices& services,
                                  InferenceMethods& service,
                                  grpc::ServerCompletionQueue& queue);
rpc::DetachedTask ServeModelStreamInfer(rpc::CallServices& services,
                                        InferenceMethods& service,
                                        grpc::ServerCompletionQueue& queue);

}  // namespace wanwu::oip
