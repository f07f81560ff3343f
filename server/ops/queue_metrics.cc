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

void AddAnswers(const pipeline::AnswerCache::Counts& counts,
                Families& families) {
  AddCounter("wanwu_answer_cache_hits_total",
             "Pictures answered by the kept answer to an identical one.",
             static_cast<double>(counts.hits), families);
  AddCounter("wanwu_answer_cache_misses_total",
             "Pictures that had no kept answer when they were to be decoded.",
             static_cast<double>(counts.misses), families);
  AddCounter("wanwu_answer_cache_evictions_total",
             "Kept answers that made room for others.",
             static_cast<double>(counts.evictions), families);
  AddGauge("wanwu_answer_cache_answers", "Answers kept.",
           static_cast<double>(counts.answers), families);
  AddGauge("wanwu_answer_cache_bytes", "What they take.",
           static_cast<double>(counts.bytes), families);
  AddGauge("wanwu_answer_cache_limit_bytes",
           "What they may take; 0: none are kept.",
           static_cast<double>(counts.limit), families);
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
  AddAnswers(parts.server.pipeline.answers().Read(), families);
}

}  // namespace wanwu::ops
