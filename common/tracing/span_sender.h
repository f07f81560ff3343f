#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/tracing/otlp_encoding.h"
#include "common/tracing/trace_endpoint.h"

namespace wanwu::tracing {

struct SendResult {
  enum class Outcome {
    kSent,
    kRetry,    // may succeed later
    kRefused,  // never will
  };

  Outcome outcome = Outcome::kSent;
  // kSent: of the spans, those that the receiver did not take.
  int64_t rejected = 0;
  // What went wrong, for people.
  std::string reason = {};
};

// Sends spans to one receiver. On the exporter's thread.
class SpanSender {
 public:
  virtual ~SpanSender() = default;
  // Takes at most `timeout`.
  virtual SendResult Send(const ExportRequest& request,
                          std::chrono::milliseconds timeout) = 0;
};

std::unique_ptr<SpanSender> MakeGrpcSender(const TraceEndpoint& endpoint);
std::unique_ptr<SpanSender> MakeHttpSender(const TraceEndpoint& endpoint);
// Appends a line of JSON for each request. Error: the file cannot be written.
absl::StatusOr<std::unique_ptr<SpanSender>> MakeFileSender(
    const TraceEndpoint& endpoint);

}  // namespace wanwu::tracing
