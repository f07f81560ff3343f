#include <gtest/gtest.h>

#include <string>

#include "tests/server/oip/infer_fixture.h"
#include "tests/support/poller_memory.h"

namespace wanwu::oip {
namespace {

using inference::ModelInferRequest;
using inference::ModelStreamInferResponse;
using test_support::poller_limit;
using test_support::poller_refused;
using test_support::ReasonOf;

TEST(InferOutOfMemoryTest, OfAnAnswerIsTheRequestsError) {
  InferServer server;
  server.Install();
  const ModelInferRequest request = RequestOf("BYTES", {1}, Contents::kRaw);

  // More than an error needs, less than a thousand classes do.
  poller_limit = 6000;
  const grpc::Status status = Infer(server, request).status;
  poller_limit = 0;

  EXPECT_EQ(ReasonOf(status), "OUT_OF_MEMORY");
  EXPECT_TRUE(Infer(server, request).status.ok());
}

// Without a word the caller would wait for ever.
TEST(InferOutOfMemoryTest, ForAnErrorInAStreamEndsTheStream) {
  InferServer server;
  test_support::Gate& gate = server.Install().classifier->gate();
  gate.Close();
  ModelInferRequest request = RequestOf("BYTES", {1}, Contents::kRaw);
  // A size that gRPC itself does not ask for.
  request.set_id(std::string(219, 'i'));
  grpc::ClientContext context;
  SetTestDeadline(context);
  const auto stream = server.inference().ModelStreamInfer(&context);
  stream->Write(request);
  gate.AwaitHeld(1);

  // Neither the answer nor an error instead gets its id.
  poller_refused = request.id().size() + 1;
  gate.Open();
  ModelStreamInferResponse response;
  const bool answered = stream->Read(&response);
  const grpc::Status status = stream->Finish();
  poller_refused = 0;

  EXPECT_FALSE(answered);
  EXPECT_EQ(ReasonOf(status), "OUT_OF_MEMORY");
  EXPECT_TRUE(Infer(server, request).status.ok());
}

}  // namespace
}  // namespace wanwu::oip
