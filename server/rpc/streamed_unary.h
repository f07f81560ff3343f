#pragma once

#include <grpcpp/grpcpp.h>

namespace wanwu::rpc {

using RawServerStream =
    grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;

// How a service requests a method of its that is served as a raw stream.
template <typename Service>
using PostRawStream = void (Service::*)(grpc::ServerContext*, RawServerStream*,
                                        grpc::CompletionQueue*,
                                        grpc::ServerCompletionQueue*, void*);

// A generated service `Base` whose unary method number `kMethod` is served as a
// raw stream of one message each way, which callers cannot tell. gRPC then
// gives us the call as soon as its headers are there, and receives the message
// when we ask for it. Of a plain unary call we would learn once its message has
// come as a whole, so never of a caller who stalls in the middle of it.
template <typename Base, int kMethod>
class StreamedUnary : public Base {
 public:
  StreamedUnary() {
    this->MarkMethodStreamed(kMethod, nullptr);
    this->MarkMethodRaw(kMethod);
  }

  void RequestStreamed(grpc::ServerContext* context, RawServerStream* stream,
                       grpc::CompletionQueue* call_queue,
                       grpc::ServerCompletionQueue* queue, void* tag) {
    this->RequestAsyncBidiStreaming(kMethod, context, stream, call_queue, queue,
                                    tag);
  }
};

}  // namespace wanwu::rpc
