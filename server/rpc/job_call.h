#pragma once

#include <grpcpp/grpcpp.h>

#include <utility>

#include "absl/status/statusor.h"
#include "server/pipeline/job_errors.h"
#include "server/rpc/call_attributes.h"
#include "server/rpc/call_end.h"
#include "server/rpc/call_services.h"
#include "server/rpc/caller_check.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/detached_task.h"
#include "server/rpc/out_of_memory.h"
#include "server/rpc/reader_watch.h"
#include "server/rpc/receive_error.h"
#include "server/rpc/request_record.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/streamed_unary.h"
#include "server/rpc/timed_read.h"

namespace wanwu::rpc {

// Hands a request whose message came, or did not, to a call's Handler.
template <typename Handler>
absl::Status StartHandler(Handler& handler, const CallServices& services,
                          const absl::StatusOr<CallAttributes>& attributes,
                          TimedRead::Result received,
                          grpc::ByteBuffer&& message, RequestRecord& record) {
  if (!attributes.ok()) return attributes.status();
  if (received != TimedRead::Result::kMessage)
    return ReceiveError(received, services.limits.receive_timeout);
  return OrOutOfMemory(
      [&] { return handler.Start(std::move(message), *attributes, record); });
}

// Posts one request of a unary method that is served as a raw stream and whose
// answer takes jobs, answers it, and posts the next as soon as a caller came.
// `services` and `service`, of which Base is the part with the method, outlive
// the call. A Handler is one call's work, on the poller:
//   Handler(CallServices&, grpc::CompletionQueue&, CompletionTag& done);
//   static constexpr char kMethod[];
//   // Submits the jobs. `done` gets an event for each that was submitted, also
//   // if a later one was refused.
//   absl::Status Start(grpc::ByteBuffer&& message, const CallAttributes&,
//                      RequestRecord&);
//   int submitted() const;
//   void Cancel();  // what was submitted
//   // Once all have ended.
//   absl::StatusOr<grpc::ByteBuffer> Answer(RequestRecord&);
template <typename Handler, typename Service, typename Base>
DetachedTask ServeJobCall(CallServices& services, Service& service,
                          grpc::ServerCompletionQueue& queue,
                          PostStreamed<Base> post) {
  LiveCalls::Token live(services.live_calls);
  grpc::ServerContext context;
  CallEnd end(context);
  MessageStream stream(&context);
  Operation operation;
  (service.*post)(&context, &stream, &queue, &queue, &operation);
  const bool began = co_await operation;
  if (!began) co_return;
  live.Enter(LiveCalls::Stage::kReceiving);
  ServeJobCall<Handler>(services, service, queue, post);
  RequestRecord record(services, Handler::kMethod);

  grpc::ByteBuffer message;
  TimedRead read(queue);
  const absl::StatusOr<CallAttributes> attributes =
      AdmitCaller(services, context, {Service::kName, Handler::kMethod});
  if (attributes.ok()) {
    record.SetCall(*attributes);
    read.Start(stream, message, services.limits.receive_timeout);
  }
  const TimedRead::Result received = co_await read;
  live.Enter(LiveCalls::Stage::kAnswering);
  Handler handler(services, queue, operation);
  const absl::Status status = StartHandler(
      handler, services, attributes, received, std::move(message), record);
  if (!status.ok()) handler.Cancel();
  end.OnCancel([&handler] { handler.Cancel(); });
  for (int left = handler.submitted(); left > 0; --left) co_await operation;
  end.ForgetCancel();

  const absl::StatusOr<grpc::ByteBuffer> answer =
      status.ok() ? OrOutOfMemory([&] { return handler.Answer(record); })
                  : absl::StatusOr<grpc::ByteBuffer>(status);
  ReaderWatch reader(services, queue, context, Handler::kMethod);
  reader.WriteBegins();
  if (answer.ok()) {
    record.Answered();
    stream.WriteAndFinish(*answer, {}, grpc::Status::OK, &operation);
  } else {
    if (received != TimedRead::Result::kEnd) record.Failed(answer.status());
    AddTrailers(answer.status(), context);
    stream.Finish(ToGrpcStatus(answer.status()), &operation);
  }
  co_await operation;
  reader.WriteEnded();
  auto unwatched = reader.Closed();
  co_await unwatched;
  auto ended = read.Ended();
  co_await ended;
  co_await end;
  // Only now it is sure whether a caller without a message has left.
  if (received == TimedRead::Result::kEnd) {
    record.Failed(end.cancelled() ? pipeline::CancelledError()
                                  : answer.status());
  }
}

}  // namespace wanwu::rpc
