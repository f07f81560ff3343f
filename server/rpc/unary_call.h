#pragma once

#include <grpcpp/grpcpp.h>

#include "server/rpc/call_end.h"
#include "server/rpc/call_services.h"
#include "server/rpc/caller_check.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/detached_task.h"
#include "server/rpc/out_of_memory.h"
#include "server/rpc/raw_message.h"
#include "server/rpc/reader_watch.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/small_message.h"
#include "server/rpc/streamed_unary.h"
#include "server/rpc/timed_read.h"

namespace wanwu::rpc {

// Fills the response, or says why not. On the poller: must not wait.
template <typename Request, typename Response>
using AnswerUnary = grpc::Status (*)(const CallServices&, const Request&,
                                     Response&);

template <typename Request, typename Response>
grpc::Status AnswerMessage(const CallServices& services,
                           AnswerUnary<Request, Response> answer,
                           TimedRead::Result received,
                           grpc::ByteBuffer& message,
                           grpc::ByteBuffer& response_bytes) {
  grpc::Status answered;
  const absl::Status status = OrOutOfMemory([&] {
    Request request;
    absl::Status parsed = ParseSmallMessage(
        received, services.limits.receive_timeout, message, request);
    if (!parsed.ok()) return parsed;
    Response response;
    answered = answer(services, request, response);
    if (answered.ok()) response_bytes = ToByteBuffer(response);
    return parsed;
  });
  return status.ok() ? answered : ToGrpcStatus(status);
}

// Posts one request of a StreamedUnary that is answered on the spot, answers
// it, and posts the next as soon as a caller came. `services` and `service`,
// of which Base is the part with the method, outlive the call.
template <typename Service, typename Base, typename Request, typename Response>
DetachedTask ServeUnary(CallServices& services, Service& service,
                        grpc::ServerCompletionQueue& queue,
                        PostStreamed<Base> post, const char* method,
                        AnswerUnary<Request, Response> answer) {
  LiveCalls::Token live(services.live_calls);
  grpc::ServerContext context;
  CallEnd end(context);
  MessageStream stream(&context);
  Operation operation;
  (service.*post)(&context, &stream, &queue, &queue, &operation);
  const bool began = co_await operation;
  if (!began) co_return;
  live.Enter(LiveCalls::Stage::kReceiving);
  ServeUnary(services, service, queue, post, method, answer);

  grpc::ByteBuffer message;
  TimedRead read(queue);
  const absl::Status allowed =
      CheckCaller(services.access, context, {Service::kName, method}).status();
  if (allowed.ok())
    read.Start(stream, message, services.limits.receive_timeout);
  const TimedRead::Result received = co_await read;
  live.Enter(LiveCalls::Stage::kAnswering);
  grpc::ByteBuffer response;
  const grpc::Status status =
      allowed.ok()
          ? AnswerMessage(services, answer, received, message, response)
          : ToGrpcStatus(allowed);
  ReaderWatch reader(services, queue, context, method);
  reader.WriteBegins();
  if (status.ok()) {
    stream.WriteAndFinish(response, {}, status, &operation);
  } else {
    stream.Finish(status, &operation);
  }
  co_await operation;
  reader.WriteEnded();
  auto unwatched = reader.Closed();
  co_await unwatched;
  auto ended = read.Ended();
  co_await ended;
  co_await end;
}

}  // namespace wanwu::rpc
