#pragma once

#include <grpcpp/grpcpp.h>

#include <list>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "inference/open_inference.pb.h"
#include "server/oip/infer_plan.h"
#include "server/rpc/call_attributes.h"
#include "server/rpc/call_services.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/request_record.h"

namespace wanwu::oip {

BatchLimits LimitsOf(const rpc::CallServices& services);

// One ModelInferRequest, alone or of a stream: checked, its pictures run as a
// task each, and answered. If one picture fails the others are cancelled. On
// the call's poller.
class InferWork {
 public:
  // `done` gets an event for each picture that was submitted.
  InferWork(rpc::CallServices& services, grpc::CompletionQueue& queue,
            rpc::CompletionTag& done);
  ~InferWork();
  InferWork(const InferWork&) = delete;
  InferWork& operator=(const InferWork&) = delete;

  // Errors as PlanInference, CutPictures, PictureTask::Prepare,
  // ClassifyPipeline::Estimate and AdmitAll; of one picture among several it
  // says which. Without memory some may have been submitted all the same.
  absl::Status Start(grpc::ByteBuffer&& message,
                     const rpc::CallAttributes& attributes,
                     rpc::RequestRecord& record);
  // The request's, as soon as it is known.
  const std::string& id() const { return id_; }
  int submitted() const { return submitted_; }
  void Cancel();

  // Once all that were submitted have ended.
  absl::StatusOr<inference::ModelInferResponse> Answer(
      rpc::RequestRecord& record) const;

 private:
  class Item;

  // What a message asks for, taken out of it.
  absl::StatusOr<std::vector<pipeline::EncodedPicture>> Read(
      grpc::ByteBuffer& message);
  absl::Status Prepare(std::vector<pipeline::EncodedPicture> pictures,
                       const rpc::CallAttributes& attributes);
  // All together, or none.
  absl::Status Submit();
  void Ended(const Item& item);
  absl::Status OfPicture(size_t index, const absl::Status& status) const;
  // Of all pictures, for people; empty if all are sound.
  std::string Warnings() const;

  rpc::CallServices& services_;
  grpc::CompletionQueue& queue_;
  rpc::CompletionTag& done_;
  std::optional<InferPlan> plan_;
  std::string id_;
  std::list<Item> items_;
  int submitted_ = 0;
  // Of the first picture that failed.
  absl::Status failed_;
};

}  // namespace wanwu::oip
