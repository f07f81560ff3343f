#include "server/rpc/classify_call.h"

#include <utility>

#include "absl/status/statusor.h"
#include "server/rpc/classification.h"
#include "server/rpc/job_call.h"
#include "server/rpc/raw_message.h"

namespace wanwu::rpc {
namespace {

class ClassifyCall {
 public:
  static constexpr char kMethod[] = "Classify";

  ClassifyCall(CallServices& services, grpc::CompletionQueue& queue,
               CompletionTag& done)
      : classification_(services, queue, done) {}

  absl::Status Start(grpc::ByteBuffer&& message,
                     const CallAttributes& attributes, RequestRecord& record) {
    absl::StatusOr<ParsedRequest> request =
        ParseClassifyRequest(std::move(message));
    if (!request.ok()) return request.status();
    absl::Status status =
        classification_.Prepare(*std::move(request), attributes, record);
    return status.ok() ? classification_.task().Submit() : status;
  }

  int submitted() const { return classification_.task().submitted() ? 1 : 0; }

  void Cancel() { classification_.task().Cancel(); }

  absl::StatusOr<grpc::ByteBuffer> Answer(RequestRecord& record) const {
    const auto response = classification_.Answer(record);
    if (!response.ok()) return response.status();
    return ToByteBuffer(*response);
  }

 private:
  Classification classification_;
};

}  // namespace

DetachedTask ServeClassify(CallServices& services, ClassifierService& service,
                           grpc::ServerCompletionQueue& queue) {
  return ServeJobCall<ClassifyCall>(services, service, queue,
                                    &ClassifyMethod::RequestStreamed);
}

}  // namespace wanwu::rpc
