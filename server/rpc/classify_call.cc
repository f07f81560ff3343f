#include "server/rpc/classify_call.h"

#include <memory>
#include <utility>

#include "server/rpc/call_end.h"
#include "server/rpc/classification.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/job_done.h"
#include "server/rpc/raw_message.h"
#include "server/rpc/rpc_status.h"

namespace wanwu::rpc {
namespace {

// A job ready to be submitted and what its answer needs.
struct PreparedJob {
  pipeline::JobRequest job;
  AnswerOptions answer;
};

absl::StatusOr<PreparedJob> Prepare(const grpc::ByteBuffer& message,
                                    const grpc::ServerContext& context,
                                    const CallServices& services) {
  absl::StatusOr<CallAttributes> attributes =
      ReadCallAttributes(context, services.clock);
  if (!attributes.ok()) return attributes.status();
  absl::StatusOr<ParsedRequest> request = ParseClassifyRequest(message);
  if (!request.ok()) return request.status();
  absl::StatusOr<AnswerOptions> answer = ReadAnswerOptions(request->fields);
  if (!answer.ok()) return answer.status();
  absl::StatusOr<pipeline::JobRequest> job =
      MakeJobRequest(*std::move(request), *attributes, services);
  if (!job.ok()) return job.status();
  return PreparedJob{*std::move(job), *answer};
}

absl::StatusOr<grpc::ByteBuffer> Answer(const CallServices& services,
                                        const pipeline::ClassifyJob& job,
                                        const AnswerOptions& options) {
  if (!job.outcome().ok()) return job.outcome().status();
  absl::StatusOr<wanwu::v1::ClassifyResponse> response =
      MakeResponse(job, options);
  if (!response.ok()) return response.status();
  services.answers.AddAnswer(job.outcome()->timings.total);
  return ToByteBuffer(*response);
}

}  // namespace

DetachedTask ServeClassify(CallServices& services,
                           grpc::ServerCompletionQueue& queue) {
  const LiveCalls::Token live(services.live_calls);
  grpc::ServerContext context;
  CallEnd end(context);
  grpc::ByteBuffer message;
  grpc::ServerAsyncResponseWriter<grpc::ByteBuffer> writer(&context);
  Operation operation;
  services.service.RequestClassify(&context, &message, &writer, &queue, &queue,
                                   &operation);
  const bool began = co_await operation;
  if (!began) co_return;
  ServeClassify(services, queue);

  absl::StatusOr<PreparedJob> prepared = Prepare(message, context, services);
  message.Clear();
  absl::StatusOr<grpc::ByteBuffer> answer = absl::UnknownError("unanswered");
  if (!prepared.ok()) {
    answer = prepared.status();
  } else {
    JobDone done(queue, operation);
    const auto job =
        std::make_shared<pipeline::ClassifyJob>(std::move(prepared->job), done);
    const absl::Status submitted = services.pipeline.Submit(job);
    if (submitted.ok()) {
      end.OnCancel([&] { services.pipeline.Cancel(*job); });
      co_await operation;
      end.ForgetCancel();
      answer = Answer(services, *job, prepared->answer);
    } else {
      answer = submitted;
    }
  }

  if (answer.ok()) {
    writer.Finish(*answer, grpc::Status::OK, &operation);
  } else {
    RecordError(services, "Classify", answer.status());
    AddTrailers(answer.status(), context);
    writer.FinishWithError(ToGrpcStatus(answer.status()), &operation);
  }
  co_await operation;
  co_await end;
}

}  // namespace wanwu::rpc
