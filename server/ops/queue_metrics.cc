#include "server/ops/metrics_of.h"

namespace wanwu::ops {
namespace {

void AddMemory(const OperatorParts& parts, Families& families) {
  const pipeline::ClassifyPipeline& pipeline = parts.server.pipeline;
  AddGauge("wanwu_memory_budget_bytes",
           "Memory that callers can make the server use, at most.",
           static_cast<double>(parts.memory.budget), families);
  auto limits = MetricSamples::Gauge("wanwu_memory_limit_bytes",
                                     "Parts of the budget, by what holds it.");
  limits.Add(static_cast<double>(parts.memory.receive), {{"part", "receive"}});
  limits.Add(static_cast<double>(parts.memory.queue), {{"part", "queue"}});
  limits.Add(static_cast<double>(parts.memory.decoders),
             {{"part", "decoders"}});
  limits.Add(static_cast<double>(pipeline.large_memory().limit()),
             {{"part", "large_decoders"}});
  std::move(limits).MoveTo(families);
  auto used = MetricSamples::Gauge("wanwu_memory_used_bytes",
                                   "What is in use of those that are counted.");
  used.Add(static_cast<double>(pipeline.admission().bytes()),
           {{"part", "queue"}});
  used.Add(static_cast<double>(pipeline.large_memory().held()),
           {{"part", "large_decoders"}});
  std::move(used).MoveTo(families);
}

}  // namespace

void AddQueueMetrics(const OperatorParts& parts, Families& families) {
  const pipeline::Admission& admission = parts.server.pipeline.admission();
  // Less first: an admitted request has asked.
  const auto admitted = static_cast<double>(admission.admitted());
  AddCounter("wanwu_admission_requests_total",
             "Times that a request asked to be admitted; a stream's picture "
             "asks again until there is room.",
             static_cast<double>(admission.requests()), families);
  AddCounter("wanwu_admission_admitted_total", "Requests admitted.", admitted,
             families);
  AddGauge("wanwu_queue_depth", "Requests admitted and not finished.",
           static_cast<double>(admission.jobs()), families);
  AddGauge("wanwu_queue_capacity", "How many there may be.",
           static_cast<double>(admission.limits().max_jobs), families);
  AddGauge("wanwu_estimated_wait_seconds",
           "How long all admitted work will take.",
           Seconds(admission.EstimatedWait()), families);
  AddMemory(parts, families);
}

}  // namespace wanwu::ops
