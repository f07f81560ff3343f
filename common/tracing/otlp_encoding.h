#pragma once

#include <span>
#include <string>

#include "common/tracing/span.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"

namespace wanwu::tracing {

using ExportRequest =
    opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest;

// Who tells of the spans.
struct Resource {
  std::string service_name;
  std::string service_version;
  // Differs from every other process's.
  std::string instance_id;
};

ExportRequest EncodeSpans(const Resource& resource,
                          std::span<const Span> spans);

// OTLP's JSON: ids are hexadecimal there, unlike in protobuf's. On one line.
std::string ToOtlpJson(const ExportRequest& request);

}  // namespace wanwu::tracing
