#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/logging/logger.h"
#include "common/tracing/span_exporter.h"
#include "common/tracing/trace_options.h"
#include "common/tracing/tracer.h"

namespace wanwu::tracing {

// A program's tracing, if it is on. For its whole life.
class ProgramTracing {
 public:
  ProgramTracing() = default;

  // Error: the file cannot be written. A receiver that is not there is none.
  // `log` must outlive this.
  absl::Status Open(const TraceOptions& options, const std::string& service,
                    const std::string& version, logging::Logger& log);

  // Null: tracing is off.
  Tracer* tracer() { return tracer_.get(); }

  // Sends what is left.
  void Stop() {
    if (exporter_ != nullptr) exporter_->Stop();
  }

 private:
  std::unique_ptr<SpanExporter> exporter_;
  std::unique_ptr<Tracer> tracer_;
};

}  // namespace wanwu::tracing
