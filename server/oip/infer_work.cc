#include "server/oip/infer_work.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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

BatchLimits LimitsOf(const rpc::CallServices& services) {
  return {.message_bytes = services.limits.max_message_bytes,
          .jobs = services.pipeline.admission().most_together()};
}

InferWork::InferWork(rpc::CallServices& services, grpc::CompletionQueue& queue,
                     rpc::CompletionTag& done)
    : services_(services), queue_(queue), done_(done) {}

InferWork::~InferWork() = default;

absl::Status InferWork::Start(grpc::ByteBuffer&& message,
                              const rpc::CallAttributes& attributes,
                              rpc::RequestRecord& record) {
  auto pictures = Read(message);
  if (!pictures.ok()) return pictures.status();
  rpc::CallAttributes own = attributes;
  if (plan_->timeout.has_value()) {
    own.deadline =
        std::min(own.deadline, services_.clock.Now() + *plan_->timeout);
  }
  absl::Status status = Prepare(*std::move(pictures), own);
  // What is told of the request's stages is told of its first picture.
  record.SetJob(items_.front().task.job_ptr());
  return status.ok() ? Submit() : status;
}

absl::StatusOr<std::vector<pipeline::EncodedPicture>> InferWork::Read(
    grpc::ByteBuffer& message) {
  absl::StatusOr<InferMessage> parsed = ParseInferMessage(message);
  if (!parsed.ok()) return parsed.status();
  id_ = parsed->fields.id();
  absl::StatusOr<InferPlan> plan =
      PlanInference(services_.catalog, LimitsOf(services_), *parsed);
  if (!plan.ok()) return plan.status();
  plan_ = *std::move(plan);
  auto pictures = CutPictures(message, *plan_);
  // From here on the pictures hold what they need of it.
  message.Clear();
  return pictures;
}

absl::Status InferWork::Prepare(std::vector<pipeline::EncodedPicture> pictures,
                                const rpc::CallAttributes& attributes) {
  for (pipeline::EncodedPicture& picture : pictures) {
    Item& item = items_.emplace_back(*this, items_.size());
    absl::Status status = item.task.Prepare(
        {.model = plan_->model.entry.model, .picture = std::move(picture)},
        attributes);
    if (!status.ok()) return OfPicture(item.index(), status);
  }
  return absl::OkStatus();
}

absl::Status InferWork::Submit() {
  std::vector<pipeline::ClassifyJobPtr> jobs;
  for (const Item& item : items_) {
    jobs.push_back(item.task.job_ptr());
    absl::Status status = services_.pipeline.Estimate(*jobs.back());
    if (!status.ok()) return OfPicture(item.index(), status);
  }
  absl::Status status = services_.pipeline.AdmitAll(jobs);
  if (!status.ok()) return status;
  for (Item& item : items_) {
    item.task.Start();
    ++submitted_;
  }
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
  std::vector<const std::vector<float>*> logits;
  for (const Item& item : items_) {
    logits.push_back(&item.task.job().outcome()->logits);
  }
  auto response = MakeAnswer(*plan_, id_, logits);
  if (!response.ok()) return response.status();
  for (const Item& item : items_) {
    record.AddPicture(*item.task.job().outcome());
  }
  if (const std::string warnings = Warnings(); !warnings.empty()) {
    (*response->mutable_parameters())["warnings"].set_string_param(warnings);
  }
  return response;
}

std::string InferWork::Warnings() const {
  std::vector<std::string> all;
  for (const Item& item : items_) {
    for (const std::string& warning : item.task.job().outcome()->warnings) {
      all.push_back(
          plan_->pictures == 1
              ? warning
              : absl::StrCat("picture ", item.index(), ": ", warning));
    }
  }
  return absl::StrJoin(all, "; ");
}

}  // namespace wanwu::oip
