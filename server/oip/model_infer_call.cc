#include "server/oip/model_infer_call.h"

#include <utility>

#include "server/oip/infer_work.h"
#include "server/rpc/job_call.h"
#include "server/rpc/raw_message.h"

namespace wanwu::oip {
namespace {

class ModelInferCall {
 public:
  static constexpr char kMethod[] = "ModelInfer";

  ModelInferCall(rpc::CallServices& services, grpc::CompletionQueue& queue,
                 rpc::CompletionTag& done)
      : work_(services, queue, done) {}

  absl::Status Start(grpc::ByteBuffer&& message,
                     const rpc::CallAttributes& attributes,
                     rpc::RequestRecord& record) {
    return work_.Start(std::move(message), attributes, record);
  }

  int submitted() const { return work_.submitted(); }

  void Cancel() { work_.Cancel(); }

  absl::StatusOr<grpc::ByteBuffer> Answer(rpc::RequestRecord& record) const {
    const auto response = work_.Answer(record);
    if (!response.ok()) return response.status();
    return rpc::ToByteBuffer(*response);
  }

 private:
  InferWork work_;
};

}  // namespace

rpc::DetachedTask ServeModelInfer(rpc::CallServices& services,
                                  InferenceMethods& service,
                                  grpc::ServerCompletionQueue& queue) {
  return rpc::ServeJobCall<ModelInferCall>(services, service, queue,
                                           &ModelInferMethod::RequestStreamed);
}

}  // namespace wanwu::oip
