#pragma once

#include <grpcpp/grpcpp.h>

namespace wanwu::rpc {

// A generated service `Base` whose unary method number `kMethod` is served as a
// raw stream of one message each way, which callers cannot tell. gRPC then
// gives us the call as soon as its headers are there, and receives the message
// when we ask for it. Of a plain unary call we would learn once its message has
// come as a whole, so never of a caller who stalls in the middle of it.
template <typename Base, int kMethod>
class StreamedUnary : public Base {
 public:
  using Stream =
      grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;

  StreamedUnary() {
    this->MarkMethodStreamed(kMethod, nullptr);
    this->MarkMethodRaw(kMethod);
  }

  void RequestStreamed(grpc::ServerContext* context, Stream* stream,
                       grpc::CompletionQueue* call_queue,
                       grpc::ServerCompletionQueue* queue, void* tag) {
    this->RequestAsyncBidiStreaming(kMethod, context, stream, call_queue, queue,
                                    tag);
  }
};

}  // namespace wanwu::rpc
