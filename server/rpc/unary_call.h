#pragma once

#include <grpcpp/grpcpp.h>

#include "server/rpc/call_end.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/detached_task.h"
#include "server/rpc/live_calls.h"

namespace wanwu::rpc {

// How a service requests its unary method: its generated Request… function.
template <typename Service, typename Request, typename Response>
using PostUnary = void (Service::*)(grpc::ServerContext*, Request*,
                                    grpc::ServerAsyncResponseWriter<Response>*,
                                    grpc::CompletionQueue*,
                                    grpc::ServerCompletionQueue*, void*);

// Fills the response, or says why not. On the poller: must not wait.
template <typename Context, typename Request, typename Response>
using AnswerUnary = grpc::Status (*)(const Context&, const Request&, Response&);

// Posts one request of a unary method that is answered on the spot, answers
// it, and posts the next as soon as a caller came. `context` has the members
// `service` and `live_calls` and outlives the call.
template <typename Context, typename Service, typename Request,
          typename Response>
DetachedTask ServeUnary(Context& context, grpc::ServerCompletionQueue& queue,
                        PostUnary<Service, Request, Response> post,
                        AnswerUnary<Context, Request, Response> answer) {
  const LiveCalls::Token live(context.live_calls);
  grpc::ServerContext server_context;
  CallEnd end(server_context);
  Request request;
  grpc::ServerAsyncResponseWriter<Response> writer(&server_context);
  Operation operation;
  (context.service.*post)(&server_context, &request, &writer, &queue, &queue,
                          &operation);
  const bool began = co_await operation;
  if (!began) co_return;
  ServeUnary(context, queue, post, answer);

  Response response;
  const grpc::Status status = answer(context, request, response);
  if (status.ok()) {
    writer.Finish(response, status, &operation);
  } else {
    writer.FinishWithError(status, &operation);
  }
  co_await operation;
  co_await end;
}

}  // namespace wanwu::rpc
