#include "client/lib/async_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "client/lib/message_limit.h"
#include "client/lib/rpc_error.h"
#include "tests/client/support/fake_server.h"
#include "tests/client/support/temporary_directory.h"

namespace wanwu::client {
namespace {

using test::BatchStream;
using test::ErrorWithReason;
using test::FakeServer;
using test::LabelAnswer;
using test::LabelResponse;

// Blocks until the caller gives up.
grpc::Status WaitForCancel(grpc::ServerContext& context) {
  while (!context.IsCancelled()) std::this_thread::yield();
  return grpc::Status::CANCELLED;
}

// What a call told, in order.
template <typename Event>
class Events {
 public:
  auto Listener() {
    return [this](Event event) {
      const std::lock_guard lock(mutex_);
      events_.push_back(std::move(event));
      changed_.notify_all();
    };
  }

  // Blocks for the next.
  Event Next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !events_.empty(); });
    Event event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

  bool empty() {
    const std::lock_guard lock(mutex_);
    return events_.empty();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Event> events_;
};

using ClassifyEvents = Events<absl::StatusOr<v1::ClassifyResponse>>;

v1::ClassifyRequest Picture(const std::string& image) {
  v1::ClassifyRequest request;
  request.set_image(image);
  return request;
}

TEST(AsyncClientTest, TellsTheResponse) {
  FakeServer server({.classify = [](auto&, const auto& request, auto& reply) {
    reply = LabelResponse(request.image());
    return grpc::Status::OK;
  }});
  AsyncClient client({.address = server.address()});
  ClassifyEvents events;

  client.Classify(Picture("cat"), {}, events.Listener());

  const auto response = events.Next();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->classifications(0).label(), "cat");
}

TEST(AsyncClientTest, TellsTheReasonOfARefusal) {
  FakeServer server({.classify = [](auto&, auto&, auto&) {
    return ErrorWithReason(grpc::StatusCode::INVALID_ARGUMENT,
                           "IMAGE_UNSUPPORTED", "not a picture");
  }});
  AsyncClient client({.address = server.address()});
  ClassifyEvents events;

  client.Classify({}, {}, events.Listener());

  EXPECT_EQ(DescribeError(events.Next().status()).reason, "IMAGE_UNSUPPORTED");
}

TEST(AsyncClientTest, EndsACallThatIsCancelled) {
  std::promise<void> begun;
  FakeServer server({.classify = [&begun](auto& context, auto&, auto&) {
    begun.set_value();
    return WaitForCancel(context);
  }});
  AsyncClient client({.address = server.address()});
  ClassifyEvents events;
  const auto call = client.Classify({}, {}, events.Listener());
  begun.get_future().wait();

  call->Cancel();

  EXPECT_TRUE(absl::IsCancelled(events.Next().status()));
}

// gRPC's channel must not end on one of gRPC's own threads: that aborts.
TEST(AsyncClientTest, MayEndAsSoonAsTheResponseIsTold) {
  FakeServer server(
      {.classify = [](auto&, auto&, auto&) { return grpc::Status::OK; }});
  for (int i = 0; i < 50; ++i) {
    AsyncClient client({.address = server.address()});
    ClassifyEvents events;
    client.Classify({}, {}, events.Listener());
    ASSERT_TRUE(events.Next().ok());
  }
}

TEST(AsyncClientTest, CancellingAnEndedCallDoesNothing) {
  FakeServer server(
      {.classify = [](auto&, auto&, auto&) { return grpc::Status::OK; }});
  AsyncClient client({.address = server.address()});
  ClassifyEvents events;
  const auto call = client.Classify({}, {}, events.Listener());
  ASSERT_TRUE(events.Next().ok());

  call->Cancel();

  EXPECT_TRUE(events.empty());
}

TEST(AsyncClientTest, GoesOnWhenTheCallIsLetGoOf) {
  std::promise<void> go_on;
  FakeServer server({.classify = [&go_on](auto&, auto&, auto&) {
    go_on.get_future().wait();
    return grpc::Status::OK;
  }});
  AsyncClient client({.address = server.address()});
  ClassifyEvents events;
  client.Classify({}, {}, events.Listener());

  go_on.set_value();

  EXPECT_TRUE(events.Next().ok());
}

TEST(AsyncClientTest, GivesUpAtTheDeadline) {
  FakeServer server({.classify = [](auto& context, auto&, auto&) {
    return WaitForCancel(context);
  }});
  AsyncClient client({.address = server.address()});
  ClassifyEvents events;

  client.Classify({},
                  {.deadline = std::chrono::system_clock::now() +
                               std::chrono::milliseconds(50)},
                  events.Listener());

  EXPECT_TRUE(absl::IsDeadlineExceeded(events.Next().status()));
}

TEST(AsyncClientTest, SendsPriorityAndMetadata) {
  std::multimap<std::string, std::string> seen;
  FakeServer server({.classify = [&seen](auto& context, auto&, auto&) {
    for (const auto& [name, value] : context.client_metadata()) {
      seen.emplace(std::string(name.data(), name.size()),
                   std::string(value.data(), value.size()));
    }
    return grpc::Status::OK;
  }});
  AsyncClient client({.address = server.address()});
  ClassifyEvents events;

  client.Classify(
      {}, {.priority = Priority::kBulk, .metadata = {{"x-request-id", "a"}}},
      events.Listener());
  ASSERT_TRUE(events.Next().ok());

  EXPECT_THAT(seen, testing::Contains(testing::Pair("wanwu-priority", "bulk")));
  EXPECT_THAT(seen, testing::Contains(testing::Pair("x-request-id", "a")));
}

TEST(AsyncClientTest, SaysAtOnceThatThereIsNoServer) {
  const test::TemporaryDirectory directory;
  AsyncClient client({.address = "unix:" + directory.path() + "/no"});
  ClassifyEvents events;

  client.Classify({}, {}, events.Listener());

  EXPECT_TRUE(absl::IsUnavailable(events.Next().status()));
}

TEST(AsyncClientTest, AsksForModels) {
  FakeServer server({.list_models =
                         [](auto& response) {
                           response.set_default_model("m");
                           return grpc::Status::OK;
                         },
                     .get_model =
                         [](const auto& request, auto& model) {
                           model.set_name(request.model());
                           return grpc::Status::OK;
                         }});
  AsyncClient client({.address = server.address()});
  Events<absl::StatusOr<v1::ListModelsResponse>> lists;
  Events<absl::StatusOr<v1::Model>> models;
  v1::GetModelRequest request;
  request.set_model("n");

  client.ListModels({}, lists.Listener());
  client.GetModel(request, {}, models.Listener());

  EXPECT_EQ(lists.Next()->default_model(), "m");
  EXPECT_EQ(models.Next()->name(), "n");
}

using StatusEvents = Events<std::variant<v1::ServerStatus, StreamEnd>>;

TEST(AsyncReaderTest, TellsEachMessageAndThenTheEnd) {
  FakeServer server({.watch_status = [](auto&, auto& writer) {
    for (int i = 1; i <= 2; ++i) {
      v1::ServerStatus status;
      status.set_pictures_total(i);
      writer.Write(status);
    }
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining");
  }});
  AsyncClient client({.address = server.address()});
  StatusEvents events;

  client.WatchStatus({}, {}, events.Listener());

  EXPECT_EQ(std::get<v1::ServerStatus>(events.Next()).pictures_total(), 1);
  EXPECT_EQ(std::get<v1::ServerStatus>(events.Next()).pictures_total(), 2);
  EXPECT_TRUE(absl::IsUnavailable(std::get<StreamEnd>(events.Next()).status));
}

TEST(AsyncReaderTest, EndsWhenCancelled) {
  FakeServer server({.watch_status = [](auto& context, auto& writer) {
    writer.Write(v1::ServerStatus());
    return WaitForCancel(context);
  }});
  AsyncClient client({.address = server.address()});
  StatusEvents events;
  const auto call = client.WatchStatus({}, {}, events.Listener());
  events.Next();

  call->Cancel();

  EXPECT_TRUE(absl::IsCancelled(std::get<StreamEnd>(events.Next()).status));
}

TEST(AsyncReaderTest, WatchesTheHealthOfAService) {
  FakeServer server({.watch = [](const std::string& service, auto& writer) {
    test::HealthReply reply;
    reply.set_status(service == "s" ? test::HealthReply::SERVING
                                    : test::HealthReply::NOT_SERVING);
    writer.Write(reply);
    return grpc::Status::OK;
  }});
  AsyncClient client({.address = server.address()});
  Events<std::variant<test::HealthReply, StreamEnd>> events;

  client.WatchHealth("s", {}, events.Listener());

  EXPECT_EQ(std::get<test::HealthReply>(events.Next()).status(),
            test::HealthReply::SERVING);
  EXPECT_TRUE(std::get<StreamEnd>(events.Next()).status.ok());
}

// One stream and what it told.
class AsyncBatchTest : public ::testing::Test {
 protected:
  void Open(test::Script script) {
    server_.emplace(std::move(script));
    client_.emplace(ChannelOptions{.address = server_->address()});
    batch_ = client_->OpenBatch({}, [this](BatchEvent event) {
      if (auto* answer = std::get_if<BatchAnswer>(&event)) {
        answers_.Listener()(std::move(*answer));
      } else if (auto* end = std::get_if<StreamEnd>(&event)) {
        ends_.Listener()(end->status);
      } else {
        sent_.Listener()(BatchSent{});
      }
    });
  }

  // Sends and waits until the next may be sent.
  AsyncBatch::SendResult Send(const std::string& id, const std::string& image) {
    const auto result = batch_->Send(id, Picture(image));
    if (result == AsyncBatch::SendResult::kSent) sent_.Next();
    return result;
  }

  std::optional<FakeServer> server_;
  std::optional<AsyncClient> client_;
  std::shared_ptr<AsyncBatch> batch_;
  Events<BatchAnswer> answers_;
  Events<BatchSent> sent_;
  Events<absl::Status> ends_;
};

TEST_F(AsyncBatchTest, AnswersEachPictureAndEnds) {
  Open({.batch = test::EchoBatch});

  EXPECT_EQ(Send("a", "A"), AsyncBatch::SendResult::kSent);
  EXPECT_EQ(Send("b", "bad"), AsyncBatch::SendResult::kSent);
  EXPECT_EQ(batch_->FinishSending(), AsyncBatch::SendResult::kSent);

  const BatchAnswer first = answers_.Next();
  EXPECT_EQ(first.id, "a");
  EXPECT_EQ(first.result->classifications(0).label(), "A");
  const BatchAnswer second = answers_.Next();
  EXPECT_EQ(second.id, "b");
  EXPECT_EQ(DescribeError(second.result.status()).reason,
            "IMAGE_DECODE_FAILED");
  EXPECT_TRUE(ends_.Next().ok());
}

TEST_F(AsyncBatchTest, EndsWithoutAnyPicture) {
  Open({.batch = test::EchoBatch});

  batch_->FinishSending();

  EXPECT_TRUE(ends_.Next().ok());
}

TEST_F(AsyncBatchTest, RefusesWhatNoMessageCarriesAndGoesOn) {
  Open({.batch = test::EchoBatch});

  EXPECT_EQ(Send("a", std::string(kMaxMessageBytes, 'x')),
            AsyncBatch::SendResult::kTooLarge);
  EXPECT_EQ(Send("b", "B"), AsyncBatch::SendResult::kSent);

  EXPECT_EQ(answers_.Next().id, "b");
  batch_->FinishSending();
  EXPECT_TRUE(ends_.Next().ok());
}

TEST_F(AsyncBatchTest, SendsNothingAfterItWasFinished) {
  Open({.batch = test::EchoBatch});
  batch_->FinishSending();

  EXPECT_EQ(Send("a", "A"), AsyncBatch::SendResult::kEnded);
  EXPECT_EQ(batch_->FinishSending(), AsyncBatch::SendResult::kEnded);
  EXPECT_TRUE(ends_.Next().ok());
}

TEST_F(AsyncBatchTest, SendsNothingAfterTheEnd) {
  Open({.batch = [](auto&, BatchStream&) {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining");
  }});
  ASSERT_TRUE(absl::IsUnavailable(ends_.Next()));

  EXPECT_EQ(Send("a", "A"), AsyncBatch::SendResult::kEnded);
  EXPECT_EQ(batch_->FinishSending(), AsyncBatch::SendResult::kEnded);
}

TEST_F(AsyncBatchTest, EndsWhenCancelledWithoutBeingFinished) {
  Open({.batch = [](auto& context, BatchStream&) {
    return WaitForCancel(context);
  }});

  batch_->Cancel();

  EXPECT_TRUE(absl::IsCancelled(ends_.Next()));
}

TEST_F(AsyncBatchTest, EndsWhenTheServerDiesWhilePicturesAreSent) {
  Open({.batch = [](auto&, BatchStream& stream) {
    v1::ClassifyBatchRequest picture;
    stream.Read(&picture);
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "draining");
  }});
  const std::string image(1 << 20, 'x');

  while (Send("a", image) == AsyncBatch::SendResult::kSent) {
  }

  EXPECT_TRUE(absl::IsUnavailable(ends_.Next()));
}

TEST_F(AsyncBatchTest, TellsOfAnAnswerWithoutContentAsAnError) {
  Open({.batch = [](auto&, BatchStream& stream) {
    v1::ClassifyBatchResponse empty;
    empty.set_id("a");
    stream.Write(empty);
    return grpc::Status::OK;
  }});

  EXPECT_TRUE(absl::IsInternal(answers_.Next().result.status()));
  EXPECT_TRUE(ends_.Next().ok());
}

TEST_F(AsyncBatchTest, KeepsItselfAliveUntilItHasEnded) {
  std::promise<void> go_on;
  Open({.batch = [&go_on](auto&, BatchStream& stream) {
    go_on.get_future().wait();
    stream.Write(LabelAnswer("a", "A"));
    return grpc::Status::OK;
  }});
  batch_.reset();

  go_on.set_value();

  EXPECT_EQ(answers_.Next().id, "a");
  EXPECT_TRUE(ends_.Next().ok());
}

}  // namespace
}  // namespace wanwu::client
