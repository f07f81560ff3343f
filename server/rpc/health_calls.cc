#include "server/rpc/health_calls.h"

#include <optional>
#include <string>

#include "server/rpc/call_end.h"
#include "server/rpc/caller_check.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/health_answers.h"
#include "server/rpc/out_of_memory.h"
#include "server/rpc/raw_message.h"
#include "server/rpc/reader_watch.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/small_message.h"
#include "server/rpc/timed_read.h"
#include "server/rpc/unary_call.h"
#include "server/rpc/wake_signal.h"

namespace wanwu::rpc {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using grpc::health::v1::HealthListRequest;
using grpc::health::v1::HealthListResponse;

grpc::Status Check(const CallServices& services,
                   const HealthCheckRequest& request,
                   HealthCheckResponse& response) {
  return AnswerCheck(services.health, request, response);
}

grpc::Status List(const CallServices& services,
                  const HealthListRequest& /*request*/,
                  HealthListResponse& response) {
  return AnswerList(services.health, response);
}

// The service to watch; none if it is unknown, which it then stays.
absl::StatusOr<std::optional<std::string>> WatchedService(
    const CallServices& services, const absl::Status& allowed,
    TimedRead::Result received, grpc::ByteBuffer& message) {
  if (!allowed.ok()) return allowed;
  using Service = std::optional<std::string>;
  return OrOutOfMemory([&]() -> absl::StatusOr<Service> {
    HealthCheckRequest request;
    absl::Status status = ParseSmallMessage(
        received, services.limits.receive_timeout, message, request);
    if (!status.ok()) return status;
    const bool known = services.health.Get(request.service()).has_value();
    return known ? Service(request.service()) : Service();
  });
}

}  // namespace

DetachedTask ServeHealthCheck(CallServices& services, HealthService& service,
                              grpc::ServerCompletionQueue& queue) {
  return ServeUnary(services, service, queue,
                    &HealthCheckMethod::RequestStreamed, "Check", &Check);
}

DetachedTask ServeHealthList(CallServices& services, HealthService& service,
                             grpc::ServerCompletionQueue& queue) {
  return ServeUnary(services, service, queue,
                    &HealthListMethod::RequestStreamed, "List", &List);
}

DetachedTask ServeHealthWatch(CallServices& services, HealthService& service,
                              grpc::ServerCompletionQueue& queue) {
  LiveCalls::Token live(services.live_calls);
  grpc::ServerContext context;
  CallEnd end(context);
  MessageStream stream(&context);
  Operation operation;
  service.HealthWatchMethod::RequestStreamed(&context, &stream, &queue, &queue,
                                             &operation);
  const bool began = co_await operation;
  if (!began) co_return;
  live.Enter(LiveCalls::Stage::kReceiving);
  ServeHealthWatch(services, service, queue);

  grpc::ByteBuffer message;
  TimedRead read(queue);
  const absl::Status allowed =
      CheckCaller(services.access, context, {HealthService::kName, "Watch"})
          .status();
  if (allowed.ok())
    read.Start(stream, message, services.limits.receive_timeout);
  const TimedRead::Result received = co_await read;
  live.Enter(LiveCalls::Stage::kAnswering);
  const CallLimit::Place place(services.health_watches);
  const absl::StatusOr<std::optional<std::string>> watched =
      place ? WatchedService(services, allowed, received, message)
            : services.health_watches.Refusal();
  if (!watched.ok()) {
    AddTrailers(watched.status(), context);
    stream.Finish(ToGrpcStatus(watched.status()), &operation);
    co_await operation;
    auto ended = read.Ended();
    co_await ended;
    co_await end;
    co_return;
  }

  WakeSignal wake;
  BroadcastListener changes(services.health.changes(), queue,
                            [&wake] { wake.Set(); });
  end.OnCancel([&wake] { wake.Set(); });

  ReaderWatch reader(services, queue, context, "Watch");

  std::optional<HealthCheckResponse> last;
  bool writable = true;
  while (writable && !end.cancelled()) {
    // Read before the state, so that the last state is not left out.
    const bool ended = services.health.watches_ended();
    const HealthCheckResponse now = ToResponse(
        watched->has_value() ? services.health.Get(**watched) : std::nullopt);
    if (last.has_value() && last->status() == now.status()) {
      if (ended) break;
      co_await wake;
      continue;
    }
    last = now;
    reader.WriteBegins();
    const grpc::ByteBuffer answer = ToByteBuffer(now);
    stream.Write(answer, &operation);
    writable = co_await operation;
    reader.WriteEnded();
  }

  auto closed = changes.Closed();
  co_await closed;
  auto unwatched = reader.Closed();
  co_await unwatched;
  stream.Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE,
                             "the server is shutting down"),
                &operation);
  co_await operation;
  co_await end;
}

}  // namespace wanwu::rpc
