#include "server/rpc/request_spans.h"

#include <string>
#include <utility>

#include "server/errors/service_error.h"
#include "server/pipeline/served_model.h"
#include "server/rpc/call_span.h"
#include "server/rpc/trace_mark.h"

namespace wanwu::rpc {
namespace {

using batching::Clock;
using tracing::Attribute;
using tracing::Span;

class SpanList {
 public:
  SpanList(const RequestFacts& facts, const WallTime& wall)
      : facts_(facts), wall_(wall) {}

  // A child of the request.
  Span& Add(const char* name, Clock::TimePoint start, Clock::TimePoint end) {
    return spans_.emplace_back(
        Span{.self = tracing::NewSpanIn(facts_.trace.self),
             .parent = facts_.trace.self.span,
             .trace_state = facts_.call.trace.state,
             .name = name,
             .start = wall_(start),
             .end = wall_(end)});
  }

  void Add(Span span) { spans_.push_back(std::move(span)); }

  std::vector<Span> Take() { return std::move(spans_); }

 private:
  const RequestFacts& facts_;
  const WallTime& wall_;
  std::vector<Span> spans_;
};

Span RequestSpan(const RequestFacts& facts, const char* method,
                 const absl::Status& status, const WallTime& wall,
                 Clock::TimePoint now) {
  Span span = CallSpan(facts, method, status, wall, now);
  span.attributes.push_back(
      {"wanwu.priority", facts.call.priority == batching::Priority::kBulk
                             ? "bulk"
                             : "interactive"});
  if (facts.job != nullptr) {
    const model::Manifest& manifest = facts.job->model().package().manifest;
    span.attributes.push_back({"wanwu.model", manifest.name});
    span.attributes.push_back({"wanwu.model_version", manifest.version});
    if (facts.job->cached()) span.attributes.push_back({"wanwu.cached", true});
  }
  if (!status.ok()) {
    span.attributes.push_back(
        {"wanwu.reason", std::string(errors::Reason(status))});
  }
  return span;
}

void AddDecode(const pipeline::ClassifyJob& job, SpanList& spans) {
  const pipeline::JobTimings& times = job.timings();
  Span& span = spans.Add("decode", times.decode_start,
                         times.decode_start + times.decode);
  const image::PictureProbe& picture = job.cost().picture;
  span.attributes = {
      {"wanwu.image.format", FormatName(picture.kind)},
      {"wanwu.image.bytes", static_cast<int64_t>(job.encoded_bytes())},
      {"wanwu.image.width", static_cast<int64_t>(picture.size.width)},
      {"wanwu.image.height", static_cast<int64_t>(picture.size.height)}};
}

void AddInference(const pipeline::ClassifyJob& job, Clock::TimePoint now,
                  SpanList& spans) {
  const pipeline::JobTimings& times = job.timings();
  // One that failed took until now.
  const Clock::TimePoint end = times.inference > Clock::Duration::zero()
                                   ? times.inference_start + times.inference
                                   : now;
  Span& span = spans.Add("inference", times.inference_start, end);
  span.self = SpanOf(job.trace());
  span.attributes = {
      {"wanwu.batch_size", static_cast<int64_t>(times.batch_size)}};
  if (job.batch_trace().set()) span.links = {SpanOf(job.batch_trace())};
}

void AddQueue(const char* before, Clock::TimePoint start, Clock::TimePoint end,
              SpanList& spans) {
  spans.Add("queue", start, end).attributes = {{"wanwu.queue.before", before}};
}

void AddStages(const pipeline::ClassifyJob& job, Clock::TimePoint now,
               SpanList& spans) {
  const pipeline::JobTimings& times = job.timings();
  const bool decoded = times.decode_start != Clock::TimePoint();
  const bool ran = times.inference_start != Clock::TimePoint();
  AddQueue("decode", job.arrival(), decoded ? times.decode_start : now, spans);
  if (!decoded) return;
  AddDecode(job, spans);
  const Clock::TimePoint ready = times.decode_start + times.decode;
  // A picture that cannot be decoded waits for no lane.
  if (!ran && absl::IsInvalidArgument(job.outcome().status())) return;
  AddQueue("inference", ready, ran ? times.inference_start : now, spans);
  if (ran) AddInference(job, now, spans);
}

}  // namespace

std::vector<Span> SpansOf(const RequestFacts& facts, const char* method,
                          const absl::Status& status, const WallTime& wall,
                          Clock::TimePoint now) {
  SpanList spans(facts, wall);
  spans.Add(RequestSpan(facts, method, status, wall, now));
  spans.Add("receive", facts.came,
            facts.job != nullptr ? facts.job->arrival() : now);
  // A kept answer has no stages.
  if (facts.job != nullptr && !facts.job->cached())
    AddStages(*facts.job, now, spans);
  return spans.Take();
}

}  // namespace wanwu::rpc
