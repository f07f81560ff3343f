#include "server/rpc/classify_batch_call.h"

#include <map>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "tests/server/rpc/batch_client.h"
#include "tests/support/pictures.h"
#include "tests/support/raw_calls.h"
#include "tests/support/rpc_errors.h"
#include "tests/support/test_server.h"

namespace wanwu::rpc {
namespace {

using wanwu::v1::ClassifyBatchRequest;
using wanwu::v1::ClassifyBatchResponse;
using namespace test_support;  // NOLINT

constexpr char kClassifyBatch[] = "/wanwu.v1.ImageClassifier/ClassifyBatch";

TEST(ClassifyBatchCallTest, EveryAnswerCarriesItsRequestsId) {
  TestServer server({.lanes = 2});
  server.Install({.max_batch_size = 4});
  BatchClient client(server);
  for (int i = 0; i < 50; ++i) client.Send("id " + std::to_string(i), i);
  client.HalfClose();

  const auto answers = client.ReceiveAll();

  EXPECT_TRUE(client.Finish().ok());
  ASSERT_EQ(answers.size(), 50u);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(BestOf(answers.at("id " + std::to_string(i))), i);
  }
}

TEST(ClassifyBatchCallTest, IdsNeedNotBeUnique) {
  TestServer server;
  server.Install();
  BatchClient client(server);
  client.Send("same", 1);
  client.Send("same", 2);
  client.Send("", 3);
  client.HalfClose();

  int same = 0;
  int empty = 0;
  while (const auto answer = client.Receive()) {
    ++(answer->id().empty() ? empty : same);
  }

  EXPECT_TRUE(client.Finish().ok());
  EXPECT_EQ(same, 2);
  EXPECT_EQ(empty, 1);
}

TEST(ClassifyBatchCallTest, AnswersComeAsTheyComplete) {
  TestServer server({.lanes = 2});
  const FakeModel& slow = server.Install({.name = "slow"});
  server.Install({.name = "fast"});
  slow.classifier->gate().Close();
  BatchClient client(server);
  ClassifyBatchRequest first = BatchRequestFor("first", 1);
  first.mutable_request()->set_model("slow");
  ClassifyBatchRequest second = BatchRequestFor("second", 2);
  second.mutable_request()->set_model("fast");

  client.Send(first);
  slow.classifier->gate().AwaitHeld(1);
  client.Send(second);
  const auto earlier = client.Receive();
  slow.classifier->gate().Open();
  const auto later = client.Receive();

  EXPECT_EQ(earlier->id(), "second");
  EXPECT_EQ(later->id(), "first");
  client.HalfClose();
  EXPECT_FALSE(client.Receive().has_value());
  EXPECT_TRUE(client.Finish().ok());
}

TEST(ClassifyBatchCallTest, EachErrorAnswersItsOwnRequest) {
  TestServer server;
  server.Install();
  const Bytes broken = BrokenPicture();
  ClassifyBatchRequest bad_image;
  bad_image.set_id("broken");
  bad_image.mutable_request()->set_image(
      std::string(broken.begin(), broken.end()));
  ClassifyBatchRequest no_request;
  no_request.set_id("none");
  ClassifyBatchRequest bad_top_k = BatchRequestFor("top_k", 1);
  bad_top_k.mutable_request()->set_top_k(-1);
  ClassifyBatchRequest bad_model = BatchRequestFor("model", 1);
  bad_model.mutable_request()->set_model("nope");
  const ClassifyBatchRequest long_id =
      BatchRequestFor(std::string(257, 'x'), 1);

  BatchClient client(server);
  for (const auto& request :
       {bad_image, no_request, bad_top_k, bad_model, long_id}) {
    client.Send(request);
  }
  client.Send("good", 5);
  client.HalfClose();
  const auto answers = client.ReceiveAll();

  EXPECT_TRUE(client.Finish().ok());
  ASSERT_EQ(answers.size(), 6u);
  EXPECT_EQ(ReasonOf(answers.at("broken").error()), "IMAGE_DECODE_FAILED");
  EXPECT_EQ(ReasonOf(answers.at("none").error()), "IMAGE_EMPTY");
  EXPECT_EQ(ReasonOf(answers.at("top_k").error()), "FIELD_INVALID");
  EXPECT_EQ(ReasonOf(answers.at("model").error()), "MODEL_NOT_FOUND");
  EXPECT_EQ(answers.at("model").error().code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ReasonOf(answers.at("").error()), "FIELD_INVALID");
  EXPECT_EQ(BestOf(answers.at("good")), 5);
}

TEST(ClassifyBatchCallTest, LongNamesInErrorsDoNotBreakTheStream) {
  TestServer server;
  server.Install();
  std::string name;
  for (int i = 0; i < 100; ++i) name += "类";
  ClassifyBatchRequest request = BatchRequestFor("long", 1);
  request.mutable_request()->set_model(name);
  BatchClient client(server);

  client.Send(request);
  client.HalfClose();
  const auto answers = client.ReceiveAll();

  EXPECT_TRUE(client.Finish().ok());
  EXPECT_EQ(ReasonOf(answers.at("long").error()), "MODEL_NOT_FOUND");
}

TEST(ClassifyBatchCallTest, MessageThatIsNoMessageDoesNotEndTheStream) {
  TestServer server;
  server.Install();
  grpc::ClientContext context;
  SetTestDeadline(context);
  const auto stream = OpenRawStream(server.channel(), kClassifyBatch, context);

  stream->Write(RawMessage("\x0a\x05seven\x12\x7f"));
  stream->Write(RawMessage("\xff\xff\xff"));
  stream->Write(RawMessage(BatchRequestFor("good", 5).SerializeAsString()));
  stream->WritesDone();
  std::map<std::string, ClassifyBatchResponse> answers;
  grpc::ByteBuffer message;
  while (stream->Read(&message)) {
    ClassifyBatchResponse answer;
    ASSERT_TRUE(answer.ParseFromString(BytesOf(message)));
    answers[answer.id()] = answer;
  }

  EXPECT_TRUE(stream->Finish().ok());
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(BestOf(answers.at("good")), 5);
  EXPECT_EQ(ReasonOf(answers.at("").error()), "MESSAGE_MALFORMED");
}

TEST(ClassifyBatchCallTest, UnknownPriorityEndsTheStreamAtOnce) {
  TestServer server;
  server.Install();
  grpc::ClientContext context;
  SetTestDeadline(context);
  context.AddMetadata("wanwu-priority", "urgent");

  const auto stream = server.stub().ClassifyBatch(&context);
  ClassifyBatchResponse answer;

  EXPECT_FALSE(stream->Read(&answer));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "FIELD_INVALID");
}

TEST(ClassifyBatchCallTest, ReadsNoMoreThanTheBoundAhead) {
  constexpr int kBound = 4;
  TestServer server({.calls = {.max_stream_in_flight = kBound}});
  const FakeModel& model = server.Install();
  model.classifier->gate().Close();
  BatchClient client(server);
  for (int i = 0; i < 40; ++i) client.Send(std::to_string(i), i);
  client.HalfClose();
  server.AwaitJobs(kBound);
  server.LetThePollerRun();

  EXPECT_EQ(server.pipeline().admission().jobs(), kBound);
  model.classifier->gate().Open();
  const auto answers = client.ReceiveAll();

  EXPECT_TRUE(client.Finish().ok());
  ASSERT_EQ(answers.size(), 40u);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(BestOf(answers.at(std::to_string(i))), i);
  }
}

TEST(ClassifyBatchCallTest, RefusedMessagesCountAgainstTheBoundToo) {
  TestServer server({.calls = {.max_stream_in_flight = 2}});
  BatchClient client(server);
  ClassifyBatchRequest request;
  std::thread sender([&] {
    for (int i = 0; i < 500; ++i) {
      request.set_id(std::to_string(i));
      client.Send(request);
    }
    client.HalfClose();
  });

  const auto answers = client.ReceiveAll();
  sender.join();

  EXPECT_TRUE(client.Finish().ok());
  EXPECT_EQ(answers.size(), 500u);
}

TEST(ClassifyBatchCallTest, FullQueueSlowsAStreamThatHasPicturesInIt) {
  TestServer server({.queue_capacity = 2});
  const FakeModel& model = server.Install();
  model.classifier->gate().Close();
  BatchClient client(server);
  for (int i = 0; i < 40; ++i) client.Send(std::to_string(i), i);
  client.HalfClose();
  server.AwaitJobs(2);
  server.LetThePollerRun();
  model.classifier->gate().Open();

  const auto answers = client.ReceiveAll();

  EXPECT_TRUE(client.Finish().ok());
  ASSERT_EQ(answers.size(), 40u);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(BestOf(answers.at(std::to_string(i))), i);
  }
}

TEST(ClassifyBatchCallTest, LargePicturesWaitForRoomInTheQueuesBytes) {
  constexpr int kBytes = 100'000;
  TestServer server({.queue_bytes = 5 * kBytes / 2});
  const FakeModel& model = server.Install();
  model.classifier->gate().Close();
  BatchClient client(server);
  std::thread sender([&client] {
    for (int i = 0; i < 40; ++i) {
      const Bytes picture = BulkyPictureOf(i, kBytes);
      ClassifyBatchRequest request;
      request.set_id(std::to_string(i));
      request.mutable_request()->set_image(
          std::string(picture.begin(), picture.end()));
      client.Send(request);
    }
    client.HalfClose();
  });
  model.classifier->gate().AwaitHeld(1);
  server.LetThePollerRun();
  model.classifier->gate().Open();

  const auto answers = client.ReceiveAll();
  sender.join();

  EXPECT_TRUE(client.Finish().ok());
  ASSERT_EQ(answers.size(), 40u);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(BestOf(answers.at(std::to_string(i))), i);
  }
}

TEST(ClassifyBatchCallTest, FullQueueAnswersThePictureWithRetryInfo) {
  TestServer server({.queue_capacity = 1});
  const FakeModel& model = server.Install();
  server.OccupyLane(model);
  BatchClient client(server);

  client.Send("late", 1);
  const auto answer = client.Receive();

  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(ReasonOf(answer->error()), "QUEUE_FULL");
  EXPECT_TRUE(FindDetail<google::rpc::RetryInfo>(answer->error()));
  client.HalfClose();
  EXPECT_FALSE(client.Receive().has_value());
  EXPECT_TRUE(client.Finish().ok());
}

}  // namespace
}  // namespace wanwu::rpc
