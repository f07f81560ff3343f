#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/tracing/span_sender.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.grpc.pb.h"

namespace wanwu::tracing {
namespace {

namespace service_pb = opentelemetry::proto::collector::trace::v1;
using Outcome = SendResult::Outcome;

constexpr int kSlowestReconnectMs = 2000;

// What the receiver asks to wait before another try, if it says so.
std::optional<std::chrono::milliseconds> RetryDelay(
    const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return std::nullopt;
  for (const google::protobuf::Any& each : details.details()) {
    google::rpc::RetryInfo retry;
    if (!each.UnpackTo(&retry)) continue;
    const absl::Duration delay = absl::Seconds(retry.retry_delay().seconds()) +
                                 absl::Nanoseconds(retry.retry_delay().nanos());
    return absl::ToChronoMilliseconds(std::max(delay, absl::ZeroDuration()));
  }
  return std::nullopt;
}

// As the OTLP specification says.
bool MayRetry(grpc::StatusCode code, bool asked_to) {
  switch (code) {
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return asked_to;
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
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

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // gRPC's own, two minutes, would cost the spans of as long after the receiver
  // is back.
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kSlowestReconnectMs);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(),
                                   arguments);
}

class GrpcSender final : public SpanSender {
 public:
  explicit GrpcSender(const std::string& target)
      : stub_(service_pb::TraceService::NewStub(ChannelTo(target))) {}

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
    const auto delay = RetryDelay(status);
    const bool retry = MayRetry(status.error_code(), delay.has_value());
    return {.outcome = retry ? Outcome::kRetry : Outcome::kRefused,
            .wait = delay.value_or(std::chrono::milliseconds(0)),
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
