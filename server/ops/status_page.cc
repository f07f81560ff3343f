#include "server/ops/status_page.h"

#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "server/model/precision.h"
#include "server/ops/health_pages.h"
#include "server/ops/seconds.h"

namespace wanwu::ops {
namespace {

using batching::Clock;

double Milliseconds(Clock::Duration duration) {
  return 1e3 * Seconds(duration);
}

std::string Heading(const char* text) { return absl::StrCat("\n", text, "\n"); }

std::string Build(const OperatorParts& parts) {
  const Clock::Duration uptime =
      parts.server.clock.Now() - parts.server.run.started_at;
  return absl::StrFormat(
      "wanwu-server %s, process %d, up %.0f s\n"
      "built with %s, gRPC %s\n",
      parts.build.version, getpid(), Seconds(uptime), parts.build.compiler,
      parts.build.grpc);
}

std::string Queue(const OperatorParts& parts) {
  const pipeline::Admission& admission = parts.server.pipeline.admission();
  return absl::StrFormat(
      "  requests %d of %d, bytes %d of %d\n"
      "  all of it takes about %.3f s\n"
      "  waiting to be decoded: %d, large ones %d\n",
      admission.jobs(), admission.limits().max_jobs, admission.bytes(),
      admission.limits().max_bytes, Seconds(admission.EstimatedWait()),
      parts.server.pipeline.decoders().size(),
      parts.server.pipeline.large_decoders().size());
}

std::string Answers(const pipeline::AnswerCache::Counts& counts) {
  if (counts.limit == 0) return "  none (answer_cache_bytes is 0)\n";
  return absl::StrFormat(
      "  %d, bytes %d of %d\n"
      "  hits %d, misses %d, evictions %d\n",
      counts.answers, counts.bytes, counts.limit, counts.hits, counts.misses,
      counts.evictions);
}

std::string Connections(const rpc::ConnectionCounters& counters) {
  return absl::StrFormat("  open %d of %d, accepted %d, closed for room %d\n",
                         counters.open.load(), counters.limit.load(),
                         counters.accepted.load(),
                         counters.closed_for_room.load());
}

std::string Requests(const metrics::RequestCounters& requests) {
  const auto ended = requests.EndedCounts();
  std::string text;
  for (const auto& [method, count] : requests.ReceivedCounts()) {
    if (count > 0)
      absl::StrAppendFormat(&text, "  %s received %d\n", method, count);
  }
  for (const auto& each : ended) {
    absl::StrAppendFormat(
        &text, "  %s %s %s %d\n", each.method,
        absl::StatusCodeToString(static_cast<absl::StatusCode>(each.code)),
        each.reason, each.count);
  }
  return text;
}

std::string Lanes(const OperatorParts& parts) {
  const batching::LaneStats lanes = parts.server.pipeline.Lanes();
  const double uptime =
      Seconds(parts.server.clock.Now() - parts.server.run.started_at);
  std::string text =
      absl::StrFormat("  %d of %d at work\n", lanes.busy, lanes.lanes);
  for (size_t i = 0; i < lanes.busy_times.size(); ++i) {
    absl::StrAppendFormat(&text, "  lane %d: busy %.1f %% since the start\n", i,
                          100 * Seconds(lanes.busy_times[i]) / uptime);
  }
  return text;
}

std::string Model(const pipeline::ServedModel& model) {
  std::string text = absl::StrFormat(
      "    %s, batches of at most %d; t(b) in ms:",
      model::PrecisionName(model.precision().precision), model.batch_size());
  for (const model::BatchTime& time : model.batch_times()) {
    absl::StrAppendFormat(&text, " %d: %.2f", time.size,
                          Milliseconds(time.duration));
  }
  return text + "\n";
}

std::string Models(const pipeline::ModelCatalog& catalog) {
  std::string text;
  for (const pipeline::CatalogEntry& entry : catalog.List()) {
    if (entry.model == nullptr) continue;
    absl::StrAppendFormat(&text, "  %s version %d\n", entry.name,
                          entry.version);
    text += Model(*entry.model);
  }
  return text;
}

std::string LastErrors(const logging::RateLimitedLog& log) {
  std::string text;
  for (const logging::RateLimitedLog::Line& line : log.Recent()) {
    absl::StrAppendFormat(
        &text, "  %s %s %s\n",
        absl::FormatTime(absl::RFC3339_sec, absl::FromChrono(line.time),
                         absl::UTCTimeZone()),
        line.level == logging::Level::kError ? "ERROR" : "WARNING", line.text);
  }
  return text.empty() ? "  none\n" : text;
}

}  // namespace

Page StatusPage(const OperatorParts& parts) {
  const rpc::GrpcServerParts& server = parts.server;
  return {.body = absl::StrCat(
              Build(parts), Heading("Readiness"),
              ReadyzPage(parts, {.path = "", .query = "verbose"}).body,
              Heading("Models"), Models(server.catalog), Heading("Queue"),
              Queue(parts), Heading("Kept answers"),
              Answers(server.pipeline.answers().Read()), Heading("Lanes"),
              Lanes(parts), Heading("Requests"), Requests(server.requests),
              Heading("Connections"), Connections(parts.connections),
              Heading("Last warnings and errors"), LastErrors(server.error_log),
              Heading("Options"), parts.options)};
}

}  // namespace wanwu::ops
