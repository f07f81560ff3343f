#pragma once

#include <string>

#include "common/options/option_table.h"

namespace wanwu::tracing {

// Where spans go and of which requests, as the user sets it.
struct TraceOptions {
  std::string endpoint;  // empty: nowhere
  // Of requests that belong to no trace.
  double sample_ratio = 0;
};

// trace_endpoint and trace_sample_ratio, bound to `options`.
void AddTraceOptions(options::OptionTable& table, TraceOptions& options);

}  // namespace wanwu::tracing
