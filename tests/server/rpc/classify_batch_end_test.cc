#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "tests/server/rpc/batch_client.h"
#include "tests/support/rpc_errors.h"
#include "tests/support/test_server.h"

namespace wanwu::rpc {
namespace {

using namespace test_support;  // NOLINT

TEST(ClassifyBatchEndTest, EmptyStreamEndsWell) {
  TestServer server;
  BatchClient client(server);
  client.HalfClose();

  EXPECT_FALSE(client.Receive().has_value());
  EXPECT_TRUE(client.Finish().ok());
}

TEST(ClassifyBatchEndTest, HalfCloseWaitsForTheAnswers) {
  TestServer server;
  const FakeModel& model = server.Install();
  model.classifier->gate().Close();
  BatchClient client(server);
  for (int i = 0; i < 5; ++i) client.Send(std::to_string(i), i);
  client.HalfClose();
  server.AwaitJobs(5);

  model.classifier->gate().Open();

  EXPECT_EQ(client.ReceiveAll().size(), 5u);
  EXPECT_TRUE(client.Finish().ok());
}

TEST(ClassifyBatchEndTest, ClientCancelFreesWhatIsQueued) {
  TestServer server;
  const FakeModel& model = server.Install();
  server.OccupyLane(model);
  BatchClient client(server);
  for (int i = 1; i <= 10; ++i) client.Send(std::to_string(i), i);
  server.AwaitJobs(11);

  client.Cancel();

  // Only the one that occupies the lane is left.
  server.AwaitJobs(1);
  EXPECT_FALSE(client.Receive().has_value());
  EXPECT_EQ(client.Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(model.classifier->pictures_seen(), 1);
}

TEST(ClassifyBatchEndTest, ClientCancelDuringInferenceHarmsNobody) {
  TestServer server;
  const FakeModel& model = server.Install();
  model.classifier->gate().Close();
  BatchClient client(server);
  for (int i = 1; i <= 10; ++i) client.Send(std::to_string(i), i);
  model.classifier->gate().AwaitHeld(1);
  server.AwaitJobs(10);

  client.Cancel();
  // All but the one that runs.
  server.AwaitJobs(1);
  model.classifier->gate().Open();
  server.AwaitJobs(0);

  BatchClient next(server);
  next.Send("next", 7);
  EXPECT_EQ(BestOf(*next.Receive()), 7);
}

TEST(ClassifyBatchEndTest, CancelWhileTheServerHasStoppedReading) {
  TestServer server({.calls = {.max_stream_in_flight = 2}});
  const FakeModel& model = server.Install();
  server.OccupyLane(model);
  BatchClient client(server);
  for (int i = 1; i <= 10; ++i) client.Send(std::to_string(i), i);
  server.AwaitJobs(3);

  client.Cancel();

  server.AwaitJobs(1);
  EXPECT_EQ(client.Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST(ClassifyBatchEndTest, CancelWhileAPictureWaitsForRoom) {
  TestServer server({.queue_capacity = 2});
  const FakeModel& model = server.Install();
  server.OccupyLane(model);
  BatchClient client(server);
  for (int i = 1; i <= 3; ++i) client.Send(std::to_string(i), i);
  server.AwaitJobs(2);
  server.LetThePollerRun();

  client.Cancel();

  server.AwaitJobs(1);
  EXPECT_EQ(client.Finish().error_code(), grpc::StatusCode::CANCELLED);
  server.LetThePollerRun();
  EXPECT_EQ(server.pipeline().admission().jobs(), 1);
}

TEST(ClassifyBatchEndTest, DrainRefusesThePictureThatWaitsForRoom) {
  TestServer server({.queue_capacity = 1});
  const FakeModel& model = server.Install();
  model.classifier->gate().Close();
  BatchClient client(server);
  client.Send("first", 1);
  client.Send("waiting", 2);
  server.AwaitJobs(1);
  server.LetThePollerRun();

  server.BeginDrain();
  model.classifier->gate().Open();
  const auto answers = client.ReceiveAll();

  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(BestOf(answers.at("first")), 1);
  EXPECT_EQ(ReasonOf(answers.at("waiting").error()), "DRAINING");
  EXPECT_EQ(client.Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(ClassifyBatchEndTest, OversizedMessageEndsTheStreamWithAnError) {
  TestServer server({.max_message_bytes = 10'000});
  server.Install();
  BatchClient client(server);
  client.Send("good", 5);
  EXPECT_EQ(BestOf(*client.Receive()), 5);
  wanwu::v1::ClassifyBatchRequest request;
  request.mutable_request()->set_image(std::string(20'000, 'x'));

  client.Send(request);

  EXPECT_FALSE(client.Receive().has_value());
  EXPECT_EQ(client.Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST(ClassifyBatchEndTest, DrainEndsAnIdleStream) {
  TestServer server;
  server.Install();
  BatchClient client(server);
  client.Send("answered", 5);
  ASSERT_TRUE(client.Receive().has_value());

  server.BeginDrain();

  EXPECT_FALSE(client.Receive().has_value());
  const grpc::Status status = client.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "DRAINING");
}

TEST(ClassifyBatchEndTest, DrainAnswersWhatWasReadBeforeItEndsTheStream) {
  TestServer server;
  const FakeModel& model = server.Install();
  model.classifier->gate().Close();
  BatchClient client(server);
  for (int i = 0; i < 5; ++i) client.Send(std::to_string(i), i);
  server.AwaitJobs(5);

  server.BeginDrain();
  model.classifier->gate().Open();
  const auto answers = client.ReceiveAll();

  ASSERT_EQ(answers.size(), 5u);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(BestOf(answers.at(std::to_string(i))), i);
  }
  EXPECT_EQ(client.Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(ClassifyBatchEndTest, DrainAfterHalfCloseStillEndsWell) {
  TestServer server;
  const FakeModel& model = server.Install();
  model.classifier->gate().Close();
  BatchClient client(server);
  client.Send("only", 5);
  client.HalfClose();
  server.AwaitJobs(1);
  server.LetThePollerRun();

  server.BeginDrain();
  model.classifier->gate().Open();

  EXPECT_EQ(BestOf(*client.Receive()), 5);
  EXPECT_FALSE(client.Receive().has_value());
  EXPECT_TRUE(client.Finish().ok());
}

TEST(ClassifyBatchEndTest, StreamThatBeginsWhileDrainingEndsAtOnce) {
  TestServer server;
  server.Install();
  server.LetThePollerRun();  // so there is a connection
  server.BeginDrain();

  BatchClient client(server);

  EXPECT_FALSE(client.Receive().has_value());
  const grpc::Status status = client.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "DRAINING");
}

// A message may arrive after the stream was told to stop and before the client
// learns of its end.
TEST(ClassifyBatchEndTest, MessagesAgainstDrainLoseNoAdmittedAnswer) {
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE(round);
    TestServer server;
    const FakeModel& model = server.Install();
    BatchClient client(server);
    client.Send("0", 0);
    ASSERT_TRUE(client.Receive().has_value());
    std::thread sender([&client] {
      for (int i = 1; client.Send(std::to_string(i), i); ++i) {
      }
    });

    server.BeginDrain();
    int answered = 1;
    while (const auto answer = client.Receive()) {
      if (answer->has_response()) ++answered;
    }
    sender.join();

    EXPECT_EQ(client.Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
    server.AwaitJobs(0);
    EXPECT_EQ(model.classifier->pictures_seen(), answered);
  }
}

}  // namespace
}  // namespace wanwu::rpc
