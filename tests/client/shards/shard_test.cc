#include "client/shards/shard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "absl/strings/str_format.h"

namespace wanwu::shards {
namespace {

TEST(ShardTest, IsReadAndWritten) {
  EXPECT_EQ(ParseShard("0/1"), (Shard{0, 1}));
  EXPECT_EQ(ParseShard("99/100"), (Shard{99, 100}));
  EXPECT_EQ(ShardText({99, 100}), "99/100");
  for (const char* wrong : {"", "1", "/", "1/1", "5/3", "0/0", "-1/3", "a/3",
                            "0/100001", "0/3/1", "0/3x"}) {
    EXPECT_EQ(ParseShard(wrong), std::nullopt) << wrong;
  }
}

TEST(ShardTest, FolderNamesAreThoseOfTheirShardsOnly) {
  EXPECT_EQ(FolderOf({3, 100}), "shard-00003-of-00100");
  EXPECT_EQ(ShardOfFolder("shard-00003-of-00100"), (Shard{3, 100}));
  EXPECT_EQ(ShardOfFolder("shard-3-of-100"), std::nullopt);
  EXPECT_EQ(ShardOfFolder("shard-00003-of-00100x"), std::nullopt);
  EXPECT_EQ(ShardOfFolder("names"), std::nullopt);
}

// Written down once: other values would give a job that is taken up by another
// release its pictures twice.
TEST(ShardTest, HashesAreTheSameForEver) {
  EXPECT_EQ(NameHash(""), 0xefd01f60ba992926u);
  EXPECT_EQ(NameHash("a/0000001.jpg"), 5681832048317215140u);
}

TEST(ShardTest, SharesNamesOutEvenlyHoweverTheyAreNumbered) {
  constexpr int kNames = 100'000;
  for (const int step : {1, 2, 16}) {
    for (const uint32_t count : {2u, 7u, 16u, 100u, 1000u}) {
      std::vector<int> sizes(count);
      for (int i = 0; i < kNames; ++i) {
        ++sizes[ShardOf(absl::StrFormat("n/%08d.jpg", step * i), count)];
      }
      const double mean = double{kNames} / count;
      // Five and a half standard deviations.
      const double slack = 5.5 * std::sqrt(mean);
      EXPECT_EQ(std::accumulate(sizes.begin(), sizes.end(), 0), kNames);
      EXPECT_GT(*std::min_element(sizes.begin(), sizes.end()), mean - slack);
      EXPECT_LT(*std::max_element(sizes.begin(), sizes.end()), mean + slack);
    }
  }
}

}  // namespace
}  // namespace wanwu::shards
