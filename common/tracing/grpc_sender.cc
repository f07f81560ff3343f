#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"
#include "common/tracing/span_sender.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.grpc.pb.h"

namespace wanwu::tracing {
namespace {

namespace service_pb = opentelemetry::proto::collector::trace::v1;
using Outcome = SendResult::Outcome;

// As the OTLP specification says.
bool MayRetry(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::OUT_OF_RANGE:
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DATA_LOSS:
      return true;
    default:
      return false;
  }
}

std::string TargetOf(const TraceEndpoint& endpoint) {
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  return absl::StrCat(v6 ? "[" : "", endpoint.host, v6 ? "]:" : ":",
                      endpoint.port);
}

class GrpcSender final : public SpanSender {
 public:
  explicit GrpcSender(const std::string& target)
      : stub_(service_pb::TraceService::NewStub(
            grpc::CreateChannel(target, grpc::InsecureChannelCredentials()))) {}

  SendResult Send(const ExportRequest& request,
                  std::chrono::milliseconds timeout) override {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    service_pb::ExportTraceServiceResponse response;
    const grpc::Status status = stub_->Export(&context, request, &response);
    if (status.ok()) {
      return {.rejected = response.partial_success().rejected_spans(),
              .reason = response.partial_success().error_message()};
    }
    return {.outcome = MayRetry(status.error_code()) ? Outcome::kRetry
                                                     : Outcome::kRefused,
            .reason = absl::StrCat("gRPC status ", status.error_code(), ": ",
                                   status.error_message())};
  }

 private:
  const std::unique_ptr<service_pb::TraceService::Stub> stub_;
};

}  // namespace

std::unique_ptr<SpanSender> MakeGrpcSender(const TraceEndpoint& endpoint) {
  return std::make_unique<GrpcSender>(TargetOf(endpoint));
}

}  // namespace wanwu::tracing
