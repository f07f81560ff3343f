#include <array>
#include <chrono>
#include <deque>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "server/errors/service_error.h"
#include "server/pipeline/classify_pipeline.h"
#include "tests/server/pipeline/pipeline_rig.h"

namespace wanwu::pipeline {
namespace {

using batching::Clock;
using batching::Priority;
using std::chrono::microseconds;
using namespace test_support;  // NOLINT

constexpr int kProducers = 8;
constexpr int kJobsPerProducer = 200;

enum class Kind { kPlain, kBroken, kCancelled, kTight };

struct Load {
  Kind kind;
  const FakeModel* model;
  int picture;
  TrackedJob* tracked;
  absl::Status submitted;
};

// One caller: submits a seeded mix of jobs and cancels some of them.
class Producer {
 public:
  Producer(ClassifyPipeline& pipeline, std::array<const FakeModel*, 2> models,
           unsigned seed)
      : pipeline_(pipeline), models_(models), random_(seed) {}

  void Run() {
    for (int i = 0; i < kJobsPerProducer; ++i) SubmitOne();
  }

  const std::vector<Load>& loads() const { return loads_; }

 private:
  int Below(int limit) {
    return static_cast<int>(random_() % static_cast<unsigned>(limit));
  }

  Kind ChooseKind() {
    const int dice = Below(10);
    if (dice == 0) return Kind::kBroken;
    if (dice <= 2) return Kind::kCancelled;
    return dice == 3 ? Kind::kTight : Kind::kPlain;
  }

  void SubmitOne() {
    const Kind kind = ChooseKind();
    const FakeModel& model = *models_[static_cast<size_t>(Below(2))];
    const int picture = Below(1000);
    TrackedJobOptions options;
    options.priority = Below(3) == 0 ? Priority::kBulk : Priority::kInteractive;
    options.times.arrival = clock_.Now();
    if (kind == Kind::kTight) {
      options.times.deadline = clock_.Now() + microseconds(Below(3000));
    }
    TrackedJob& tracked = jobs_.emplace_back(
        model.served,
        Encoded(kind == Kind::kBroken ? BrokenPicture() : PictureOf(picture)),
        options);
    loads_.push_back(
        {kind, &model, picture, &tracked, pipeline_.Submit(tracked.job())});
    if (kind != Kind::kCancelled || !loads_.back().submitted.ok()) return;
    for (int i = Below(20); i > 0; --i) std::this_thread::yield();
    pipeline_.Cancel(*tracked.job());
  }

  ClassifyPipeline& pipeline_;
  const std::array<const FakeModel*, 2> models_;
  std::minstd_rand random_;
  const batching::SteadyClock clock_;
  std::deque<TrackedJob> jobs_;
  std::vector<Load> loads_;
};

void ExpectRightEnd(const Load& load) {
  if (!load.submitted.ok()) {
    EXPECT_EQ(load.tracked->times_done(), 0);
    return;
  }
  ASSERT_EQ(load.tracked->times_done(), 1);
  const auto& outcome = load.tracked->Await();
  const std::string reason = errors::Reason(outcome.status());
  if (outcome.ok()) {
    EXPECT_NE(load.kind, Kind::kBroken);
    EXPECT_EQ(BestClass(outcome->logits),
              load.model->classifier->ClassOf(load.picture));
  } else if (load.kind == Kind::kBroken) {
    EXPECT_EQ(reason, errors::kImageDecodeFailed);
  } else if (load.kind == Kind::kCancelled) {
    EXPECT_EQ(reason, errors::kCancelled);
  } else {
    EXPECT_EQ(load.kind, Kind::kTight) << outcome.status();
    EXPECT_EQ(reason, errors::kDeadlineExceeded);
  }
}

// Decode threads; 0: the lanes decode.
class ClassifyPipelineLoadTest : public ::testing::TestWithParam<int> {};

TEST_P(ClassifyPipelineLoadTest, EveryJobEndsOnceWithItsOwnAnswer) {
  std::deque<Producer> producers;
  PipelineRig rig(
      {.lanes = 3, .decode_threads = GetParam(), .queue_capacity = 64});
  const FakeModel& first = rig.Install({.name = "a", .max_batch_size = 4});
  const FakeModel& second =
      rig.Install({.name = "b",
                   .max_batch_size = 8,
                   .time_per_picture = microseconds(20),
                   .classifier = {.class_count = 1009, .class_offset = 500}});
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kProducers; ++i) {
    producers.emplace_back(rig.pipeline(), std::array{&first, &second}, i + 1);
  }
  for (Producer& producer : producers) {
    threads.emplace_back([&producer] { producer.Run(); });
  }
  for (std::thread& thread : threads) thread.join();

  rig.pipeline().StopAdmission();
  EXPECT_TRUE(rig.pipeline().WaitUntilIdle(Clock::TimePoint::max()));
  rig.pipeline().Drain();

  for (const Producer& producer : producers) {
    for (const Load& load : producer.loads()) ExpectRightEnd(load);
  }
  EXPECT_EQ(rig.pipeline().admission().jobs(), 0);
  EXPECT_EQ(rig.pipeline().admission().bytes(), 0);
  EXPECT_EQ(rig.pipeline().admission().EstimatedWait(),
            Clock::Duration::zero());
}

INSTANTIATE_TEST_SUITE_P(DecodeThreads, ClassifyPipelineLoadTest,
                         ::testing::Values(0, 3));

}  // namespace
}  // namespace wanwu::pipeline
