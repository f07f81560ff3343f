#include "common/options/did_you_mean.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wanwu::options {
namespace {

const std::vector<std::string> kNames = {"lanes", "max_batch_size",
                                         "max_queue_delay"};

TEST(SuggestTest, FindsANameWithOneWrongLetter) {
  EXPECT_EQ(Suggest("lanez", kNames), "lanes");
  EXPECT_EQ(Suggest("lane", kNames), "lanes");
}

TEST(SuggestTest, TakesHyphensAndCapitalsForTheSameName) {
  EXPECT_EQ(Suggest("max-batch-size", kNames), "max_batch_size");
  EXPECT_EQ(Suggest("MAX_QUEUE_DELAY", kNames), "max_queue_delay");
}

TEST(SuggestTest, TakesTheNearestOfSeveral) {
  EXPECT_EQ(Suggest("max_queue_dely", kNames), "max_queue_delay");
}

TEST(SuggestTest, StaysSilentWhenNothingIsNear) {
  EXPECT_EQ(Suggest("colour", kNames), "");
  EXPECT_EQ(Suggest("", kNames), "");
  EXPECT_EQ(Suggest(std::string(100'000, 'x'), kNames), "");
}

}  // namespace
}  // namespace wanwu::options
