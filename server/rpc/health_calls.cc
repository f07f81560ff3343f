#include "server/rpc/health_calls.h"

#include <optional>

#include "server/rpc/call_end.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/reader_watch.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/unary_call.h"
#include "server/rpc/wake_signal.h"

namespace wanwu::rpc {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using grpc::health::v1::HealthListRequest;
using grpc::health::v1::HealthListResponse;

HealthCheckResponse ToResponse(std::optional<Serving> serving) {
  HealthCheckResponse response;
  if (!serving.has_value()) {
    response.set_status(HealthCheckResponse::SERVICE_UNKNOWN);
  } else if (*serving == Serving::kYes) {
    response.set_status(HealthCheckResponse::SERVING);
  } else {
    response.set_status(HealthCheckResponse::NOT_SERVING);
  }
  return response;
}

grpc::Status Check(const CallServices& services,
                   const HealthCheckRequest& request,
                   HealthCheckResponse& response) {
  const std::optional<Serving> serving = services.health.Get(request.service());
  if (!serving.has_value()) {
    return grpc::Status(grpc::StatusCode::NOT_FOUND, "unknown service");
  }
  response = ToResponse(serving);
  return grpc::Status::OK;
}

grpc::Status List(const CallServices& services,
                  const HealthListRequest& /*request*/,
                  HealthListResponse& response) {
  for (const auto& [service, serving] : services.health.List()) {
    (*response.mutable_statuses())[service] = ToResponse(serving);
  }
  return grpc::Status::OK;
}

}  // namespace

DetachedTask ServeHealthCheck(CallServices& services, HealthService& service,
                              grpc::ServerCompletionQueue& queue) {
  return ServeUnary(services, service, queue,
                    &HealthCheckMethod::RequestStreamed, &Check);
}

DetachedTask ServeHealthList(CallServices& services, HealthService& service,
                             grpc::ServerCompletionQueue& queue) {
  return ServeUnary(services, service, queue,
                    &HealthListMethod::RequestStreamed, &List);
}

DetachedTask ServeHealthWatch(CallServices& services, HealthService& service,
                              grpc::ServerCompletionQueue& queue) {
  const LiveCalls::Token live(services.live_calls);
  grpc::ServerContext context;
  CallEnd end(context);
  HealthCheckRequest request;
  grpc::ServerAsyncWriter<HealthCheckResponse> writer(&context);
  Operation operation;
  service.RequestWatch(&context, &request, &writer, &queue, &queue, &operation);
  const bool began = co_await operation;
  if (!began) co_return;
  ServeHealthWatch(services, service, queue);

  const CallLimit::Place place(services.health_watches);
  if (!place) {
    const absl::Status refusal = services.health_watches.Refusal();
    AddTrailers(refusal, context);
    writer.Finish(ToGrpcStatus(refusal), &operation);
    co_await operation;
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
    const HealthCheckResponse now =
        ToResponse(services.health.Get(request.service()));
    if (last.has_value() && last->status() == now.status()) {
      if (ended) break;
      co_await wake;
      continue;
    }
    last = now;
    reader.WriteBegins();
    writer.Write(now, &operation);
    writable = co_await operation;
    reader.WriteEnded();
  }

  auto closed = changes.Closed();
  co_await closed;
  auto unwatched = reader.Closed();
  co_await unwatched;
  writer.Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE,
                             "the server is shutting down"),
                &operation);
  co_await operation;
  co_await end;
}

}  // namespace wanwu::rpc
