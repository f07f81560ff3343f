#include "common/tracing/trace_options.h"

#include "common/options/value_types.h"
#include "common/tracing/trace_endpoint.h"

namespace wanwu::tracing {
namespace {

options::ValueType<std::string> EndpointText() {
  return {.placeholder = "URL",
          .expected = "grpc://HOST:PORT, http://HOST:PORT, file:/PATH or empty",
          .parse = [](std::string_view text) -> absl::StatusOr<std::string> {
            const auto endpoint = ParseTraceEndpoint(text);
            if (!endpoint.ok()) return endpoint.status();
            return std::string(text);
          },
          .format = [](const std::string& text) { return text; }};
}

}  // namespace

void AddTraceOptions(options::OptionTable& table, TraceOptions& options) {
  table.Group("Traces");
  table.Add({.name = "trace_endpoint",
             .unit = "",
             .help = "Where spans are sent by OTLP: grpc://HOST:PORT, "
                     "http://HOST:PORT, or file:/PATH for lines of JSON; "
                     "empty: nowhere."},
            &options.endpoint, EndpointText());
  table.Add({.name = "trace_sample_ratio",
             .unit = "",
             .help = "Part of the requests that belong to no trace that are "
                     "traced; of the others those whose caller traces them; "
                     "0: only these."},
            &options.sample_ratio, options::Fraction());
}

}  // namespace wanwu::tracing
