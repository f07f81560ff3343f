#include "server/rpc/job_call.h"

#include "gtest/gtest.h"
#include "tests/support/test_server.h"

namespace wanwu::rpc {
namespace {

// What ServeJobCall starts.
struct RefusingHandler {
  absl::Status Start(grpc::ByteBuffer&& message,
                     const CallAttributes& /*attributes*/,
                     RequestRecord& /*record*/) {
    had_message = message.Valid();
    return absl::InvalidArgumentError("refused");
  }

  bool had_message = false;
};

TEST(StartHandlerTest, RefusedMessageIsNotKept) {
  test_support::TestServer server;
  const CallServices services(server.parts(), {});
  RequestRecord record(services, "Classify");
  RefusingHandler handler;
  const grpc::Slice slice(std::string(1000, 'x'));
  grpc::ByteBuffer message(&slice, 1);

  const absl::Status status =
      StartHandler(handler, services, CallAttributes{},
                   TimedRead::Result::kMessage, std::move(message), record);
  record.Failed(status);

  EXPECT_EQ(status.message(), "refused");
  EXPECT_TRUE(handler.had_message);
  EXPECT_FALSE(message.Valid());  // NOLINT(bugprone-use-after-move)
}

}  // namespace
}  // namespace wanwu::rpc
