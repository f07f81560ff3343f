#pragma once

#include <grpcpp/grpcpp.h>

#include "absl/status/statusor.h"
#include "server/model/class_labels.h"
#include "server/rpc/picture_task.h"
#include "server/rpc/request_parser.h"
#include "server/rpc/request_record.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::rpc {

inline constexpr int kDefaultTopK = 5;
inline constexpr int kMaxTopK = 1000;

// One picture that came as a ClassifyRequest, alone or in a stream: checked,
// run as a task and answered.
class Classification {
 public:
  // As PictureTask.
  Classification(CallServices& services, grpc::CompletionQueue& queue,
                 CompletionTag& done)
      : services_(services), task_(services, queue, done) {}

  // Errors as ModelCatalog::FindReady and PictureTask::Prepare,
  // INVALID_ARGUMENT if top_k is out of range.
  absl::Status Prepare(ParsedRequest request, const CallAttributes& attributes,
                       RequestRecord& record);

  PictureTask& task() { return task_; }
  const PictureTask& task() const { return task_; }

  // After the task's done-event: `record` is told if it has an answer.
  // Errors as the job ended with; INTERNAL if the logits are no numbers.
  absl::StatusOr<wanwu::v1::ClassifyResponse> Answer(
      RequestRecord& record) const;

 private:
  absl::StatusOr<wanwu::v1::ClassifyResponse> MakeResponse() const;

  const CallServices& services_;
  PictureTask task_;
  int top_k_ = kDefaultTopK;
  model::Language language_ = model::Language::kEnglish;
};

}  // namespace wanwu::rpc
