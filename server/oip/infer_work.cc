#include "server/oip/infer_work.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/oip/infer_answer.h"
#include "server/oip/infer_message.h"
#include "server/oip/picture_cutter.h"
#include "server/pipeline/served_model.h"
#include "server/rpc/out_of_memory.h"
#include "server/rpc/picture_task.h"

namespace wanwu::oip {

class InferWork::Item final : public rpc::CompletionTag {
 public:
  Item(InferWork& work, size_t index)
      : task(work.services_, work.queue_, *this), work_(work), index_(index) {}

  void OnEvent(bool /*ok*/) override { work_.Ended(*this); }

  size_t index() const { return index_; }

  rpc::PictureTask task;

 private:
  InferWork& work_;
  const size_t index_;
};

InferWork::InferWork(rpc::CallServices& services, grpc::CompletionQueue& queue,
                     rpc::CompletionTag& done)
    : services_(services), queue_(queue), done_(done) {}

InferWork::~InferWork() = default;

absl::Status InferWork::Start(grpc::ByteBuffer&& message,
                              const rpc::CallAttributes& attributes,
                              rpc::RequestRecord& record) {
  absl::StatusOr<InferMessage> parsed = ParseInferMessage(message);
  if (!parsed.ok()) return parsed.status();
  id_ = parsed->fields.id();
  absl::StatusOr<InferPlan> plan =
      PlanInference(services_.catalog, *std::move(parsed));
  if (!plan.ok()) return plan.status();
  plan_ = *std::move(plan);
  auto pictures = CutPictures(message, *plan_);
  if (!pictures.ok()) return pictures.status();
  // From here on the pictures hold what they need of it.
  message.Clear();
  rpc::CallAttributes own = attributes;
  if (plan_->timeout.has_value()) {
    own.deadline =
        std::min(own.deadline, services_.clock.Now() + *plan_->timeout);
  }
  for (pipeline::EncodedPicture& picture : *pictures) {
    const absl::Status status = StartItem(std::move(picture), own, record);
    if (!status.ok()) return OfPicture(items_.size() - 1, status);
  }
  return absl::OkStatus();
}

absl::Status InferWork::StartItem(pipeline::EncodedPicture picture,
                                  const rpc::CallAttributes& attributes,
                                  rpc::RequestRecord& record) {
  const pipeline::CatalogEntry& entry = plan_->model.entry;
  const std::string version = absl::StrCat(entry.version);
  Item& item = items_.emplace_back(*this, items_.size());
  absl::Status status = item.task.Prepare({.model = entry.name,
                                           .model_version = version,
                                           .picture = std::move(picture)},
                                          attributes);
  // What is told of the request's stages is told of its first picture.
  if (item.index() == 0) record.SetJob(item.task.job_ptr());
  if (status.ok()) status = item.task.Submit();
  if (status.ok()) ++submitted_;
  return status;
}

void InferWork::Ended(const Item& item) {
  const auto& outcome = item.task.job().outcome();
  if (!outcome.ok() && failed_.ok()) {
    failed_ = rpc::OrOutOfMemory(
        [&] { return OfPicture(item.index(), outcome.status()); });
    Cancel();
  }
  // Last: may end the call.
  done_.OnEvent(true);
}

void InferWork::Cancel() {
  for (Item& item : items_) item.task.Cancel();
}

absl::Status InferWork::OfPicture(size_t index,
                                  const absl::Status& status) const {
  if (plan_->pictures == 1) return status;
  absl::Status named(status.code(),
                     absl::StrCat("picture ", index, ": ", status.message()));
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    named.SetPayload(url, payload);
  });
  return errors::WithMetadata(std::move(named), "index", absl::StrCat(index));
}

absl::StatusOr<inference::ModelInferResponse> InferWork::Answer(
    rpc::RequestRecord& record) const {
  if (!failed_.ok()) return failed_;
  const auto classes =
      static_cast<size_t>(plan_->model.entry.model->class_count());
  std::vector<const std::vector<float>*> logits;
  for (const Item& item : items_) {
    const pipeline::JobAnswer& answer = *item.task.job().outcome();
    if (answer.logits.size() != classes) {
      return errors::ServiceError(absl::StatusCode::kUnavailable,
                                  errors::kModelNotReady,
                                  "the model was replaced meanwhile",
                                  {{std::string(errors::kRetryDelayMs), "1"}});
    }
    logits.push_back(&answer.logits);
  }
  auto response = MakeAnswer(*plan_, id_, logits);
  if (!response.ok()) return response.status();
  for (const Item& item : items_) {
    record.AddPicture(item.task.job().outcome()->timings);
  }
  return response;
}

}  // namespace wanwu::oip
