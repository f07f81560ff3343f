#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "tests/server/oip/infer_fixture.h"

namespace wanwu::oip {
namespace {

using inference::ModelInferRequest;
using inference::ModelStreamInferResponse;
using ::testing::HasSubstr;

class OpenStream {
 public:
  explicit OpenStream(InferServer& server) {
    SetTestDeadline(context_);
    stream_ = server.inference().ModelStreamInfer(&context_);
  }

  bool Send(int picture, const std::string& id) {
    ModelInferRequest request = RequestOf("BYTES", {picture}, Contents::kRaw);
    request.set_id(id);
    return stream_->Write(request);
  }

  ModelStreamInferResponse Receive() {
    ModelStreamInferResponse response;
    EXPECT_TRUE(stream_->Read(&response));
    return response;
  }

  grpc::Status End() {
    ModelStreamInferResponse response;
    stream_->WritesDone();
    EXPECT_FALSE(stream_->Read(&response));
    return stream_->Finish();
  }

  grpc::ClientContext& context() { return context_; }
  auto& stream() { return *stream_; }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<
      grpc::ClientReaderWriter<ModelInferRequest, ModelStreamInferResponse>>
      stream_;
};

TEST(ModelStreamInferTest, AnswersComeInTheOrderOfTheRequests) {
  constexpr int kRequests = 40;
  InferServer server;
  server.Install();
  OpenStream stream(server);
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_TRUE(stream.Send(i, std::to_string(i)));
  }
  for (int i = 0; i < kRequests; ++i) {
    const ModelStreamInferResponse response = stream.Receive();
    EXPECT_EQ(response.error_message(), "");
    EXPECT_EQ(response.infer_response().id(), std::to_string(i));
    EXPECT_EQ(response.infer_response().outputs_size(), 2);
  }
  EXPECT_TRUE(stream.End().ok());
}

TEST(ModelStreamInferTest, ErrorDoesNotEndTheStream) {
  InferServer server;
  server.Install();
  OpenStream stream(server);
  ModelInferRequest wrong = RequestOf("BYTES", {1}, Contents::kRaw);
  wrong.set_model_name("nope");
  wrong.set_id("bad");

  stream.stream().Write(wrong);
  const ModelStreamInferResponse refused = stream.Receive();
  stream.Send(2, "good");
  const ModelStreamInferResponse answered = stream.Receive();

  EXPECT_THAT(refused.error_message(), HasSubstr("nope"));
  EXPECT_EQ(refused.infer_response().id(), "bad");
  EXPECT_EQ(refused.infer_response().outputs_size(), 0);
  EXPECT_EQ(answered.infer_response().id(), "good");
  EXPECT_TRUE(stream.End().ok());
}

TEST(ModelStreamInferTest, CallerWhoLeavesFreesWhatIsInFlight) {
  InferServer server;
  server.OccupyLane(server.Install());
  OpenStream stream(server);
  stream.Send(1, "a");
  stream.Send(2, "b");
  server.AwaitJobs(2);

  stream.context().TryCancel();

  EXPECT_EQ(stream.stream().Finish().error_code(), grpc::StatusCode::CANCELLED);
  server.AwaitJobs(1);
}

TEST(ModelStreamInferTest, DrainingEndsTheStreamOnceItIsAnswered) {
  InferServer server;
  const FakeModel& model = server.Install();
  OpenStream stream(server);
  model.classifier->gate().Close();
  stream.Send(1, "a");
  model.classifier->gate().AwaitHeld(1);

  server.BeginDrain();
  model.classifier->gate().Open();

  EXPECT_EQ(stream.Receive().infer_response().id(), "a");
  ModelStreamInferResponse response;
  EXPECT_FALSE(stream.stream().Read(&response));
  EXPECT_EQ(stream.stream().Finish().error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST(ModelStreamInferTest, IdleStreamEndsWhenDrainingBegins) {
  InferServer server;
  server.Install();
  OpenStream stream(server);
  stream.Send(1, "a");
  stream.Receive();

  server.BeginDrain();

  ModelStreamInferResponse response;
  EXPECT_FALSE(stream.stream().Read(&response));
  EXPECT_EQ(stream.stream().Finish().error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace wanwu::oip
