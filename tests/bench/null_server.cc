// A gRPC server with nothing behind it: it takes whatever a call's first
// message is and refuses the call at once. What a load costs here is the cost
// of sending and receiving it, whatever server there is.
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <iostream>
#include <memory>
#include <string>

namespace {

constexpr int kMaxMessageBytes = 20 << 20;

class Call {
 public:
  Call(grpc::AsyncGenericService& service, grpc::ServerCompletionQueue& queue)
      : service_(service), queue_(queue), stream_(&context_) {
    service_.RequestCall(&context_, &stream_, &queue_, &queue_, this);
  }

  // Deletes itself at its end.
  void Proceed(bool ok) {
    switch (state_) {
      case State::kWaiting:
        if (!ok) break;
        new Call(service_, queue_);
        state_ = State::kReading;
        stream_.Read(&message_, this);
        return;
      case State::kReading:
        state_ = State::kEnding;
        stream_.Finish(
            grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "refused"),
            this);
        return;
      case State::kEnding:
        break;
    }
    delete this;
  }

 private:
  enum class State { kWaiting, kReading, kEnding };

  grpc::AsyncGenericService& service_;
  grpc::ServerCompletionQueue& queue_;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter stream_;
  grpc::ByteBuffer message_;
  State state_ = State::kWaiting;
};

}  // namespace

// Listens on a free port of 127.0.0.1, says which as wanwu-server does, and
// serves until a signal ends it.
int main() {
  grpc::AsyncGenericService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.RegisterAsyncGenericService(&service);
  const std::unique_ptr<grpc::ServerCompletionQueue> queue =
      builder.AddCompletionQueue();
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::cerr << R"({"event":"server_listening","port":)" << port << "}\n"
            << R"({"event":"server_serving"})" << std::endl;

  new Call(service, *queue);
  void* tag = nullptr;
  bool ok = false;
  while (queue->Next(&tag, &ok)) static_cast<Call*>(tag)->Proceed(ok);
}
