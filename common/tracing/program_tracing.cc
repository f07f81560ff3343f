#include "common/tracing/program_tracing.h"

#include <utility>

namespace wanwu::tracing {
namespace {

absl::StatusOr<std::unique_ptr<SpanSender>> MakeSender(
    const TraceEndpoint& endpoint) {
  switch (endpoint.kind) {
    case TraceEndpoint::Kind::kGrpc:
      return MakeGrpcSender(endpoint);
    case TraceEndpoint::Kind::kHttp:
      return MakeHttpSender(endpoint);
    case TraceEndpoint::Kind::kFile:
      return MakeFileSender(endpoint);
    case TraceEndpoint::Kind::kNone:
      break;
  }
  return std::unique_ptr<SpanSender>();
}

}  // namespace

absl::Status ProgramTracing::Open(const TraceOptions& options,
                                  const std::string& service,
                                  const std::string& version,
                                  logging::Logger& log) {
  const absl::StatusOr<TraceEndpoint> endpoint =
      ParseTraceEndpoint(options.endpoint);
  if (!endpoint.ok()) return endpoint.status();
  absl::StatusOr<std::unique_ptr<SpanSender>> sender = MakeSender(*endpoint);
  if (!sender.ok()) return sender.status();
  if (*sender == nullptr) return absl::OkStatus();
  exporter_ = std::make_unique<SpanExporter>(
      SpanExporter::Options(),
      Resource{.service_name = service,
               .service_version = version,
               .instance_id = TraceIdText(NewTrace())},
      *std::move(sender), log);
  tracer_ = std::make_unique<Tracer>(options.sample_ratio, *exporter_);
  log.Info("tracing", {{"endpoint", options.endpoint},
                       {"sample_ratio", options.sample_ratio}});
  return absl::OkStatus();
}

}  // namespace wanwu::tracing
