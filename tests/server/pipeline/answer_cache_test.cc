#include "server/pipeline/answer_cache.h"

#include <vector>

#include "gtest/gtest.h"
#include "tests/server/pipeline/pipeline_rig.h"

namespace wanwu::pipeline {
namespace {

using namespace test_support;  // NOLINT

constexpr int kClasses = 10;

class AnswerCacheTest : public ::testing::Test {
 protected:
  ClassifyJob& JobOf(const FakeModel& model, EncodedPicture picture) {
    return *rig_.MakeJob(model, std::move(picture)).job();
  }
  ClassifyJob& JobOf(int picture) {
    return JobOf(model_, Encoded(PictureOf(picture)));
  }

  // As a lane does after a look that found nothing.
  static void Keep(AnswerCache& cache, ClassifyJob& job, float logit) {
    EXPECT_FALSE(cache.LookUp(job));
    JobAnswer answer;
    answer.logits.assign(kClasses, logit);
    cache.Keep(*job.answer_key(), answer);
  }

  static int64_t BytesOfOne(ClassifyJob& job) {
    AnswerCache cache(1 << 20);
    Keep(cache, job, 1);
    return cache.Read().bytes;
  }

  PipelineRig rig_;
  const FakeModel& model_ = rig_.Install({.classifier = {kClasses}});
};

TEST_F(AnswerCacheTest, FindsTheAnswerOfTheSameBytes) {
  AnswerCache cache(1 << 20);
  Keep(cache, JobOf(1), 1);
  Keep(cache, JobOf(2), 2);
  ClassifyJob& again = JobOf(1);

  ASSERT_TRUE(cache.LookUp(again));

  EXPECT_EQ(again.kept_answer()->logits, std::vector<float>(kClasses, 1));
}

TEST_F(AnswerCacheTest, KeepsAndCountsWhatIsWrongWithThePicture) {
  const int64_t bytes_of_sound = BytesOfOne(JobOf(1));
  AnswerCache cache(1 << 20);
  ClassifyJob& job = JobOf(1);
  EXPECT_FALSE(cache.LookUp(job));
  JobAnswer answer;
  answer.logits.assign(kClasses, 1);
  answer.warnings = {"8 stray bytes skipped"};
  cache.Keep(*job.answer_key(), answer);
  ClassifyJob& again = JobOf(1);

  ASSERT_TRUE(cache.LookUp(again));

  EXPECT_EQ(again.AnswerFromKept({}).warnings, answer.warnings);
  EXPECT_GE(cache.Read().bytes,
            bytes_of_sound + static_cast<int64_t>(answer.warnings[0].size()));
}

TEST_F(AnswerCacheTest, BytesInPiecesAreTheSameBytes) {
  AnswerCache cache(1 << 20);
  Keep(cache, JobOf(1), 1);
  const auto owner = std::make_shared<Bytes>(PictureOf(1));
  const image::ByteChain::Piece all(*owner);
  EncodedPicture picture;
  picture.bytes.Append(all.first(7));
  picture.bytes.Append(all.subspan(7));
  picture.owner = owner;

  EXPECT_TRUE(cache.LookUp(JobOf(model_, std::move(picture))));
}

TEST_F(AnswerCacheTest, OtherReadingOfTheSameBytesIsAnotherPicture) {
  AnswerCache cache(1 << 20);
  Keep(cache, JobOf(1), 1);
  EncodedPicture picture = Encoded(PictureOf(1));
  picture.form = image::PictureForm::kPixels;

  EXPECT_FALSE(cache.LookUp(JobOf(model_, std::move(picture))));
}

TEST_F(AnswerCacheTest, OtherModelHasAnotherAnswer) {
  const FakeModel& other = rig_.Install({.classifier = {kClasses}});
  AnswerCache cache(1 << 20);
  Keep(cache, JobOf(1), 1);

  EXPECT_FALSE(cache.LookUp(JobOf(other, Encoded(PictureOf(1)))));
}

TEST_F(AnswerCacheTest, WhatWasNotAskedForTheLongestGoesFirst) {
  AnswerCache cache(2 * BytesOfOne(JobOf(1)));
  Keep(cache, JobOf(1), 1);
  Keep(cache, JobOf(2), 2);
  EXPECT_TRUE(cache.LookUp(JobOf(1)));

  Keep(cache, JobOf(3), 3);

  EXPECT_TRUE(cache.LookUp(JobOf(1)));
  EXPECT_FALSE(cache.LookUp(JobOf(2)));
  EXPECT_TRUE(cache.LookUp(JobOf(3)));
  EXPECT_EQ(cache.Read().evictions, 1);
}

TEST_F(AnswerCacheTest, NeverHoldsMoreThanItMay) {
  const int64_t limit = 10 * BytesOfOne(JobOf(1)) + 1;
  AnswerCache cache(limit);

  for (int picture = 0; picture < 100; ++picture) {
    Keep(cache, JobOf(picture), 1);
    EXPECT_LE(cache.Read().bytes, limit);
  }

  EXPECT_EQ(cache.Read().answers, 10);
  EXPECT_EQ(cache.Read().evictions, 90);
}

TEST_F(AnswerCacheTest, WhatIsLargerThanAllOfItIsNotKept) {
  AnswerCache cache(BytesOfOne(JobOf(1)) - 1);

  Keep(cache, JobOf(1), 1);

  EXPECT_EQ(cache.Read().answers, 0);
  EXPECT_FALSE(cache.LookUp(JobOf(1)));
}

TEST_F(AnswerCacheTest, TheFirstOfIdenticalAnswersIsKept) {
  AnswerCache cache(1 << 20);
  ClassifyJob& late = JobOf(1);
  EXPECT_FALSE(cache.LookUp(late));
  Keep(cache, JobOf(1), 1);

  cache.Keep(*late.answer_key(), {.logits = {}});

  EXPECT_EQ(cache.Read().answers, 1);
  ClassifyJob& again = JobOf(1);
  ASSERT_TRUE(cache.LookUp(again));
  EXPECT_EQ(again.kept_answer()->logits.size(), size_t{kClasses});
}

}  // namespace
}  // namespace wanwu::pipeline
