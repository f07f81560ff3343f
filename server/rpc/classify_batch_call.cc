#include "server/rpc/classify_batch_call.h"

#include "server/errors/service_error.h"
#include "server/rpc/batch_stream.h"
#include "server/rpc/broadcast.h"
#include "server/rpc/call_end.h"
#include "server/rpc/caller_check.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/reader_watch.h"
#include "server/rpc/rpc_status.h"

namespace wanwu::rpc {

DetachedTask ServeClassifyBatch(CallServices& services,
                                ClassifierService& service,
                                grpc::ServerCompletionQueue& queue) {
  LiveCalls::Token live(services.live_calls);
  grpc::ServerContext context;
  CallEnd end(context);
  BatchStream::Transport transport(&context);
  Operation operation;
  service.RequestClassifyBatch(&context, &transport, &queue, &queue,
                               &operation);
  const bool began = co_await operation;
  if (!began) co_return;
  live.Enter(LiveCalls::Stage::kAnswering);
  ServeClassifyBatch(services, service, queue);

  absl::StatusOr<CallAttributes> attributes = AdmitCaller(
      services, context, {ClassifierService::kName, "ClassifyBatch"});
  if (!attributes.ok()) {
    transport.Finish(ToGrpcStatus(attributes.status()), &operation);
    co_await operation;
    co_await end;
    co_return;
  }

  BatchStream stream(services, queue, transport, *attributes);
  BroadcastListener draining(services.draining, queue,
                             [&stream] { stream.StopReading(); });
  // Draining may have begun before this call listened.
  if (services.drain_begun) stream.StopReading();
  end.OnCancel([&stream] { stream.Cancel(); });
  ReaderWatch reader(services, queue, context, "ClassifyBatch");
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
