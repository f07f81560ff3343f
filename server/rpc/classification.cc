#include "server/rpc/classification.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/model/precision.h"
#include "server/model/top_k.h"
#include "server/pipeline/served_model.h"
#include "server/rpc/proto_duration.h"

namespace wanwu::rpc {
namespace {

using wanwu::v1::ClassifyResponse;

void FillTimings(const pipeline::JobTimings& from, wanwu::v1::Timings& to) {
  *to.mutable_decode() = ToProto(from.decode);
  *to.mutable_queue() = ToProto(from.queue);
  *to.mutable_inference() = ToProto(from.inference);
  *to.mutable_total() = ToProto(from.total);
  to.set_batch_size(from.batch_size);
}

}  // namespace

absl::Status Classification::Prepare(ParsedRequest request,
                                     const CallAttributes& attributes,
                                     RequestRecord& record) {
  const wanwu::v1::ClassifyRequest& fields = request.fields;
  if (fields.top_k() < 0 || fields.top_k() > kMaxTopK) {
    return errors::FieldInvalid(
        "top_k", absl::StrCat(fields.top_k()),
        absl::StrCat("top_k must be 0 … ", kMaxTopK, ", not ", fields.top_k()),
        absl::StrCat(kMaxTopK));
  }
  if (fields.top_k() != 0) top_k_ = fields.top_k();
  language_ = model::ParseLanguage(fields.language_code());
  auto model =
      services_.catalog.FindReady(fields.model(), fields.model_version());
  if (!model.ok()) return model.status();
  PictureQuery query{.model = *std::move(model),
                     .picture = std::move(request.picture)};
  absl::Status status = task_.Prepare(std::move(query), attributes);
  record.SetJob(task_.job_ptr());
  return status;
}

absl::StatusOr<ClassifyResponse> Classification::Answer(
    RequestRecord& record) const {
  const auto& outcome = task_.job().outcome();
  if (!outcome.ok()) return outcome.status();
  absl::StatusOr<ClassifyResponse> response = MakeResponse();
  if (response.ok()) record.AddPicture(*outcome);
  return response;
}

absl::StatusOr<ClassifyResponse> Classification::MakeResponse() const {
  const pipeline::JobAnswer& answer = *task_.job().outcome();
  const pipeline::ServedModel& served = task_.job().model();
  absl::StatusOr<std::vector<model::ScoredClass>> best =
      model::TopK(answer.logits, top_k_, served.package().manifest.scores);
  if (!best.ok()) {
    return errors::ServiceError(absl::StatusCode::kInternal,
                                errors::kInferenceFailed,
                                std::string(best.status().message()));
  }
  const model::ClassLabels& labels = served.package().labels;
  ClassifyResponse response;
  for (const model::ScoredClass& scored : *best) {
    auto& out = *response.add_classifications();
    out.set_index(scored.index);
    out.set_label(labels.Label(scored.index, language_));
    out.set_wordnet_id(labels.WordnetId(scored.index));
    out.set_probability(scored.probability);
  }
  response.set_model(served.package().manifest.name);
  response.set_model_version(absl::StrCat(served.package().manifest.version));
  response.set_precision(
      std::string(model::PrecisionName(served.precision().precision)));
  FillTimings(answer.timings, *response.mutable_timings());
  for (const std::string& warning : answer.warnings) {
    response.add_warnings(warning);
  }
  response.set_cached(answer.cached);
  return response;
}

}  // namespace wanwu::rpc
