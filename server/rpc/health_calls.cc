#include "server/rpc/health_calls.h"

#include <optional>
#include <string>

#include "server/rpc/caller_check.h"
#include "server/rpc/health_answers.h"
#include "server/rpc/message_call.h"
#include "server/rpc/out_of_memory.h"
#include "server/rpc/raw_message.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/small_message.h"
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
  MessageCall call(services, queue, "Watch");
  auto beginning = call.Begin(service, &HealthWatchMethod::RequestStreamed);
  const bool began = co_await beginning;
  if (!began) co_return;
  ServeHealthWatch(services, service, queue);

  grpc::ByteBuffer message;
  const absl::Status allowed = CheckCaller(services.access, call.context(),
                                           {HealthService::kName, "Watch"})
                                   .status();
  auto receiving = call.Receive(allowed.ok(), message);
  const TimedRead::Result received = co_await receiving;
  const CallLimit::Place place(services.health_watches);
  const absl::StatusOr<std::optional<std::string>> watched =
      place || !allowed.ok()
          ? WatchedService(services, allowed, received, message)
          : services.health_watches.Refusal();
  if (!watched.ok()) {
    AddTrailers(watched.status(), call.context());
    auto refusing = call.Finish(ToGrpcStatus(watched.status()));
    co_await refusing;
    co_return;
  }

  WakeSignal wake;
  BroadcastListener changes(services.health.changes(), queue,
                            [&wake] { wake.Set(); });
  call.end().OnCancel([&wake] { wake.Set(); });

  std::optional<HealthCheckResponse> last;
  bool writable = true;
  while (writable && !call.end().cancelled()) {
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
    auto writing = call.Write(ToByteBuffer(now));
    writable = co_await writing;
  }

  auto closed = changes.Closed();
  co_await closed;
  auto finishing = call.Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE,
                                            "the server is shutting down"));
  co_await finishing;
}

}  // namespace wanwu::rpc
