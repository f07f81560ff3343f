#include "server/rpc/timer.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <optional>

#include "gtest/gtest.h"

namespace wanwu::rpc {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class TimerTest : public ::testing::Test {
 protected:
  ~TimerTest() override {
    queue_.Shutdown();
    EXPECT_FALSE(AwaitEvent().has_value()) << "an event too many";
  }

  // gRPC's ok of the next event; empty at the queue's end.
  std::optional<bool> AwaitEvent() {
    void* tag = nullptr;
    bool ok = false;
    if (!queue_.Next(&tag, &ok)) return std::nullopt;
    EXPECT_EQ(tag, static_cast<CompletionTag*>(&operation_));
    return ok;
  }

  grpc::CompletionQueue queue_;
  Operation operation_;
};

TEST_F(TimerTest, RingsWhenTheDelayHasPassed) {
  Timer timer(queue_);
  const auto start = steady_clock::now();

  timer.Start(milliseconds(20), operation_);

  EXPECT_EQ(AwaitEvent(), true);
  EXPECT_GE(steady_clock::now() - start, milliseconds(20));
}

TEST_F(TimerTest, CancelEndsTheWaitAtOnce) {
  Timer timer(queue_);
  timer.Start(hours(1), operation_);

  timer.Cancel();

  EXPECT_EQ(AwaitEvent(), false);
}

TEST_F(TimerTest, CancelIsHarmlessWhenNoWaitIsUnderWay) {
  Timer timer(queue_);
  timer.Cancel();
  timer.Start(milliseconds(1), operation_);
  ASSERT_EQ(AwaitEvent(), true);

  timer.Cancel();
}

TEST_F(TimerTest, CanBeStartedAgainAfterEachEvent) {
  Timer timer(queue_);

  for (int i = 0; i < 3; ++i) {
    timer.Start(hours(1), operation_);
    timer.Cancel();
    ASSERT_EQ(AwaitEvent(), false);
    timer.Start(milliseconds(1), operation_);
    ASSERT_EQ(AwaitEvent(), true);
  }
}

}  // namespace
}  // namespace wanwu::rpc
