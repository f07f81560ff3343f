#include "server/oip/infer_stream.h"
#include "server/oip/model_infer_call.h"
#include "server/rpc/stream_call.h"

namespace wanwu::oip {

rpc::DetachedTask ServeModelStreamInfer(rpc::CallServices& services,
                                        InferenceMethods& service,
                                        grpc::ServerCompletionQueue& queue) {
  return rpc::ServeStreamCall<InferStream>(
      services, service, queue, &InferenceMethods::RequestModelStreamInfer);
}

}  // namespace wanwu::oip
