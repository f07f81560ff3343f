#include "server/rpc/reader_watch.h"

#include <chrono>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/server/rpc/batch_client.h"
#include "tests/support/test_server.h"

namespace wanwu::rpc {
namespace {

using std::chrono::milliseconds;
using namespace test_support;  // NOLINT

constexpr milliseconds kShort{50};

// Answers of some 50 KB, so that a few fill what gRPC buffers for a client.
wanwu::v1::ClassifyBatchRequest RequestForALongAnswer(int picture) {
  auto request = BatchRequestFor(std::to_string(picture), picture);
  request.mutable_request()->set_top_k(1000);
  return request;
}

bool CanWatch(TestServer& server) {
  grpc::ClientContext context;
  SetTestDeadline(context);
  const auto reader = server.stub().WatchStatus(&context, {});
  wanwu::v1::ServerStatus status;
  return reader->Read(&status);
}

TEST(ReaderWatchTest, BatchStreamWhoseAnswersNobodyReadsIsCut) {
  TestServer server({.calls = {.reader_timeout = kShort}});
  server.Install();
  BatchClient client(server);

  // The server stops reading, then cancels.
  for (int i = 0; client.Send(RequestForALongAnswer(i)); ++i) {
  }

  while (client.Receive()) {
  }
  EXPECT_EQ(client.Finish().error_code(), grpc::StatusCode::CANCELLED);
  server.AwaitJobs(0);
}

TEST(ReaderWatchTest, StreamThatIsReadMayLastLongerThanTheTimeout) {
  // Longer than a busy machine makes the client pause.
  constexpr milliseconds kTimeout{700};
  TestServer server({.calls = {.reader_timeout = kTimeout}});
  server.Install();
  BatchClient client(server);

  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; std::chrono::steady_clock::now() - begin < 2 * kTimeout;
       ++i) {
    ASSERT_TRUE(client.Send(RequestForALongAnswer(i)));
    ASSERT_TRUE(client.Receive().has_value());
  }
  client.HalfClose();

  EXPECT_FALSE(client.Receive().has_value());
  EXPECT_TRUE(client.Finish().ok());
}

TEST(ReaderWatchTest, StatusWatchThatNobodyReadsIsCut) {
  TestServer server(
      {.calls = {.max_status_watches = 1, .reader_timeout = kShort}});
  grpc::ChannelArguments arguments;
  // So little is buffered that the first report does not fit.
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 5);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto stub =
      wanwu::v1::ImageClassifier::NewStub(grpc::CreateCustomChannel(
          server.address(), grpc::InsecureChannelCredentials(), arguments));
  grpc::ClientContext context;
  SetTestDeadline(context);
  wanwu::v1::WatchStatusRequest request;
  request.mutable_interval()->set_nanos(100'000'000);
  const auto reader = stub->WatchStatus(&context, request);

  reader->WaitForInitialMetadata();
  // Refused until the first has lost its place.
  while (!CanWatch(server)) {
  }

  wanwu::v1::ServerStatus status;
  while (reader->Read(&status)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

}  // namespace
}  // namespace wanwu::rpc
