#include "server/rpc/streamed_unary.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/rpc/call_end.h"
#include "server/rpc/cq_poller.h"
#include "server/rpc/detached_task.h"
#include "server/rpc/timed_read.h"
#include "wanwu/v1/image_classifier.grpc.pb.h"

namespace wanwu::rpc {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using wanwu::v1::ImageClassifier;

using Service = StreamedUnary<ImageClassifier::Service, 0>;

// Answers a message with an empty one, and a late one with an error.
DetachedTask ServeOne(Service& service, grpc::ServerCompletionQueue& queue,
                      nanoseconds timeout) {
  grpc::ServerContext context;
  CallEnd end(context);
  MessageStream stream(&context);
  Operation operation;
  service.RequestStreamed(&context, &stream, &queue, &queue, &operation);
  const bool began = co_await operation;
  if (!began) co_return;
  TimedRead read(queue);
  grpc::ByteBuffer message;
  read.Start(stream, message, timeout);
  const TimedRead::Result result = co_await read;
  grpc::Slice nothing;
  const grpc::ByteBuffer answer(&nothing, 1);
  const grpc::WriteOptions options;
  if (result == TimedRead::Result::kMessage) {
    stream.WriteAndFinish(answer, options, grpc::Status::OK, &operation);
  } else {
    const grpc::Status status(
        grpc::StatusCode::DEADLINE_EXCEEDED,
        result == TimedRead::Result::kTimedOut ? "too slow" : "no message");
    stream.Finish(status, &operation);
  }
  co_await operation;
  auto ended = read.Ended();
  co_await ended;
  co_await end;
}

class StreamedUnaryTest : public testing::Test {
 protected:
  ~StreamedUnaryTest() override {
    server_->Shutdown(std::chrono::system_clock::now());
    poller_->Shutdown();
    poller_->Join();
  }

  // One call, whose message must come in time.
  void Serve(nanoseconds timeout) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.RegisterService(&service_);
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    poller_ = std::make_unique<CqPoller>(builder.AddCompletionQueue(), clock_);
    server_ = builder.BuildAndStart();
    ServeOne(service_, poller_->queue(), timeout);
    poller_->Start();
    channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", port),
                                   grpc::InsecureChannelCredentials());
  }

  // A call of the same method by a caller who sends no message, and says so or
  // does not.
  grpc::Status CallWithoutMessage(bool half_close) {
    grpc::GenericStub stub(channel_);
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    const auto next = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      queue.Next(&tag, &ok);
    };
    const auto call = stub.PrepareCall(
        &context, "/wanwu.v1.ImageClassifier/Classify", &queue);
    call->StartCall(nullptr);
    next();
    if (half_close) {
      call->WritesDone(nullptr);
      next();
    }
    grpc::Status status;
    call->Finish(&status, nullptr);
    next();
    return status;
  }

  const batching::SteadyClock clock_;
  Service service_;
  std::unique_ptr<CqPoller> poller_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(StreamedUnaryTest, OrdinaryCallersNoticeNothing) {
  Serve(hours(1));
  wanwu::v1::ClassifyRequest request;
  request.set_image(std::string(1 << 20, 'x'));
  grpc::ClientContext context;
  wanwu::v1::ClassifyResponse response;

  EXPECT_TRUE(ImageClassifier::NewStub(channel_)
                  ->Classify(&context, request, &response)
                  .ok());
}

TEST_F(StreamedUnaryTest, CallerWhoStallsIsToldOff) {
  Serve(milliseconds(1));

  const grpc::Status status = CallWithoutMessage(false);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(status.error_message(), "too slow");
}

TEST_F(StreamedUnaryTest, CallWithoutAMessageEndsAtOnce) {
  Serve(hours(1));

  EXPECT_EQ(CallWithoutMessage(true).error_message(), "no message");
}

}  // namespace
}  // namespace wanwu::rpc
