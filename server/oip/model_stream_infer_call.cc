#include <utility>

#include "server/oip/infer_stream.h"
#include "server/oip/model_infer_call.h"
#include "server/rpc/broadcast.h"
#include "server/rpc/call_end.h"
#include "server/rpc/caller_check.h"
#include "server/rpc/reader_watch.h"
#include "server/rpc/rpc_status.h"

namespace wanwu::oip {

using namespace rpc;  // NOLINT: as rpc/classify_batch_call.cc

DetachedTask ServeModelStreamInfer(CallServices& services,
                                   InferenceMethods& service,
                                   grpc::ServerCompletionQueue& queue) {
  LiveCalls::Token live(services.live_calls);
  grpc::ServerContext context;
  CallEnd end(context);
  InferStream::Transport transport(&context);
  Operation operation;
  service.RequestModelStreamInfer(&context, &transport, &queue, &queue,
                                  &operation);
  const bool began = co_await operation;
  if (!began) co_return;
  live.Enter(LiveCalls::Stage::kAnswering);
  ServeModelStreamInfer(services, service, queue);

  absl::StatusOr<CallAttributes> attributes = AdmitCaller(
      services, context, {InferenceMethods::kName, "ModelStreamInfer"});
  if (!attributes.ok()) {
    transport.Finish(ToGrpcStatus(attributes.status()), &operation);
    co_await operation;
    co_await end;
    co_return;
  }

  InferStream stream(services, queue, transport, *attributes);
  BroadcastListener draining(services.draining, queue,
                             [&stream] { stream.StopReading(); });
  // Draining may have begun before this call listened.
  if (services.drain_begun) stream.StopReading();
  end.OnCancel([&stream] { stream.Cancel(); });
  ReaderWatch reader(services, queue, context, "ModelStreamInfer");
  WakeSignal& work = stream.work();
  stream.Read();
  while (stream.HasMessage() || (stream.reading() && !stream.stopping())) {
    if (!stream.HasMessage()) {
      co_await work;
      continue;
    }
    auto answering = stream.AnswerMessage(operation);
    const grpc::ByteBuffer answer = co_await answering;
    reader.WriteBegins();
    transport.Write(answer, &operation);
    const bool ok = co_await operation;
    reader.WriteEnded();
    if (!ok) stream.Cancel();
  }

  const absl::Status status =
      stream.half_closed() ? absl::OkStatus()
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

}  // namespace wanwu::oip
