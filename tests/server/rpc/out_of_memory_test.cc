#include "server/rpc/out_of_memory.h"

#include <pthread.h>

#include <string>

#include "gtest/gtest.h"
#include "server/errors/service_error.h"
#include "server/rpc/request_facts.h"
#include "server/rpc/rpc_status.h"
#include "tests/server/rpc/batch_client.h"
#include "tests/support/poller_memory.h"
#include "tests/support/rpc_errors.h"
#include "tests/support/test_server.h"

namespace wanwu::rpc {
namespace {

using namespace test_support;  // NOLINT

// What libstdc++'s make_shared puts before an object.
constexpr size_t kSharedCounts = 16;
// More than an error needs, less than a thousand classes do.
constexpr size_t kLittle = 6000;

class OutOfMemoryTest : public testing::Test {
 protected:
  ~OutOfMemoryTest() override { poller_limit = 0; }

  grpc::Status Classify(const wanwu::v1::ClassifyRequest& request) {
    grpc::ClientContext context;
    SetTestDeadline(context);
    wanwu::v1::ClassifyResponse response;
    return server_.stub().Classify(&context, request, &response);
  }

  TestServer server_;
};

TEST_F(OutOfMemoryTest, WhileReadingARequestIsItsError) {
  server_.Install();
  wanwu::v1::ClassifyRequest request = RequestFor(1);
  request.set_model(std::string(40'000, 'm'));

  poller_limit = kLittle;
  const grpc::Status status = Classify(request);
  poller_limit = 0;

  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(status), "OUT_OF_MEMORY");
  EXPECT_TRUE(Classify(RequestFor(2)).ok());
}

TEST_F(OutOfMemoryTest, WhileAnsweringARequestIsItsError) {
  server_.Install();
  wanwu::v1::ClassifyRequest request = RequestFor(1);
  request.set_top_k(1000);

  poller_limit = kLittle;
  const grpc::Status status = Classify(request);
  poller_limit = 0;

  EXPECT_EQ(ReasonOf(status), "OUT_OF_MEMORY");
  EXPECT_TRUE(Classify(request).ok());
}

TEST_F(OutOfMemoryTest, InAStreamIsOnePicturesError) {
  server_.Install();
  BatchClient client(server_);
  auto large_request = BatchRequestFor("request", 1);
  large_request.mutable_request()->set_model(std::string(40'000, 'm'));
  auto large_answer = BatchRequestFor("answer", 2);
  large_answer.mutable_request()->set_top_k(1000);

  poller_limit = kLittle;
  client.Send(large_request);
  const auto first = client.Receive();
  client.Send(large_answer);
  const auto second = client.Receive();
  poller_limit = 0;
  client.Send("after", 3);
  const auto third = client.Receive();

  client.HalfClose();
  EXPECT_EQ(ReasonOf(first->error()), "OUT_OF_MEMORY");
  EXPECT_EQ(second->id(), "answer");
  EXPECT_EQ(ReasonOf(second->error()), "OUT_OF_MEMORY");
  EXPECT_EQ(BestOf(*third), 3);
  EXPECT_FALSE(client.Receive().has_value());
  EXPECT_TRUE(client.Finish().ok());
}

TEST_F(OutOfMemoryTest, ForAnErrorInAStreamEndsTheStream) {
  Gate& gate = server_.Install().classifier->gate();
  gate.Close();
  BatchClient client(server_);
  // A size that gRPC itself does not ask for.
  const std::string id(219, 'i');
  client.Send(id, 1);
  gate.AwaitHeld(1);
  client.Send("behind it", 2);
  server_.AwaitJobs(2);

  // Neither the answer nor an error instead gets its id.
  poller_refused = id.size() + 1;
  gate.Open();
  const auto answer = client.Receive();
  const auto no_more = client.Receive();
  const grpc::Status status = client.Finish();
  poller_refused = 0;

  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->id(), "behind it");
  EXPECT_EQ(BestOf(*answer), 2);
  EXPECT_FALSE(no_more.has_value());
  EXPECT_EQ(ReasonOf(status), "OUT_OF_MEMORY");
  EXPECT_TRUE(Classify(RequestFor(3)).ok());
}

TEST(StatusOutOfMemoryTest, HasItsCode) {
  const absl::Status error = errors::OutOfMemory();
  pthread_setname_np(pthread_self(), "wanwu-poller");
  poller_limit = 1;
  const grpc::Status status = ToGrpcStatus(error);
  poller_limit = 0;
  pthread_setname_np(pthread_self(), "test");

  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(status.error_details(), "");
}

TEST(NotesOutOfMemoryTest, TheRequestIsAnsweredAndOnlyNotToldOf) {
  TestServer server({.request_lines = {.ratio = 1}});
  server.Install();
  const auto classify = [&server] {
    grpc::ClientContext context;
    SetTestDeadline(context);
    wanwu::v1::ClassifyResponse response;
    return server.stub().Classify(&context, RequestFor(1), &response);
  };
  // On a connection that is there: gRPC needs as much for one.
  EXPECT_TRUE(classify().ok());

  poller_refused = kSharedCounts + sizeof(RequestFacts);
  const grpc::Status status = classify();
  poller_refused = 0;
  server.Stop();

  EXPECT_TRUE(status.ok()) << status.error_message();
  const std::string text = server.log_text();
  const size_t first = text.find(" request ");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(text.find(" request ", first + 1), std::string::npos);
}

}  // namespace
}  // namespace wanwu::rpc
