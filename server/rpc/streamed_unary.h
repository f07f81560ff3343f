#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/async_stream.h>

#include <type_traits>

namespace wanwu::rpc {

template <typename Request, typename Response>
using UnaryStream = grpc::ServerAsyncReaderWriter<Response, Request>;

// How a service requests a unary method of its that is served as a stream.
template <typename Service, typename Request, typename Response>
using PostStreamed = void (Service::*)(grpc::ServerContext*,
                                       UnaryStream<Request, Response>*,
                                       grpc::CompletionQueue*,
                                       grpc::ServerCompletionQueue*, void*);

// A generated service `Base` whose unary method number `kMethod` is served as a
// stream of one message each way, which callers cannot tell; raw unless the
// messages' types are given. gRPC then gives us the call as soon as its headers
// are there, and receives the message when we ask for it. Of a plain unary call
// we would learn once its message has come as a whole, so never of a caller who
// stalls in the middle of it.
template <typename Base, int kMethod, typename Request = grpc::ByteBuffer,
          typename Response = grpc::ByteBuffer>
class StreamedUnary : public Base {
 public:
  StreamedUnary() {
    this->MarkMethodStreamed(kMethod, nullptr);
    if constexpr (std::is_same_v<Request, grpc::ByteBuffer>) {
      this->MarkMethodRaw(kMethod);
    } else {
      this->MarkMethodAsync(kMethod);
    }
  }

  void RequestStreamed(grpc::ServerContext* context,
                       UnaryStream<Request, Response>* stream,
                       grpc::CompletionQueue* call_queue,
                       grpc::ServerCompletionQueue* queue, void* tag) {
    this->RequestAsyncBidiStreaming(kMethod, context, stream, call_queue, queue,
                                    tag);
  }
};

}  // namespace wanwu::rpc
