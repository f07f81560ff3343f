#pragma once

#include <grpcpp/grpcpp.h>

#include "server/rpc/call_services.h"
#include "server/rpc/classifier_service.h"
#include "server/rpc/detached_task.h"

namespace wanwu::rpc {

// Posts one ClassifyBatch request on `queue`, serves its stream, and posts the
// next as soon as a caller came. Start on the queue's poller, or before that
// poller runs.
DetachedTask ServeClassifyBatch(CallServices& services,
                                ClassifierService& service,
                                grpc::ServerCompletionQueue& queue);

}  // namespace wanwu::rpc
