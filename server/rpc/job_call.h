#pragma once

#include <grpcpp/grpcpp.h>

#include <utility>

#include "absl/status/statusor.h"
#include "server/rpc/call_attributes.h"
#include "server/rpc/call_end.h"
#include "server/rpc/call_services.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/detached_task.h"
#include "server/rpc/out_of_memory.h"
#include "server/rpc/picture_count.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/unary_call.h"

namespace wanwu::rpc {

// Posts one request of a raw unary method whose answer takes jobs, answers it,
// and posts the next as soon as a caller came. `services` and `service`, of
// which Base is the part with the method, outlive the call. A Handler is one
// call's work, on the poller:
//   Handler(CallServices&, grpc::CompletionQueue&, CompletionTag& done);
//   static constexpr char kMethod[];
//   // Submits the jobs. `done` gets an event for each that was submitted, also
//   // if a later one was refused.
//   absl::Status Start(grpc::ByteBuffer&& message, const CallAttributes&);
//   int submitted() const;
//   void Cancel();  // what was submitted
//   // Once all have ended.
//   absl::StatusOr<grpc::ByteBuffer> Answer();
template <typename Handler, typename Service, typename Base>
DetachedTask ServeJobCall(
    CallServices& services, Service& service,
    grpc::ServerCompletionQueue& queue,
    PostUnary<Base, grpc::ByteBuffer, grpc::ByteBuffer> post) {
  const LiveCalls::Token live(services.live_calls);
  grpc::ServerContext context;
  CallEnd end(context);
  grpc::ByteBuffer message;
  grpc::ServerAsyncResponseWriter<grpc::ByteBuffer> writer(&context);
  Operation operation;
  (service.*post)(&context, &message, &writer, &queue, &queue, &operation);
  const bool began = co_await operation;
  if (!began) co_return;
  ServeJobCall<Handler>(services, service, queue, post);

  Handler handler(services, queue, operation);
  const absl::StatusOr<CallAttributes> attributes =
      ReadCallAttributes(context, services.clock);
  absl::Status status = attributes.status();
  if (status.ok()) {
    status = OrOutOfMemory(
        [&] { return handler.Start(std::move(message), *attributes); });
  }
  if (!status.ok()) handler.Cancel();
  end.OnCancel([&handler] { handler.Cancel(); });
  for (int left = handler.submitted(); left > 0; --left) co_await operation;
  end.ForgetCancel();

  const absl::StatusOr<grpc::ByteBuffer> answer =
      status.ok() ? OrOutOfMemory([&] { return handler.Answer(); })
                  : absl::StatusOr<grpc::ByteBuffer>(status);
  if (answer.ok()) {
    writer.Finish(*answer, grpc::Status::OK, &operation);
  } else {
    CountError(services, Handler::kMethod, answer.status());
    AddTrailers(answer.status(), context);
    writer.FinishWithError(ToGrpcStatus(answer.status()), &operation);
  }
  co_await operation;
  co_await end;
}

}  // namespace wanwu::rpc
