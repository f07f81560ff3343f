#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/async_stream.h>

namespace wanwu::rpc {

using MessageStream =
    grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;

// How a service requests a method of its that is served as a stream.
template <typename Service>
using PostStreamed = void (Service::*)(grpc::ServerContext*, MessageStream*,
                                       grpc::CompletionQueue*,
                                       grpc::ServerCompletionQueue*, void*);

// A generated service `Base` whose method number `kMethod`, which takes one
// message, is served as a stream, which callers cannot tell. gRPC then gives us
// the call as soon as its headers are there, and receives the message when we
// ask for it. Otherwise we would learn of a call once its message has come as a
// whole, so never of a caller who stalls in the middle of it. The messages are
// raw, because gRPC would parse them whatever they are made of.
template <typename Base, int kMethod>
class StreamedUnary : public Base {
 public:
  StreamedUnary() {
    this->MarkMethodStreamed(kMethod, nullptr);
    this->MarkMethodRaw(kMethod);
  }

  void RequestStreamed(grpc::ServerContext* context, MessageStream* stream,
                       grpc::CompletionQueue* call_queue,
                       grpc::ServerCompletionQueue* queue, void* tag) {
    this->RequestAsyncBidiStreaming(kMethod, context, stream, call_queue, queue,
                                    tag);
  }
};

}  // namespace wanwu::rpc
