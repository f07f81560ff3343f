#include "server/rpc/grpc_server.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/server/rpc/batch_client.h"
#include "tests/support/gate.h"
#include "tests/support/raw_calls.h"
#include "tests/support/rpc_errors.h"
#include "tests/support/test_server.h"

namespace wanwu::rpc {
namespace {

using wanwu::v1::ClassifyResponse;
using namespace test_support;  // NOLINT

constexpr char kReflection[] =
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

struct ReflectionAnswer {
  std::string bytes;
  grpc::Status status;
};

// Asks for the list of services.
ReflectionAnswer AskReflection(TestServer& server) {
  grpc::ClientContext context;
  SetTestDeadline(context);
  const auto stream = OpenRawStream(server.channel(), kReflection, context);
  // list_services = "*"
  stream->Write(RawMessage("\x3a\x01*"));
  stream->WritesDone();
  ReflectionAnswer answer;
  grpc::ByteBuffer message;
  while (stream->Read(&message)) answer.bytes += BytesOf(message);
  answer.status = stream->Finish();
  return answer;
}

TEST(GrpcServerTest, ReflectionNamesTheServices) {
  TestServer server({.reflection = Reflection::kOn});

  const ReflectionAnswer answer = AskReflection(server);

  EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
  EXPECT_NE(answer.bytes.find(kClassifierService), std::string::npos);
  EXPECT_NE(answer.bytes.find("grpc.health.v1.Health"), std::string::npos);
}

TEST(GrpcServerTest, ReflectionTakesFewThreadsHoweverManyAsk) {
  constexpr int kCalls = 40;
  constexpr int kMostServed = 8;
  TestServer server({.reflection = Reflection::kOn});
  struct Caller {
    grpc::ClientContext context;
    std::unique_ptr<RawStream> stream;
  };
  std::vector<std::unique_ptr<Caller>> callers;

  // Each is answered, but does not end, or it is refused.
  int answered = 0;
  for (int i = 0; i < kCalls; ++i) {
    Caller& caller = *callers.emplace_back(std::make_unique<Caller>());
    SetTestDeadline(caller.context);
    caller.stream =
        OpenRawStream(server.channel(), kReflection, caller.context);
    caller.stream->Write(RawMessage("\x3a\x01*"));
    grpc::ByteBuffer message;
    if (caller.stream->Read(&message)) {
      ++answered;
    } else {
      EXPECT_EQ(caller.stream->Finish().error_code(),
                grpc::StatusCode::RESOURCE_EXHAUSTED);
    }
  }

  EXPECT_GT(answered, 0);
  EXPECT_LT(answered, kMostServed);
  for (const auto& caller : callers) caller->context.TryCancel();
  // As soon as gRPC has seen that they left.
  while (!AskReflection(server).status.ok()) {
  }
}

TEST(GrpcServerTest, ReflectionCanBeLeftOut) {
  TestServer server({.reflection = Reflection::kOff});

  EXPECT_EQ(AskReflection(server).status.error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST(GrpcServerTest, AddressThatIsTakenIsAnErrorThatNamesIt) {
  TestServer first;
  const batching::SteadyClock clock;
  std::ostringstream text;
  logging::Logger log({}, text);
  logging::RateLimitedLog error_log(log, 1);
  HealthState health({});
  metrics::AnswerCounters answers;
  metrics::RequestCounters requests({}, {});
  GrpcServerOptions options;
  options.listen_address = first.address();

  const auto second = GrpcServer::Start(options, {.pipeline = first.pipeline(),
                                                  .catalog = first.catalog(),
                                                  .clock = clock,
                                                  .error_log = error_log,
                                                  .answers = answers,
                                                  .requests = requests,
                                                  .run = first.run(),
                                                  .health = health});

  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(second.status().message().find(first.address()), std::string::npos);
}

class CompressedCallTest
    : public testing::TestWithParam<grpc_compression_algorithm> {};

INSTANTIATE_TEST_SUITE_P(Algorithms, CompressedCallTest,
                         testing::Values(GRPC_COMPRESS_DEFLATE,
                                         GRPC_COMPRESS_GZIP));

TEST_P(CompressedCallTest, IsRefused) {
  TestServer server;
  server.Install();
  grpc::ClientContext context;
  SetTestDeadline(context);
  context.set_compression_algorithm(GetParam());
  // Of a size that pays, or gRPC would not compress it.
  wanwu::v1::ClassifyRequest request = RequestFor(1);
  request.mutable_image()->append(10'000, '\0');
  ClassifyResponse response;

  EXPECT_EQ(server.stub().Classify(&context, request, &response).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST(GrpcServerTest, ListsModelsAndTheDefault) {
  TestServer server;
  server.Install({.name = "other", .version = 1});
  server.Install({.name = "fake", .version = 2});
  grpc::ClientContext context;
  SetTestDeadline(context);
  wanwu::v1::ListModelsResponse response;

  ASSERT_TRUE(server.stub().ListModels(&context, {}, &response).ok());

  EXPECT_EQ(response.default_model(), "fake");
  ASSERT_EQ(response.models_size(), 2);
  EXPECT_EQ(response.models(0).name(), "fake");
  EXPECT_EQ(response.models(1).name(), "other");
}

TEST(GrpcServerTest, DescribesOneModel) {
  TestServer server;
  server.Install({.version = 2, .max_batch_size = 4});
  grpc::ClientContext context;
  SetTestDeadline(context);
  wanwu::v1::Model model;

  ASSERT_TRUE(server.stub().GetModel(&context, {}, &model).ok());

  EXPECT_EQ(model.name(), "fake");
  EXPECT_EQ(model.version(), "2");
  EXPECT_EQ(model.state(), wanwu::v1::Model::STATE_READY);
  EXPECT_EQ(model.batch_size(), 4);
}

TEST(GrpcServerTest, UnknownModelIsNotFound) {
  TestServer server;
  grpc::ClientContext context;
  SetTestDeadline(context);
  wanwu::v1::GetModelRequest request;
  request.set_model("nope");
  wanwu::v1::Model model;

  const grpc::Status status = server.stub().GetModel(&context, request, &model);

  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(ReasonOf(status), "MODEL_NOT_FOUND");
}

TEST(GrpcServerTest, MalformedMessageIsRefused) {
  TestServer server;
  grpc::ClientContext context;
  SetTestDeadline(context);

  const grpc::Status status =
      RawUnaryCall(server.channel(), "/wanwu.v1.ImageClassifier/GetModel",
                   context, "\x0a\x7f");

  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ReasonOf(status), "MESSAGE_MALFORMED");
}

TEST(GrpcServerTest, ThousandCallsFromManyThreadsEachGetTheirOwnAnswer) {
  constexpr int kThreads = 64;
  constexpr int kCalls = 16;
  TestServer server({.lanes = 2, .pollers = 2});
  server.Install(
      {.max_batch_size = 8, .classifier = {.class_count = kThreads * kCalls}});
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&server, &wrong, i] {
      for (int call = 0; call < kCalls; ++call) {
        const int picture = i * kCalls + call;
        grpc::ClientContext context;
        SetTestDeadline(context);
        ClassifyResponse response;
        const grpc::Status status =
            server.stub().Classify(&context, RequestFor(picture), &response);
        if (!status.ok() || response.classifications(0).index() != picture) {
          ++wrong;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(server.pipeline().admission().jobs(), 0);
}

// Keeps a server busy with calls of every kind until it is gone.
class Traffic {
 public:
  explicit Traffic(TestServer& server) : server_(server) {
    for (int i = 0; i < 4; ++i) threads_.emplace_back([this] { CallAgain(); });
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { Stream(); });
    threads_.emplace_back([this] { Watch(); });
  }

  ~Traffic() {
    for (std::thread& thread : threads_) thread.join();
  }

  void AwaitAnswers(int count) { answers_.AwaitAtLeast(count); }

  // Ends that no server should give its callers.
  int odd_ends() const { return odd_ends_; }

 private:
  void NoteEnd(const grpc::Status& status) {
    const bool expected =
        status.ok() || status.error_code() == grpc::StatusCode::UNAVAILABLE ||
        status.error_code() == grpc::StatusCode::CANCELLED;
    if (!expected) ++odd_ends_;
  }

  void CallAgain() {
    grpc::Status status;
    for (int i = 0; status.ok(); ++i) {
      grpc::ClientContext context;
      SetTestDeadline(context);
      ClassifyResponse response;
      status =
          server_.stub().Classify(&context, RequestFor(i % 1000), &response);
      if (status.ok()) answers_.Add();
    }
    NoteEnd(status);
  }

  void Stream() {
    BatchClient client(server_);
    std::thread sender([&client] {
      for (int i = 0; client.Send("", i % 1000); ++i) {
      }
    });
    while (client.Receive()) answers_.Add();
    sender.join();
    NoteEnd(client.Finish());
  }

  void Watch() {
    grpc::ClientContext context;
    SetTestDeadline(context);
    const auto reader = server_.health_stub().Watch(&context, {});
    grpc::health::v1::HealthCheckResponse response;
    while (reader->Read(&response)) {
    }
    NoteEnd(reader->Finish());
  }

  TestServer& server_;
  Counter answers_;
  std::atomic<int> odd_ends_{0};
  std::vector<std::thread> threads_;
};

TEST(GrpcServerTest, StopsInOrderWhileCallsAreInFlight) {
  for (int round = 0; round < 10; ++round) {
    SCOPED_TRACE(round);
    TestServer server({.lanes = 2, .pollers = 1 + round % 2});
    server.Install({.max_batch_size = 4});
    {
      Traffic traffic(server);
      traffic.AwaitAnswers(20);

      server.Stop();

      EXPECT_EQ(server.pipeline().admission().jobs(), 0);
    }
  }
}

TEST(GrpcServerTest, StopsAtOnceWhileCallsAreInFlight) {
  for (int round = 0; round < 10; ++round) {
    SCOPED_TRACE(round);
    TestServer server({.lanes = 2, .pollers = 1 + round % 2});
    server.Install({.max_batch_size = 4});
    auto traffic = std::make_unique<Traffic>(server);
    traffic->AwaitAnswers(20);

    server.grpc_server().Shutdown(std::chrono::milliseconds(0));

    traffic.reset();
    server.Stop();
    EXPECT_EQ(server.pipeline().admission().jobs(), 0);
  }
}

grpc::Status ClassifyOnce(TestServer& server) {
  grpc::ClientContext context;
  SetTestDeadline(context);
  ClassifyResponse response;
  return server.stub().Classify(&context, RequestFor(1), &response);
}

TEST(GrpcServerTest, CallsAreServedWhileItDrainsAndReads) {
  TestServer server;
  server.Install();
  ASSERT_TRUE(ClassifyOnce(server).ok());

  server.grpc_server().BeginDrain();

  EXPECT_TRUE(ClassifyOnce(server).ok());
}

TEST(GrpcServerTest, CallersWhoGoOnDuringAShutdownFindItUnavailable) {
  constexpr int kCallers = 8;
  for (int round = 0; round < 10; ++round) {
    SCOPED_TRACE(round);
    TestServer server({.pollers = 1 + round % 2});
    server.Install({.max_batch_size = 4});
    std::atomic<int> answered{0};
    std::vector<grpc::Status> ends(kCallers);
    std::vector<std::jthread> callers;
    for (grpc::Status& end : ends) {
      callers.emplace_back([&server, &answered, &end] {
        while ((end = ClassifyOnce(server)).ok()) ++answered;
      });
    }
    while (answered < kCallers) std::this_thread::yield();

    server.grpc_server().BeginDrain();
    EXPECT_TRUE(server.grpc_server().StopReading(std::chrono::seconds(1)));
    server.grpc_server().Shutdown(std::chrono::seconds(30));
    callers.clear();

    for (const grpc::Status& end : ends) {
      EXPECT_EQ(end.error_code(), grpc::StatusCode::UNAVAILABLE)
          << end.error_message();
    }
  }
}

TEST(GrpcServerTest, CallsThatOutstayTheGraceAreEnded) {
  TestServer server;
  const FakeModel& model = server.Install();
  BatchClient idle(server);
  idle.Send("answered", 1);
  ASSERT_TRUE(idle.Receive().has_value());
  model.classifier->gate().Close();
  idle.Send("queued", 2);
  model.classifier->gate().AwaitHeld(1);

  std::thread shutdown([&server] {
    server.grpc_server().Shutdown(std::chrono::milliseconds(0));
  });
  const auto answer = idle.Receive();
  model.classifier->gate().Open();
  shutdown.join();

  EXPECT_FALSE(answer.has_value());
  EXPECT_FALSE(idle.Finish().ok());
}

TEST(GrpcServerTest, ShutdownTwiceIsHarmless) {
  TestServer server;
  server.Install();

  server.Stop();
  server.Stop();

  grpc::ClientContext context;
  SetTestDeadline(context);
  ClassifyResponse response;
  EXPECT_EQ(
      server.stub().Classify(&context, RequestFor(1), &response).error_code(),
      grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace wanwu::rpc
