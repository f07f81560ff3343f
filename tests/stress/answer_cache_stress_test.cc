// Lanes keep and pollers look up, with room for a part of it only.

#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "server/pipeline/answer_cache.h"
#include "tests/support/served_models.h"
#include "tests/support/tracked_job.h"

namespace wanwu::pipeline {
namespace {

using namespace test_support;  // NOLINT

constexpr int kThreads = 4;
constexpr int kRounds = 3000;
constexpr int kPictures = 40;
constexpr int kClasses = 100;

TEST(AnswerCacheStressTest, EveryAnswerFoundIsThatOfThePicture) {
  const batching::SteadyClock clock;
  ClassifyPipeline pipeline({}, clock);
  const FakeModel model = InstallFakeModel(pipeline);
  // For about half of the pictures.
  AnswerCache cache(kPictures / 2 * (400 + 4 * kClasses));
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kRounds; ++i) {
        const int picture = (thread * 7 + i * 13) % kPictures;
        TrackedJob tracked(model.served, Encoded(Bytes(9, uint8_t(picture))));
        ClassifyJob& job = *tracked.job();
        const std::vector<float> expected(kClasses,
                                          static_cast<float>(picture));
        if (cache.LookUp(job)) {
          cache.CountHit();
          ASSERT_EQ(job.kept_answer()->logits, expected);
        } else {
          cache.CountMiss();
          cache.Keep(*job.answer_key(), {.logits = expected});
        }
      }
    });
  }
  threads.clear();

  const AnswerCache::Counts counts = cache.Read();
  EXPECT_EQ(counts.hits + counts.misses, kThreads * kRounds);
  EXPECT_GT(counts.hits, 0);
  EXPECT_GT(counts.evictions, 0);
  EXPECT_LE(counts.bytes, counts.limit);
}

}  // namespace
}  // namespace wanwu::pipeline
