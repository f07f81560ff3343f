// Which batches the pipeline tells of, and what jobs learn of theirs. Also for
// ThreadSanitizer, which looks at no more of tracing.

#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "server/pipeline/classify_pipeline.h"
#include "tests/support/pictures.h"
#include "tests/support/served_models.h"
#include "tests/support/tracked_job.h"

namespace wanwu::pipeline {
namespace {

using namespace test_support;  // NOLINT

class ClassifyPipelineTracesTest : public ::testing::Test {
 protected:
  ClassifyPipelineTracesTest()
      : pipeline_({.lanes = 2,
                   .decode_threads = 2,
                   .on_traced_batch =
                       [this](const BatchRun& run) { return Note(run); }},
                  clock_),
        model_(InstallFakeModel(pipeline_, {.max_batch_size = 4})) {}
  ~ClassifyPipelineTracesTest() override { pipeline_.Drain(); }

  // The batch's mark has the number of batches so far for its span.
  TraceMark Note(const BatchRun& run) {
    const std::lock_guard lock(mutex_);
    const uint64_t batch = ++batches_;
    EXPECT_LE(run.start, run.end);
    EXPECT_TRUE(run.ok);
    EXPECT_TRUE(run.lane == 0 || run.lane == 1) << run.lane;
    for (const batching::JobPtr& job : run.jobs) {
      const TraceMark& mark = static_cast<const ClassifyJob&>(*job).trace();
      if (mark.set()) batch_of_[mark.span] = batch;
    }
    return {.trace_high = 7, .trace_low = batch, .span = batch};
  }

  // `span` of 0: it is not traced. The batch that it was told of.
  uint64_t Classify(uint64_t span) {
    TrackedJobOptions options;
    options.times.arrival = clock_.Now();
    TrackedJob job(model_.served, Encoded(PictureOf(1)), options);
    job.job()->SetTrace({.trace_high = 1, .trace_low = 2, .span = span});
    EXPECT_TRUE(pipeline_.Submit(job.job()).ok());
    EXPECT_TRUE(job.Await().ok());
    return job.job()->batch_trace().span;
  }

  const batching::SteadyClock clock_;
  std::mutex mutex_;
  // Guarded by mutex_.
  uint64_t batches_ = 0;
  std::map<uint64_t, uint64_t> batch_of_;
  ClassifyPipeline pipeline_;
  const FakeModel model_;
};

TEST_F(ClassifyPipelineTracesTest, NothingIsToldOfWhatIsNotTraced) {
  EXPECT_EQ(Classify(0), 0u);
  EXPECT_EQ(batches_, 0u);
}

TEST_F(ClassifyPipelineTracesTest, AJobKnowsItsBatchOnceItHasEnded) {
  EXPECT_EQ(Classify(5), 1u);
  EXPECT_EQ(batch_of_[5], 1u);
}

TEST_F(ClassifyPipelineTracesTest, EachOfManyJobsKnowsTheBatchThatToldOfIt) {
  constexpr int kCallers = 8;
  constexpr uint64_t kJobs = 100;
  std::vector<std::jthread> callers;
  for (uint64_t caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([this, caller] {
      for (uint64_t i = 1; i <= kJobs; ++i) {
        // Every other one is traced.
        const uint64_t span = i % 2 == 0 ? caller * kJobs + i : 0;
        const uint64_t batch = Classify(span);
        if (span == 0) continue;
        const std::lock_guard lock(mutex_);
        EXPECT_EQ(batch_of_[span], batch);
        EXPECT_NE(batch, 0u);
      }
    });
  }
  callers.clear();
  EXPECT_EQ(batch_of_.size(), kCallers * kJobs / 2);
}

}  // namespace
}  // namespace wanwu::pipeline
