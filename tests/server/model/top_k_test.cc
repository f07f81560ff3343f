#include "server/model/top_k.h"

#include <cmath>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wanwu::model {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::vector<int> Indices(const std::vector<float>& logits, int k) {
  const std::vector<ScoredClass> classes = TopK(logits, k).value();
  std::vector<int> indices;
  for (const ScoredClass& entry : classes) {
    indices.push_back(entry.index);
  }
  return indices;
}

TEST(TopKTest, OrdersByDescendingProbability) {
  EXPECT_EQ(Indices({1, 3, 2, 0}, 3), (std::vector<int>{1, 2, 0}));
}

TEST(TopKTest, EqualProbabilitiesAreOrderedByIndex) {
  EXPECT_EQ(Indices({2, 5, 2, 5, 2}, 5), (std::vector<int>{1, 3, 0, 2, 4}));
}

TEST(TopKTest, DifferentLogitsOfEqualProbabilityAreOrderedByIndex) {
  // Both vanish beside the first.
  EXPECT_EQ(Indices({0, -2000, -1000}, 3), (std::vector<int>{0, 1, 2}));
}

TEST(TopKTest, ProbabilitiesAreTheSoftmaxOverAllClasses) {
  const std::vector<ScoredClass> classes =
      TopK(std::vector<float>{0, std::log(3.0F)}, 1).value();

  EXPECT_EQ(classes.size(), 1U);
  EXPECT_FLOAT_EQ(classes[0].probability, 0.75F);
}

TEST(TopKTest, HugeLogitsDoNotOverflow) {
  const std::vector<ScoredClass> classes =
      TopK(std::vector<float>{3e38F, 3e38F, -3e38F}, 3).value();

  EXPECT_EQ(classes[0].probability, 0.5F);
  EXPECT_EQ(classes[2].probability, 0.0F);
}

TEST(TopKTest, KBeyondTheClassesGivesAllAndBelowOneNone) {
  EXPECT_EQ(Indices({1, 2}, 1000).size(), 2U);
  EXPECT_THAT(Indices({1, 2}, 0), IsEmpty());
  EXPECT_THAT(Indices({1, 2}, -1), IsEmpty());
}

TEST(TopKTest, LogitsThatAreNoNumbersAreAnError) {
  for (const float bad : {std::nanf(""), kInfinity}) {
    const absl::Status status = TopK(std::vector<float>{1, bad}, 1).status();

    EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
    EXPECT_THAT(std::string(status.message()), HasSubstr("class 1"));
  }
}

TEST(TopKTest, MinusInfinityIsAnImpossibleClass) {
  EXPECT_EQ(TopK(std::vector<float>{-kInfinity, 1}, 2).value()[1],
            (ScoredClass{0, 0.0F}));
  EXPECT_FALSE(TopK(std::vector<float>{-kInfinity, -kInfinity}, 1).ok());
}

TEST(TopKTest, NoLogitsAreAnError) { EXPECT_FALSE(TopK({}, 1).ok()); }

TEST(LargestLogitsTest, DifferentLogitsOfEqualProbabilityAreOrderedByLogit) {
  const std::vector<float> logits = {0, -2000, -1000, -1000};

  EXPECT_EQ(*LargestLogits(logits, 4), (std::vector<int>{0, 2, 3, 1}));
  EXPECT_EQ(*LargestLogits(logits, 2), (std::vector<int>{0, 2}));
  EXPECT_EQ(LargestLogits(logits, 9)->size(), 4U);
  EXPECT_FALSE(LargestLogits(std::vector<float>{1, NAN}, 1).ok());
}

TEST(TopKTest, SigmoidsOfLogitsStandByThemselves) {
  const std::vector<float> logits = {0, -INFINITY, 2, 200, -3};

  const auto best = TopK(logits, 3, Scores::kSigmoid).value();

  ASSERT_EQ(best.size(), 3U);
  EXPECT_EQ(best[0].index, 3);
  EXPECT_EQ(best[0].probability, 1);
  EXPECT_EQ(best[1].index, 2);
  EXPECT_FLOAT_EQ(best[1].probability, 0.880797F);
  EXPECT_EQ(best[2].index, 0);
  EXPECT_EQ(best[2].probability, 0.5F);
  EXPECT_EQ(Probabilities(logits, Scores::kSigmoid).value()[1], 0);
  EXPECT_FALSE(TopK(std::vector<float>{1, NAN}, 1, Scores::kSigmoid).ok());
}

TEST(ProbabilitiesTest, AreThoseOfTheClassesInTheirOrder) {
  const std::vector<float> logits = {1, 3, 2};

  const auto probabilities = Probabilities(logits);
  const std::vector<ScoredClass> classes = TopK(logits, 3).value();

  ASSERT_TRUE(probabilities.ok());
  ASSERT_EQ(classes.size(), 3U);
  for (const ScoredClass& scored : classes) {
    EXPECT_EQ((*probabilities)[static_cast<size_t>(scored.index)],
              scored.probability);
  }
  EXPECT_FALSE(Probabilities(std::vector<float>{1, NAN}).ok());
}

}  // namespace
}  // namespace wanwu::model
