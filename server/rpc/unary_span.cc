#include "server/rpc/unary_span.h"

#include <new>
#include <string>
#include <utility>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/rpc/call_span.h"

namespace wanwu::rpc {
namespace {

// As ToGrpcStatus() told it.
std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (!details.ParseFromString(status.error_details())) return "";
  for (const google::protobuf::Any& each : details.details()) {
    if (each.UnpackTo(&info)) return info.reason();
  }
  return "";
}

}  // namespace

UnarySpan::UnarySpan(const CallServices& services,
                     const grpc::ServerContext& context, const char* service,
                     const char* method) noexcept
    : services_(services), method_(method) {
  if (services.tracer == nullptr) return;
  try {
    RequestFacts facts;
    facts.service = service;
    facts.came = services.clock.Now();
    facts.call.trace = ReadTrace(context);
    facts.trace = services.tracer->Begin(facts.call.trace);
    if (facts.trace.sampled) facts_ = std::move(facts);
  } catch (const std::bad_alloc&) {
  }
}

void UnarySpan::End(const grpc::Status& status) noexcept {
  if (!facts_.has_value()) return;
  try {
    const absl::Status told(static_cast<absl::StatusCode>(status.error_code()),
                            status.error_message());
    std::vector<tracing::Span> spans;
    spans.push_back(CallSpan(*facts_, method_, told, WallTime(services_.clock),
                             services_.clock.Now()));
    if (!status.ok()) {
      spans.front().attributes.push_back({"wanwu.reason", ReasonOf(status)});
    }
    services_.tracer->Add(std::move(spans));
  } catch (const std::bad_alloc&) {
  }
}

}  // namespace wanwu::rpc
