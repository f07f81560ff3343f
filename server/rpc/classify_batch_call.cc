#include "server/rpc/classify_batch_call.h"

#include "server/rpc/batch_stream.h"
#include "server/rpc/stream_call.h"

namespace wanwu::rpc {

DetachedTask ServeClassifyBatch(CallServices& services,
                                ClassifierService& service,
                                grpc::ServerCompletionQueue& queue) {
  return ServeStreamCall<BatchStream>(services, service, queue,
                                      &ClassifierService::RequestClassifyBatch);
}

}  // namespace wanwu::rpc
