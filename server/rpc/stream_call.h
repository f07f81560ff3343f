#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>

#include "absl/status/statusor.h"
#include "server/errors/service_error.h"
#include "server/rpc/broadcast.h"
#include "server/rpc/call_attributes.h"
#include "server/rpc/call_end.h"
#include "server/rpc/call_services.h"
#include "server/rpc/caller_check.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/detached_task.h"
#include "server/rpc/reader_watch.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/streamed_unary.h"
#include "server/rpc/wake_signal.h"

namespace wanwu::rpc {

// Posts one request of a raw bidirectional stream of requests with pictures,
// serves it, and posts the next as soon as a caller came. `services` and
// `service` outlive the call, `post` is the service's Request… function. A
// Stream is one call's work, on the poller:
//   static constexpr char kMethod[];
//   Stream(CallServices&, grpc::ServerCompletionQueue&, MessageStream&,
//          const CallAttributes&);
//   void Read();  // until half-close, failure or StopReading
//   void StopReading();  // no further message than gRPC may be reading already
//   void Cancel();  // the client is gone
//   void Close();  // the call is being finished: drops what still comes
//   WakeSignal& work();  // set when any of the following has changed
//   bool HasAnswer() const;
//   void StartWrite(Operation&);  // of the oldest answer
//   void EndWrite(bool ok);
//   bool idle() const;  // nothing is under way and nothing waits to be sent
//   bool reading() const;
//   bool stopping() const;
//   bool half_closed() const;  // the client will send no more
//   bool gave_up() const;  // there was no memory for some answer's error
template <typename Stream, typename Service, typename Post>
DetachedTask ServeStreamCall(CallServices& services, Service& service,
                             grpc::ServerCompletionQueue& queue, Post post) {
  LiveCalls::Token live(services.live_calls);
  grpc::ServerContext context;
  CallEnd end(context);
  MessageStream transport(&context);
  Operation operation;
  std::invoke(post, service, &context, &transport, &queue, &queue, &operation);
  const bool began = co_await operation;
  if (!began) co_return;
  live.Enter(LiveCalls::Stage::kAnswering);
  ServeStreamCall<Stream>(services, service, queue, post);

  absl::StatusOr<CallAttributes> attributes =
      AdmitCaller(services, context, {Service::kName, Stream::kMethod});
  if (!attributes.ok()) {
    transport.Finish(ToGrpcStatus(attributes.status()), &operation);
    co_await operation;
    co_await end;
    co_return;
  }

  Stream stream(services, queue, transport, *attributes);
  BroadcastListener draining(services.draining, queue,
                             [&stream] { stream.StopReading(); });
  // Draining may have begun before this call listened.
  if (services.drain_begun) stream.StopReading();
  end.OnCancel([&stream] { stream.Cancel(); });
  ReaderWatch reader(services, queue, context, Stream::kMethod);
  WakeSignal& work = stream.work();
  stream.Read();
  while (!stream.idle() || (stream.reading() && !stream.stopping())) {
    if (stream.HasAnswer()) {
      reader.WriteBegins();
      stream.StartWrite(operation);
      const bool ok = co_await operation;
      reader.WriteEnded();
      stream.EndWrite(ok);
    } else {
      co_await work;
    }
  }

  const absl::Status status =
      stream.gave_up()       ? errors::OutOfMemory()
      : stream.half_closed() ? absl::OkStatus()
                             : services.pipeline.admission().DrainingError();
  stream.Close();
  transport.Finish(ToGrpcStatus(status), &operation);
  co_await operation;
  // A read that was under way fails once the call has ended.
  while (stream.reading()) co_await work;
  auto closed = draining.Closed();
  co_await closed;
  auto unwatched = reader.Closed();
  co_await unwatched;
  co_await end;
}

}  // namespace wanwu::rpc
