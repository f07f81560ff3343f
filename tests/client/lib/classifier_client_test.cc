#include "client/lib/classifier_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>

#include "client/lib/rpc_error.h"
#include "tests/client/support/fake_server.h"
#include "tests/client/support/temporary_directory.h"

namespace wanwu::client {
namespace {

using test::ErrorWithReason;
using test::FakeServer;
using test::LabelResponse;

// Longer than any call here takes.
Deadline Soon() {
  return std::chrono::system_clock::now() + std::chrono::seconds(60);
}

// Blocks until the caller gives up.
grpc::Status WaitForCancel(grpc::ServerContext& context) {
  while (!context.IsCancelled()) std::this_thread::yield();
  return grpc::Status::CANCELLED;
}

TEST(ClassifierClientTest, GivesTheResponseOfTheRequest) {
  v1::ClassifyRequest seen;
  FakeServer server(
      {.classify = [&seen](auto&, const auto& request, auto& response) {
        seen = request;
        response = LabelResponse("tabby");
        return grpc::Status::OK;
      }});
  ClassifierClient client(server.address());
  v1::ClassifyRequest request;
  request.set_image("picture");
  request.set_top_k(3);

  const auto response = client.Classify(request, Soon());

  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->classifications(0).label(), "tabby");
  EXPECT_EQ(seen.image(), "picture");
  EXPECT_EQ(seen.top_k(), 3);
}

TEST(ClassifierClientTest, DecodesTheReasonOfARefusal) {
  FakeServer server({.classify = [](auto&, auto&, auto&) {
    return ErrorWithReason(grpc::StatusCode::INVALID_ARGUMENT,
                           "IMAGE_UNSUPPORTED", "not a picture");
  }});
  ClassifierClient client(server.address());

  const auto response = client.Classify({}, Soon());

  const RpcError error = DescribeError(response.status());
  EXPECT_EQ(error.code, "INVALID_ARGUMENT");
  EXPECT_EQ(error.reason, "IMAGE_UNSUPPORTED");
  EXPECT_EQ(error.message, "not a picture");
}

TEST(ClassifierClientTest, GivesUpAtTheDeadline) {
  FakeServer server({.classify = [](auto& context, auto&, auto&) {
    return WaitForCancel(context);
  }});
  ClassifierClient client(server.address());

  const auto response = client.Classify(
      {}, std::chrono::system_clock::now() + std::chrono::milliseconds(50));

  EXPECT_TRUE(absl::IsDeadlineExceeded(response.status()));
}

TEST(ClassifierClientTest, RetriesALargePictureAsTheServiceConfigSays) {
  std::atomic<int> calls = 0;
  FakeServer server({.classify = [&](auto&, const auto& request, auto& answer) {
    if (++calls < 3) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "busy");
    answer = LabelResponse(std::to_string(request.image().size()));
    return grpc::Status::OK;
  }});
  ClassifierClient client({.address = server.address(), .service_config = R"({
      "methodConfig": [{"name": [{}], "retryPolicy": {
          "maxAttempts": 3, "initialBackoff": "0.001s", "maxBackoff": "0.001s",
          "backoffMultiplier": 1, "retryableStatusCodes": ["UNAVAILABLE"]}}]
      })"});
  v1::ClassifyRequest request;
  request.set_image(std::string(1 << 20, 'x'));

  const auto response = client.Classify(request, Soon());

  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->classifications(0).label(), "1048576");
  EXPECT_EQ(calls, 3);
}

TEST(ClassifierClientTest, SendsBulkPriorityAsMetadata) {
  std::string priority;
  FakeServer server({.classify = [&priority](auto& context, auto&, auto&) {
    const auto& metadata = context.client_metadata();
    const auto found = metadata.find("wanwu-priority");
    if (found != metadata.end()) {
      priority.assign(found->second.data(), found->second.size());
    }
    return grpc::Status::OK;
  }});
  ClassifierClient client(server.address());

  ASSERT_TRUE(client.Classify({}, Soon(), Priority::kBulk).ok());

  EXPECT_EQ(priority, "bulk");
}

TEST(ClassifierClientTest, SendsPicturesAboveTheServersOwnLimit) {
  constexpr std::size_t kBytes = 17 << 20;
  std::size_t seen = 0;
  FakeServer server({.classify = [&seen](auto&, const auto& request, auto&) {
    seen = request.image().size();
    return grpc::Status::OK;
  }});
  ClassifierClient client(server.address());
  v1::ClassifyRequest request;
  request.set_image(std::string(kBytes, 'x'));

  EXPECT_TRUE(client.Classify(request, Soon()).ok());

  EXPECT_EQ(seen, kBytes);
}

TEST(ClassifierClientTest, ConnectsToAServerThatIsThere) {
  FakeServer server({});
  ClassifierClient client(server.address());

  EXPECT_TRUE(client.Connect(Soon()).ok());
}

TEST(ClassifierClientTest, ConnectsOverAUnixSocket) {
  const test::TemporaryDirectory directory;
  FakeServer server({}, "unix:" + directory.path() + "/socket");
  ClassifierClient client(server.address());

  EXPECT_TRUE(client.Connect(Soon()).ok());
}

TEST(ClassifierClientTest, SaysUnavailableWithoutWaitingWhenNoServerIsThere) {
  const test::TemporaryDirectory directory;
  ClassifierClient client("unix:" + directory.path() + "/socket");

  EXPECT_TRUE(absl::IsUnavailable(client.Connect(
      std::chrono::system_clock::now() + std::chrono::hours(1))));
}

TEST(ClassifierClientTest, ListsModels) {
  FakeServer server({.list_models = [](auto& response) {
    response.set_default_model("resnet18");
    response.add_models()->set_name("resnet18");
    return grpc::Status::OK;
  }});
  ClassifierClient client(server.address());

  const auto models = client.ListModels(Soon());

  ASSERT_TRUE(models.ok()) << models.status();
  EXPECT_EQ(models->default_model(), "resnet18");
  EXPECT_EQ(models->models_size(), 1);
}

TEST(ClassifierClientTest, AsksForTheModelVersionNamed) {
  FakeServer server({.get_model = [](const auto& request, auto& model) {
    model.set_name(request.model());
    model.set_version(request.version());
    return grpc::Status::OK;
  }});
  ClassifierClient client(server.address());

  const auto model = client.GetModel("resnet18", "3", Soon());

  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->name(), "resnet18");
  EXPECT_EQ(model->version(), "3");
}

TEST(ClassifierClientTest, ChecksTheHealthOfAService) {
  FakeServer server({.check = [](const std::string& service, auto& reply) {
    reply.set_status(service == "known" ? test::HealthReply::SERVING
                                        : test::HealthReply::NOT_SERVING);
    return grpc::Status::OK;
  }});
  ClassifierClient client(server.address());

  EXPECT_EQ(*client.CheckHealth("known", Soon()), test::HealthReply::SERVING);
  EXPECT_EQ(*client.CheckHealth("other", Soon()),
            test::HealthReply::NOT_SERVING);
}

TEST(ClassifierClientTest, WatchesStatesUntilTheServerEndsThem) {
  FakeServer server({.watch = [](const auto&, auto& writer) {
    test::HealthReply reply;
    reply.set_status(test::HealthReply::NOT_SERVING);
    writer.Write(reply);
    reply.set_status(test::HealthReply::SERVING);
    writer.Write(reply);
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "going");
  }});
  ClassifierClient client(server.address());

  const auto watch = client.WatchHealth("", Soon());

  EXPECT_EQ(watch->Next(), test::HealthReply::NOT_SERVING);
  EXPECT_EQ(watch->Next(), test::HealthReply::SERVING);
  EXPECT_EQ(watch->Next(), std::nullopt);
  EXPECT_TRUE(absl::IsUnavailable(watch->Finish()));
}

TEST(ClassifierClientTest, WatchWaitsForAServerThatStartsLater) {
  const test::TemporaryDirectory directory;
  const std::string address = "unix:" + directory.path() + "/socket";
  ClassifierClient client(address);
  ASSERT_TRUE(absl::IsUnavailable(client.Connect(Soon())));

  auto state = std::async(std::launch::async, [&client] {
    return client.WatchHealth("", Soon())->Next();
  });
  FakeServer server({.watch =
                         [](const auto&, auto& writer) {
                           test::HealthReply reply;
                           reply.set_status(test::HealthReply::SERVING);
                           writer.Write(reply);
                           return grpc::Status::OK;
                         }},
                    address);

  EXPECT_EQ(state.get(), test::HealthReply::SERVING);
}

}  // namespace
}  // namespace wanwu::client
