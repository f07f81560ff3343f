#include <string>
#include <utility>

#include "server/ops/metrics_of.h"
#include "server/ops/process_figures.h"

namespace wanwu::ops {
namespace {

using rpc::ServerState;

void AddConnections(const rpc::ConnectionCounters& counters,
                    Families& families) {
  AddGauge("wanwu_connections", "Connections open to the gRPC listener.",
           counters.open.load(), families);
  AddGauge("wanwu_connections_limit", "How many there may be.",
           counters.limit.load(), families);
  AddCounter("wanwu_connections_accepted_total", "Connections accepted.",
             static_cast<double>(counters.accepted.load()), families);
  AddCounter("wanwu_connections_closed_for_room_total",
             "Connections closed, the idlest first, to make room for others.",
             static_cast<double>(counters.closed_for_room.load()), families);
}

void AddSpans(const tracing::Tracer* tracer, Families& families) {
  const tracing::SpanCounts counts =
      tracer == nullptr ? tracing::SpanCounts() : tracer->counts();
  AddCounter("wanwu_trace_spans_exported_total",
             "Spans that the receiver of traces took.",
             static_cast<double>(counts.exported), families);
  AddCounter("wanwu_trace_spans_dropped_total",
             "Spans that found no room or were not taken.",
             static_cast<double>(counts.dropped), families);
}

}  // namespace

void AddServerMetrics(const OperatorParts& parts, Families& families) {
  AddConnections(parts.connections, families);
  AddCounter("wanwu_log_lines_lost_total",
             "Log lines that nobody read in time.",
             static_cast<double>(parts.log.lost_lines()), families);
  AddSpans(parts.server.tracer, families);
  auto state = MetricSamples::Gauge("wanwu_server_state",
                                    "1 for the state the server is in.");
  for (const ServerState each : {ServerState::kStarting, ServerState::kServing,
                                 ServerState::kDraining}) {
    state.Add(parts.server.run.state.load() == each ? 1 : 0,
              {{"state", rpc::StateName(each)}});
  }
  std::move(state).MoveTo(families);
  auto health = MetricSamples::Gauge(
      "wanwu_health_serving",
      "1 if grpc.health.v1 answers SERVING for that service.");
  for (const auto& [service, serving] : parts.server.health.List()) {
    health.Add(serving == rpc::Serving::kYes ? 1 : 0, {{"service", service}});
  }
  std::move(health).MoveTo(families);
  MetricSamples::Gauge("wanwu_build_info", "Always 1.")
      .Add(1, {{"version", parts.build.version},
               {"compiler", parts.build.compiler},
               {"grpc", parts.build.grpc}})
      .MoveTo(families);
}

void AddProcessMetrics(std::chrono::system_clock::time_point started_at,
                       Families& families) {
  const ProcessFigures figures = ReadProcessFigures();
  AddCounter("process_cpu_seconds_total",
             "CPU time of the process, user and system.", figures.cpu_seconds,
             families);
  AddGauge("process_resident_memory_bytes", "Memory that is resident.",
           static_cast<double>(figures.resident_bytes), families);
  AddGauge("process_virtual_memory_bytes", "Addresses in use.",
           static_cast<double>(figures.virtual_bytes), families);
  AddGauge("process_open_fds", "File descriptors open.",
           static_cast<double>(figures.open_descriptors), families);
  AddGauge("process_max_fds", "How many there may be.",
           static_cast<double>(figures.most_descriptors), families);
  AddGauge("process_threads", "Threads.", static_cast<double>(figures.threads),
           families);
  AddGauge("process_start_time_seconds", "When it started, in Unix time.",
           Seconds(started_at.time_since_epoch()), families);
}

}  // namespace wanwu::ops
