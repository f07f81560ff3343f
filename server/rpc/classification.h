#pragma once

#include <grpcpp/grpcpp.h>

#include "absl/status/statusor.h"
#include "server/model/class_labels.h"
#include "server/pipeline/classify_job.h"
#include "server/rpc/call_services.h"
#include "server/rpc/request_parser.h"
#include "wanwu/v1/image_classifier.pb.h"

// What unary and streamed classification share: from a parsed request to a
// job, and from a finished job to an answer.
namespace wanwu::rpc {

inline constexpr int kDefaultTopK = 5;
inline constexpr int kMaxTopK = 1000;

// What the answer needs of the request.
struct AnswerOptions {
  int top_k = kDefaultTopK;
  model::Language language = model::Language::kEnglish;
};

// What all requests of one call share.
struct CallAttributes {
  batching::Priority priority = batching::Priority::kInteractive;
  batching::Clock::TimePoint deadline;
};

// INVALID_ARGUMENT if "wanwu-priority" holds something else than the proto
// names.
absl::StatusOr<CallAttributes> ReadCallAttributes(
    const grpc::ServerContext& context, const batching::Clock& clock);

// INVALID_ARGUMENT if top_k is out of range.
absl::StatusOr<AnswerOptions> ReadAnswerOptions(
    const wanwu::v1::ClassifyRequest& request);

// Finds the model; refuses an empty picture. Errors as ModelCatalog::FindReady,
// INVALID_ARGUMENT (IMAGE_EMPTY).
absl::StatusOr<pipeline::JobRequest> MakeJobRequest(
    ParsedRequest request, const CallAttributes& attributes,
    const CallServices& services);

// The job must be finished and its outcome OK. INTERNAL if the logits are no
// numbers.
absl::StatusOr<wanwu::v1::ClassifyResponse> MakeResponse(
    const pipeline::ClassifyJob& job, const AnswerOptions& options);

// Counts a picture that is answered with `status`, and logs it: one
// rate-limited line per error that is the server's concern, callers' mistakes
// at debug level.
void RecordError(const CallServices& services, const char* method,
                 const absl::Status& status);

}  // namespace wanwu::rpc
