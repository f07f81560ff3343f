#include "server/rpc/classification.h"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/image/image_error.h"
#include "server/model/precision.h"
#include "server/model/top_k.h"
#include "server/rpc/proto_duration.h"

namespace wanwu::rpc {
namespace {

using batching::Clock;
using std::chrono::system_clock;

constexpr char kPriorityKey[] = "wanwu-priority";

// gRPC's deadlines are wall-clock times; ours must not jump with it.
Clock::TimePoint ToSteady(system_clock::time_point deadline,
                          const Clock& clock) {
  if (deadline == system_clock::time_point::max()) {
    return Clock::TimePoint::max();
  }
  // Beyond this the sum would overflow.
  constexpr auto kForever = std::chrono::hours(24 * 365);
  const auto left = deadline - system_clock::now();
  if (left > kForever) return Clock::TimePoint::max();
  return clock.Now() + std::chrono::duration_cast<Clock::Duration>(left);
}

void FillTimings(const pipeline::JobTimings& from, wanwu::v1::Timings& to) {
  *to.mutable_decode() = ToProto(from.decode);
  *to.mutable_queue() = ToProto(from.queue);
  *to.mutable_inference() = ToProto(from.inference);
  *to.mutable_total() = ToProto(from.total);
  to.set_batch_size(from.batch_size);
}

}  // namespace

absl::StatusOr<CallAttributes> ReadCallAttributes(
    const grpc::ServerContext& context, const Clock& clock) {
  CallAttributes attributes;
  attributes.deadline = ToSteady(context.deadline(), clock);
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(kPriorityKey);
  if (found == metadata.end()) return attributes;
  const std::string_view value(found->second.data(), found->second.size());
  if (value == "bulk") {
    attributes.priority = batching::Priority::kBulk;
  } else if (value != "interactive") {
    return errors::FieldInvalid(
        kPriorityKey, value.substr(0, 100),
        "wanwu-priority must be 'interactive' or 'bulk'");
  }
  return attributes;
}

absl::StatusOr<AnswerOptions> ReadAnswerOptions(
    const wanwu::v1::ClassifyRequest& request) {
  const int top_k = request.top_k();
  if (top_k < 0 || top_k > kMaxTopK) {
    return errors::FieldInvalid(
        "top_k", absl::StrCat(top_k),
        absl::StrCat("top_k must be 0 … ", kMaxTopK, ", not ", top_k),
        absl::StrCat(kMaxTopK));
  }
  return AnswerOptions{
      .top_k = top_k == 0 ? kDefaultTopK : top_k,
      .language = model::ParseLanguage(request.language_code())};
}

absl::StatusOr<pipeline::JobRequest> MakeJobRequest(
    ParsedRequest request, const CallAttributes& attributes,
    const CallServices& services) {
  if (request.picture.bytes.empty()) return image::EmptyImage();
  absl::StatusOr<std::shared_ptr<pipeline::ServedModel>> model =
      services.catalog.FindReady(request.fields.model(),
                                 request.fields.model_version());
  if (!model.ok()) return model.status();
  return pipeline::JobRequest{.model = *std::move(model),
                              .picture = std::move(request.picture),
                              .priority = attributes.priority,
                              .times = {.arrival = services.clock.Now(),
                                        .deadline = attributes.deadline}};
}

absl::StatusOr<wanwu::v1::ClassifyResponse> MakeResponse(
    const pipeline::ClassifyJob& job, const AnswerOptions& options) {
  const pipeline::JobAnswer& answer = *job.outcome();
  const pipeline::ServedModel& served = job.model();
  absl::StatusOr<std::vector<model::ScoredClass>> best =
      model::TopK(answer.logits, options.top_k);
  if (!best.ok()) {
    return errors::ServiceError(absl::StatusCode::kInternal,
                                errors::kInferenceFailed,
                                std::string(best.status().message()));
  }
  const model::ClassLabels& labels = served.package().labels;
  wanwu::v1::ClassifyResponse response;
  for (const model::ScoredClass& scored : *best) {
    auto& out = *response.add_classifications();
    out.set_index(scored.index);
    out.set_label(labels.Label(scored.index, options.language));
    out.set_wordnet_id(labels.WordnetId(scored.index));
    out.set_probability(scored.probability);
  }
  response.set_model(served.package().manifest.name);
  response.set_model_version(absl::StrCat(served.package().manifest.version));
  response.set_precision(
      std::string(model::PrecisionName(served.precision().precision)));
  FillTimings(answer.timings, *response.mutable_timings());
  return response;
}

void RecordError(const CallServices& services, const char* method,
                 const absl::Status& status) {
  services.answers.AddError();
  const bool ours = status.code() == absl::StatusCode::kInternal;
  const bool overload = status.code() == absl::StatusCode::kResourceExhausted;
  const logging::Level level = ours       ? logging::Level::kError
                               : overload ? logging::Level::kWarning
                                          : logging::Level::kDebug;
  services.error_log.Log(level, ours ? "request_failed" : "request_refused",
                         {{"method", method},
                          {"code", absl::StatusCodeToString(status.code())},
                          {"reason", errors::Reason(status)},
                          {"message", std::string(status.message())}});
}

}  // namespace wanwu::rpc
