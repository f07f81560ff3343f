#pragma once

#include <grpcpp/grpcpp.h>

#include <optional>

#include "server/rpc/call_services.h"
#include "server/rpc/caller_check.h"
#include "server/rpc/detached_task.h"
#include "server/rpc/message_call.h"
#include "server/rpc/out_of_memory.h"
#include "server/rpc/raw_message.h"
#include "server/rpc/rpc_status.h"
#include "server/rpc/small_message.h"
#include "server/rpc/unary_span.h"

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
  MessageCall call(services, queue, method);
  auto beginning = call.Begin(service, post);
  const bool began = co_await beginning;
  if (!began) co_return;
  ServeUnary(services, service, queue, post, method, answer);

  grpc::ByteBuffer message;
  const absl::Status allowed =
      CheckCaller(services.access, call.context(), {Service::kName, method})
          .status();
  std::optional<UnarySpan> span;
  if (Service::kTraced && allowed.ok()) {
    span.emplace(services, call.context(), Service::kName, method);
  }
  auto receiving = call.Receive(allowed.ok(), message);
  const TimedRead::Result received = co_await receiving;
  grpc::ByteBuffer response;
  const grpc::Status status =
      allowed.ok()
          ? AnswerMessage(services, answer, received, message, response)
          : ToGrpcStatus(allowed);
  if (span.has_value()) span->End(status);
  auto ending = status.ok() ? call.Answer(response) : call.Finish(status);
  co_await ending;
}

}  // namespace wanwu::rpc
