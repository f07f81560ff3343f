#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "batching/lane.h"
#include "tests/batching/recording_runner.h"
#include "tests/support/fake_clock.h"

namespace wanwu::batching {

// One lane over queues that the test fills without waking anybody. `feeder` may
// be null.
class LaneFixture : public ::testing::Test {
 protected:
  explicit LaneFixture(Feeder* feeder) : context_(clock_, 1, feeder) {}

  // While a derived test still has its feeder.
  void TearDown() override {
    context_.table.CloseAll();
    context_.control.Close();
    context_.draining = true;
    context_.gate.WakeAll();
    if (thread_.joinable()) thread_.join();
  }

  QueueId Add(const QueueOptions& options) {
    return context_.table.Add(std::make_unique<ModelQueue>(options, runner_))
        .value();
  }

  void Push(QueueId id, int number) {
    ModelQueue* queue = context_.table.Enter(id, QueueSlot::Visit::kSubmit);
    ASSERT_NE(queue, nullptr);
    ASSERT_TRUE(queue->TryPush(Priority::kInteractive,
                               MakeJob(number, {.arrival = clock_.Now()})));
  }

  void StartLane() {
    thread_ = std::jthread([this] { Lane(0, context_).Run(); });
  }

  test_support::FakeClock clock_;
  RecordingRunner runner_;
  LaneContext context_;
  std::jthread thread_;
};

}  // namespace wanwu::batching
