// Callers submit to whatever the catalog names while models come and go.

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "server/pipeline/classify_pipeline.h"
#include "server/pipeline/model_catalog.h"
#include "tests/support/gate.h"
#include "tests/support/pictures.h"
#include "tests/support/served_models.h"
#include "tests/support/tracked_job.h"

namespace wanwu::pipeline {
namespace {

using namespace test_support;  // NOLINT

constexpr int kVersions = 150;
constexpr int kCallers = 4;
constexpr int kClasses = 1000;

// Without kept answers, and with room for some.
class ModelSwapStressTest : public ::testing::TestWithParam<int64_t> {
 protected:
  ModelSwapStressTest()
      : pipeline_({.lanes = 2,
                   .answer_cache_bytes = GetParam(),
                   .on_model_unused = [this] { unused_.Add(); }},
                  clock_) {}
  // Nobody but the pipeline's end may see to what is left.
  ~ModelSwapStressTest() override { pipeline_.Drain(); }

  // Answers of version v are the picture's number plus v.
  void PutIntoService(int64_t version) {
    const FakeModel model = InstallFakeModel(
        pipeline_, {.version = version,
                    .max_batch_size = 4,
                    .classifier = {.class_count = kClasses,
                                   .class_offset = static_cast<int>(version)}});
    catalog_.Put(ReadyEntry(model));
  }

  // One request of a caller, cancelled at some stage if `cancel`.
  void Call(int picture, bool cancel) {
    auto model = catalog_.FindReady("", "");
    ASSERT_TRUE(model.ok()) << model.status();
    const int64_t version = (*model)->package().manifest.version;
    TrackedJobOptions options;
    options.times.arrival = clock_.Now();
    TrackedJob job(*std::move(model), Encoded(PictureOf(picture)), options);
    ASSERT_TRUE(pipeline_.Submit(job.job()).ok());
    if (cancel) pipeline_.Cancel(*job.job());
    const auto& answer = job.Await();
    ASSERT_EQ(job.times_done(), 1);
    if (cancel && absl::IsCancelled(answer.status())) return;
    ASSERT_TRUE(answer.ok()) << answer.status();
    ASSERT_EQ(BestClass(answer->logits), (picture + version) % kClasses);
    answered_.fetch_add(1);
  }

  const batching::SteadyClock clock_;
  Counter unused_;
  std::atomic<int> answered_{0};
  ModelCatalog catalog_{"fake"};
  ClassifyPipeline pipeline_;
};

INSTANTIATE_TEST_SUITE_P(AnswerCacheBytes, ModelSwapStressTest,
                         ::testing::Values(0, 1'000'000));

TEST_P(ModelSwapStressTest, EveryRequestIsAnsweredByTheVersionThatItGot) {
  PutIntoService(1);
  std::atomic<bool> stop{false};
  std::vector<std::jthread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; !stop; ++i) Call((caller * 101 + i) % 500, i % 5 == 4);
    });
  }

  int removed = 0;
  for (int64_t version = 2; version <= kVersions; ++version) {
    const int answered_before = answered_.load();
    PutIntoService(version);
    catalog_.Remove("fake", version - 1);
    removed += static_cast<int>(pipeline_.RemoveUnused().size());
    // So that each version has some work.
    while (answered_.load() < answered_before + kCallers) {
      std::this_thread::yield();
    }
  }
  stop = true;
  callers.clear();

  unused_.AwaitAtLeast(kVersions - 1);
  removed += static_cast<int>(pipeline_.RemoveUnused().size());
  EXPECT_EQ(removed, kVersions - 1);
  EXPECT_EQ(pipeline_.installed_count(), 1);
  EXPECT_EQ(pipeline_.admission().jobs(), 0);
}

// The version's number stays: what its folder holds is another package.
TEST_P(ModelSwapStressTest, AVersionIsReplacedInPlace) {
  PutIntoService(1);
  std::atomic<bool> stop{false};
  std::vector<std::jthread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; !stop; ++i) Call((caller * 101 + i) % 500, false);
    });
  }

  for (int i = 1; i < kVersions; ++i) {
    PutIntoService(1);
    pipeline_.RemoveUnused();
  }
  stop = true;
  callers.clear();

  unused_.AwaitAtLeast(kVersions - 1);
  pipeline_.RemoveUnused();
  EXPECT_EQ(pipeline_.installed_count(), 1);
}

}  // namespace
}  // namespace wanwu::pipeline
