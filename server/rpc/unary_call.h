#pragma once

#include <grpcpp/grpcpp.h>

#include "server/rpc/call_end.h"
#include "server/rpc/call_services.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/detached_task.h"

namespace wanwu::rpc {

// How a service requests its unary method: its generated Request… function.
template <typename Service, typename Request, typename Response>
using PostUnary = void (Service::*)(grpc::ServerContext*, Request*,
                                    grpc::ServerAsyncResponseWriter<Response>*,
                                    grpc::CompletionQueue*,
                                    grpc::ServerCompletionQueue*, void*);

// Fills the response, or says why not. On the poller: must not wait.
template <typename Request, typename Response>
using AnswerUnary = grpc::Status (*)(const CallServices&, const Request&,
                                     Response&);

// Posts one request of a unary method that is answered on the spot, answers
// it, and posts the next as soon as a caller came. `services` and `service`,
// of which Base is the part with the method, outlive the call.
template <typename Service, typename Base, typename Request, typename Response>
DetachedTask ServeUnary(CallServices& services, Service& service,
                        grpc::ServerCompletionQueue& queue,
                        PostUnary<Base, Request, Response> post,
                        AnswerUnary<Request, Response> answer) {
  const LiveCalls::Token live(services.live_calls);
  grpc::ServerContext context;
  CallEnd end(context);
  Request request;
  grpc::ServerAsyncResponseWriter<Response> writer(&context);
  Operation operation;
  (service.*post)(&context, &request, &writer, &queue, &queue, &operation);
  const bool began = co_await operation;
  if (!began) co_return;
  ServeUnary(services, service, queue, post, answer);

  Response response;
  const grpc::Status status = answer(services, request, response);
  if (status.ok()) {
    writer.Finish(response, status, &operation);
  } else {
    writer.FinishWithError(status, &operation);
  }
  co_await operation;
  co_await end;
}

}  // namespace wanwu::rpc
