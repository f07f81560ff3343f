#include "server/rpc/health_calls.h"

#include <optional>

#include "server/rpc/call_end.h"
#include "server/rpc/completion_tag.h"
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

grpc::Status Check(const HealthContext& context,
                   const HealthCheckRequest& request,
                   HealthCheckResponse& response) {
  const std::optional<Serving> serving = context.state.Get(request.service());
  if (!serving.has_value()) {
    return grpc::Status(grpc::StatusCode::NOT_FOUND, "unknown service");
  }
  response = ToResponse(serving);
  return grpc::Status::OK;
}

grpc::Status List(const HealthContext& context,
                  const HealthListRequest& /*request*/,
                  HealthListResponse& response) {
  for (const auto& [service, serving] : context.state.List()) {
    (*response.mutable_statuses())[service] = ToResponse(serving);
  }
  return grpc::Status::OK;
}

}  // namespace

DetachedTask ServeHealthCheck(HealthContext& context,
                              grpc::ServerCompletionQueue& queue) {
  return ServeUnary(context, queue, &HealthService::RequestCheck, &Check);
}

DetachedTask ServeHealthList(HealthContext& context,
                             grpc::ServerCompletionQueue& queue) {
  return ServeUnary(context, queue, &HealthService::RequestList, &List);
}

DetachedTask ServeHealthWatch(HealthContext& context,
                              grpc::ServerCompletionQueue& queue) {
  const LiveCalls::Token live(context.live_calls);
  grpc::ServerContext server_context;
  CallEnd end(server_context);
  HealthCheckRequest request;
  grpc::ServerAsyncWriter<HealthCheckResponse> writer(&server_context);
  Operation operation;
  context.service.RequestWatch(&server_context, &request, &writer, &queue,
                               &queue, &operation);
  const bool began = co_await operation;
  if (!began) co_return;
  ServeHealthWatch(context, queue);

  WakeSignal wake;
  BroadcastListener changes(context.state.changes(), queue,
                            [&wake] { wake.Set(); });
  end.OnCancel([&wake] { wake.Set(); });

  std::optional<HealthCheckResponse> last;
  bool writable = true;
  while (writable && !end.cancelled()) {
    // Read before the state, so that the last state is not left out.
    const bool ended = context.state.watches_ended();
    const HealthCheckResponse now =
        ToResponse(context.state.Get(request.service()));
    if (last.has_value() && last->status() == now.status()) {
      if (ended) break;
      co_await wake;
      continue;
    }
    last = now;
    writer.Write(now, &operation);
    writable = co_await operation;
  }

  auto closed = changes.Closed();
  co_await closed;
  writer.Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE,
                             "the server is shutting down"),
                &operation);
  co_await operation;
  co_await end;
}

}  // namespace wanwu::rpc
