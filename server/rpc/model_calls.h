#pragma once

#include <grpcpp/grpcpp.h>

#include "server/rpc/call_services.h"
#include "server/rpc/classifier_service.h"
#include "server/rpc/detached_task.h"

namespace wanwu::rpc {

// Each posts one request of its method on `queue`, answers it, and posts the
// next as soon as a caller came. Start on the queue's poller, or before that
// poller runs.
DetachedTask ServeListModels(CallServices& services, ClassifierService& service,
                             grpc::ServerCompletionQueue& queue);
DetachedTask ServeGetModel(CallServices& services, ClassifierService& service,
                           grpc::ServerCompletionQueue& queue);

}  // namespace wanwu::rpc
