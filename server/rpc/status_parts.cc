#include "server/rpc/status_parts.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <numeric>
#include <string>
#include <string_view>

#include "server/rpc/model_description.h"
#include "server/rpc/proto_duration.h"

namespace wanwu::rpc {
namespace {

using wanwu::v1::ServerStatus;

void DescribeErrors(const metrics::RequestCounters& from, ServerStatus& to) {
  std::map<std::string_view, uint64_t> counts;
  for (const auto& ended : from.EndedCounts()) {
    if (!ended.reason.empty()) counts[ended.reason] += ended.count;
  }
  for (const auto& [reason, count] : counts) {
    wanwu::v1::ReasonCount& each = *to.add_errors_by_reason();
    each.set_reason(std::string(reason));
    each.set_count(static_cast<int64_t>(count));
  }
}

void DescribeStages(const metrics::RequestCounters::Stages& from,
                    wanwu::v1::StageTotals& to) {
  const metrics::DurationCounts total = from.total.Counts();
  to.set_pictures(static_cast<int64_t>(std::accumulate(
      total.buckets.begin(), total.buckets.end(), uint64_t{0})));
  *to.mutable_decode() = ToProto(from.decode.Counts().sum);
  *to.mutable_queue() = ToProto(from.queue.Counts().sum);
  *to.mutable_inference() = ToProto(from.inference.Counts().sum);
}

void AddDecoders(const char* name, const pipeline::DecodeStage& from,
                 ServerStatus& to) {
  const std::vector<batching::Clock::Duration> times = from.BusyTimes();
  wanwu::v1::DecoderPool& pool = *to.add_decoders();
  pool.set_name(name);
  pool.set_threads(static_cast<int32_t>(times.size()));
  *pool.mutable_busy() = ToProto(std::accumulate(
      times.begin(), times.end(), batching::Clock::Duration::zero()));
}

}  // namespace

void DescribeTotals(const GrpcServerParts& parts, ServerStatus& to) {
  *to.mutable_estimated_wait() =
      ToProto(parts.pipeline.admission().EstimatedWait());
  DescribeErrors(parts.requests, to);
  DescribeStages(parts.requests.stages(), *to.mutable_stages());
  AddDecoders("ordinary", parts.pipeline.decoders(), to);
  AddDecoders("large", parts.pipeline.large_decoders(), to);
}

void DescribeMemory(const GrpcServerParts& parts, ServerStatus& to) {
  to.set_memory_budget(parts.memory_budget);
  to.set_large_picture_bytes(parts.pipeline.large_memory().held());
  to.set_large_picture_bytes_capacity(parts.pipeline.large_memory().limit());
}

void DescribeModels(const GrpcServerParts& parts, ServerStatus& to) {
  to.set_default_model(parts.catalog.default_model());
  for (const pipeline::CatalogEntry& entry : parts.catalog.List()) {
    wanwu::v1::ModelStatus& model = *to.add_models();
    model.set_name(entry.name);
    model.set_version(std::to_string(entry.version));
    model.set_state(ToProto(entry.state));
    if (entry.model == nullptr) continue;
    model.set_queue_depth(
        static_cast<int32_t>(parts.pipeline.admission().jobs(*entry.model)));
  }
}

}  // namespace wanwu::rpc
