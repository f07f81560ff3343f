#include "server/app/watchdog.h"

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <sstream>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/rpc/completion_tag.h"
#include "server/rpc/cq_poller.h"
#include "tests/server/pipeline/pipeline_rig.h"
#include "tests/support/fake_clock.h"
#include "tests/support/gate.h"

namespace wanwu::app {
namespace {

using batching::ThreadAtWork;
using rpc::Serving;
using std::chrono::seconds;
using test_support::FakeClock;
using test_support::FakeModel;
using test_support::Gate;
using testing::HasSubstr;

constexpr seconds kStuckAfter{60};

// Holds up whoever asks for its CPU time, as decoding does, if the gate is
// closed.
class StallingClock final : public batching::Clock {
 public:
  explicit StallingClock(const FakeClock& clock) : clock_(clock) {}
  TimePoint Now() const override { return clock_.Now(); }
  Duration ThreadTime() const override {
    gate_.Pass();
    return clock_.ThreadTime();
  }
  void WaitUntil(std::condition_variable& condition,
                 std::unique_lock<std::mutex>& lock,
                 TimePoint until) const override {
    clock_.WaitUntil(condition, lock, until);
  }

  Gate& gate() const { return gate_; }

 private:
  const FakeClock& clock_;
  mutable Gate gate_;
};

class WatchdogTest : public testing::Test {
 protected:
  WatchdogTest() { health_.Set(rpc::kLiveness, Serving::kYes); }

  void Watch(Watchdog::List list) {
    watchdog_ = std::make_unique<Watchdog>(kStuckAfter, clock_, std::move(list),
                                           health_, log_);
  }

  Serving LivenessAfter(seconds time) {
    clock_.Advance(time);
    watchdog_->Tick();
    return health_.Get(rpc::kLiveness).value();
  }

  FakeClock clock_;
  rpc::HealthState health_{{rpc::kLiveness}};
  std::ostringstream lines_;
  logging::Logger log_{{}, lines_};
  std::unique_ptr<Watchdog> watchdog_;
};

TEST_F(WatchdogTest, AServerWithNothingToDoIsLive) {
  pipeline::PipelineRig rig({}, clock_);
  Watch([&rig](auto& threads) { rig.pipeline().ListThreadsAtWork(threads); });

  EXPECT_EQ(LivenessAfter(10 * kStuckAfter), Serving::kYes);
}

TEST_F(WatchdogTest, LivenessFailsWhileALaneIsStuck) {
  pipeline::PipelineRig rig({}, clock_);
  const FakeModel& model = rig.Install();
  Watch([&rig](auto& threads) { rig.pipeline().ListThreadsAtWork(threads); });
  test_support::TrackedJob& job = rig.OccupyLane(model, 1);

  EXPECT_EQ(LivenessAfter(kStuckAfter - seconds(1)), Serving::kYes);
  EXPECT_EQ(LivenessAfter(seconds(1)), Serving::kNo);
  EXPECT_EQ(LivenessAfter(seconds(1)), Serving::kNo);
  EXPECT_THAT(lines_.str(),
              HasSubstr("thread_stuck thread=wanwu-lane-0 seconds=60"));

  model.classifier->gate().Open();
  job.Await();
  rig.Submit(model, 2).Await();  // so the lane has left the first batch
  EXPECT_EQ(LivenessAfter(seconds(1)), Serving::kYes);
  EXPECT_THAT(lines_.str(), HasSubstr("no_thread_stuck"));
}

TEST_F(WatchdogTest, LivenessFailsWhileADecoderIsStuck) {
  const StallingClock stalling(clock_);
  pipeline::PipelineRig rig({}, stalling);
  const FakeModel& model = rig.Install();
  Watch([&rig](auto& threads) { rig.pipeline().ListThreadsAtWork(threads); });
  stalling.gate().Close();
  test_support::TrackedJob& job = rig.Submit(model, 1);
  stalling.gate().AwaitHeld(1);

  EXPECT_EQ(LivenessAfter(kStuckAfter), Serving::kNo);
  EXPECT_THAT(lines_.str(), HasSubstr("thread_stuck thread=wanwu-decode "));

  stalling.gate().Open();
  job.Await();
}

TEST_F(WatchdogTest, LivenessFailsWhileAPollerIsStuck) {
  struct Stall final : rpc::CompletionTag {
    void OnEvent(bool /*ok*/) override { gate.Pass(); }
    Gate gate;
  };
  Stall stall;
  stall.gate.Close();
  grpc::ServerBuilder builder;
  rpc::CqPoller poller(builder.AddCompletionQueue(), clock_);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  poller.Start();
  Watch([&poller](auto& threads) {
    if (const auto since = poller.mark().since()) {
      threads.push_back({"wanwu-poller", *since});
    }
  });
  grpc::Alarm alarm;
  alarm.Set(&poller.queue(), std::chrono::system_clock::now(), &stall);
  stall.gate.AwaitHeld(1);

  EXPECT_EQ(LivenessAfter(kStuckAfter), Serving::kNo);

  stall.gate.Open();
  server->Shutdown();
  poller.Shutdown();
  poller.Join();
  EXPECT_EQ(LivenessAfter(seconds(1)), Serving::kYes);
}

TEST_F(WatchdogTest, EveryThreadThatGetsStuckIsNamedOnce) {
  std::vector<ThreadAtWork> at_work = {{"lane 0", clock_.Now()}};
  Watch([&at_work](auto& threads) { threads = at_work; });
  LivenessAfter(kStuckAfter);
  at_work = {{"lane 1", at_work[0].since}};

  EXPECT_EQ(LivenessAfter(seconds(1)), Serving::kNo);
  EXPECT_EQ(LivenessAfter(seconds(1)), Serving::kNo);

  const std::string lines = lines_.str();
  const size_t second = lines.find("thread_stuck thread=\"lane 1\"");
  ASSERT_NE(second, std::string::npos) << lines;
  EXPECT_EQ(lines.find("thread_stuck", second + 1), std::string::npos);
  EXPECT_THAT(lines, HasSubstr("thread_stuck thread=\"lane 0\""));
}

}  // namespace
}  // namespace wanwu::app
