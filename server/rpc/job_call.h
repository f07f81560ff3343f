#pragma once

#include <grpcpp/grpcpp.h>

#include <utility>

#include "absl/status/statusor.h"
#include "server/pipeline/job_errors.h"
#include "server/rpc/call_attributes.h"
#include "server/rpc/call_services.h"
#include "server/rpc/caller_check.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/detached_task.h"
#include "server/rpc/message_call.h"
#include "server/rpc/out_of_memory.h"
#include "server/rpc/receive_error.h"
#include "server/rpc/request_record.h"
#include "server/rpc/rpc_status.h"

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
  absl::Status status = OrOutOfMemory(
      [&] { return handler.Start(std::move(message), *attributes, record); });
  // What was refused is not kept until its caller has taken the answer.
  message.Clear();
  return status;
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
  MessageCall call(services, queue, Handler::kMethod);
  auto beginning = call.Begin(service, post);
  const bool began = co_await beginning;
  if (!began) co_return;
  ServeJobCall<Handler>(services, service, queue, post);
  RequestRecord record(services, Handler::kMethod, Service::kName);

  grpc::ByteBuffer message;
  const absl::StatusOr<CallAttributes> attributes =
      AdmitCaller(services, call.context(), {Service::kName, Handler::kMethod});
  if (attributes.ok()) record.SetCall(*attributes);
  auto receiving = call.Receive(attributes.ok(), message);
  const TimedRead::Result received = co_await receiving;
  Operation& operation = call.operation();
  Handler handler(services, queue, operation);
  const absl::Status status = StartHandler(
      handler, services, attributes, received, std::move(message), record);
  if (!status.ok()) handler.Cancel();
  call.end().OnCancel([&handler] { handler.Cancel(); });
  for (int left = handler.submitted(); left > 0; --left) co_await operation;
  call.end().ForgetCancel();

  const absl::StatusOr<grpc::ByteBuffer> answer =
      status.ok() ? OrOutOfMemory([&] { return handler.Answer(record); })
                  : absl::StatusOr<grpc::ByteBuffer>(status);
  if (answer.ok()) {
    record.Answered();
    auto answering = call.Answer(*answer);
    co_await answering;
    co_return;
  }
  // Of a caller without a message it is sure only at the end whether he left.
  const bool may_have_left = received == TimedRead::Result::kEnd;
  if (!may_have_left) record.Failed(answer.status());
  AddTrailers(answer.status(), call.context());
  auto finishing = call.Finish(ToGrpcStatus(answer.status()));
  co_await finishing;
  if (may_have_left) {
    record.Failed(call.end().cancelled() ? pipeline::CancelledError()
                                         : answer.status());
  }
}

}  // namespace wanwu::rpc
