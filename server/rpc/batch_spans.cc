#include "server/rpc/batch_spans.h"

#include <new>
#include <utility>
#include <vector>

#include "server/pipeline/classify_job.h"
#include "server/pipeline/served_model.h"
#include "server/rpc/trace_mark.h"
#include "server/rpc/wall_time.h"

namespace wanwu::rpc {
namespace {

tracing::Span BatchSpan(const pipeline::BatchRun& run, const WallTime& wall) {
  const model::Manifest& manifest = run.model.package().manifest;
  tracing::Span span{
      .self = tracing::NewTrace(),
      .name = "batch",
      .start = wall(run.start),
      .end = wall(run.end),
      .attributes = {
          {"wanwu.batch_size", static_cast<int64_t>(run.jobs.size())},
          {"wanwu.lane", static_cast<int64_t>(run.lane)},
          {"wanwu.model", manifest.name},
          {"wanwu.model_version", manifest.version}}};
  span.failed = !run.ok;
  for (const batching::JobPtr& job : run.jobs) {
    const pipeline::TraceMark& mark =
        static_cast<const pipeline::ClassifyJob&>(*job).trace();
    if (mark.set()) span.links.push_back(SpanOf(mark));
  }
  return span;
}

}  // namespace

pipeline::OnTracedBatch TraceBatches(tracing::Tracer* tracer,
                                     const batching::Clock& clock) {
  if (tracer == nullptr) return {};
  return [tracer, &clock](
             const pipeline::BatchRun& run) noexcept -> pipeline::TraceMark {
    try {
      std::vector<tracing::Span> spans;
      spans.push_back(BatchSpan(run, WallTime(clock)));
      const pipeline::TraceMark mark = MarkOf(spans.front().self);
      tracer->Add(std::move(spans));
      return mark;
    } catch (const std::bad_alloc&) {
      return {};
    }
  };
}

}  // namespace wanwu::rpc
