#include "client/loadgen/picture_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace wanwu::loadgen {
namespace {

using namespace std::string_literals;

std::vector<std::string> Take(PictureSet& pictures, int count) {
  std::vector<std::string> taken;
  for (int i = 0; i < count; ++i) taken.push_back(pictures.Next());
  return taken;
}

TEST(PictureSetTest, RoundRobinTakesThemInTurn) {
  PictureSet pictures({"a", "b", "c"}, PictureOrder::kRoundRobin, 1);

  EXPECT_THAT(Take(pictures, 5), testing::ElementsAre("a", "b", "c", "a", "b"));
}

TEST(PictureSetTest, RandomOrderIsEvenAndDecidedByTheSeed) {
  PictureSet first({"a", "b", "c"}, PictureOrder::kRandom, 1);
  PictureSet same({"a", "b", "c"}, PictureOrder::kRandom, 1);
  PictureSet other({"a", "b", "c"}, PictureOrder::kRandom, 2);
  const auto taken = Take(first, 3000);

  EXPECT_EQ(taken, Take(same, 3000));
  EXPECT_NE(taken, Take(other, 3000));
  std::map<std::string, int> counts;
  for (const std::string& picture : taken) ++counts[picture];
  for (const auto& [picture, count] : counts) EXPECT_NEAR(count, 1000, 100);
}

TEST(PictureSetTest, KnowsThePicturesMeanSize) {
  EXPECT_EQ(PictureSet({"1", "333"}, PictureOrder::kRandom, 1).MeanBytes(), 2);
}

TEST(PictureSetTest, TellsPicturesByTheirFirstBytes) {
  EXPECT_TRUE(LooksLikePicture("\xff\xd8\xff\xe0"s));
  EXPECT_TRUE(LooksLikePicture("\x89PNG\r\n\x1a\n..."s));
  EXPECT_TRUE(LooksLikePicture("RIFF\0\0\0\0WEBPVP8 "s));
  EXPECT_TRUE(LooksLikePicture("GIF89a"s));
  EXPECT_TRUE(
      LooksLikePicture("BM6\x10\0\0\0\0\0\0"
                       "6\0\0\0(\0\0\0"s));
  EXPECT_TRUE(LooksLikePicture("II*\0\x08\0\0\0"s));
  EXPECT_TRUE(LooksLikePicture("MM\0*\0\0\0\x08"s));
  EXPECT_TRUE(
      LooksLikePicture("\0\0\0\x18"
                       "ftypheic\0\0\0\0mif1heic"s));
  EXPECT_TRUE(
      LooksLikePicture("\0\0\0\x18"
                       "ftypmif1\0\0\0\0avifmif1"s));
  EXPECT_FALSE(
      LooksLikePicture("\0\0\0\x18"
                       "ftypisom\0\0\0\0isommp42"s));
  EXPECT_FALSE(LooksLikePicture("BMW makes cars and motorcycles"s));
  EXPECT_FALSE(LooksLikePicture("RIFF\0\0\0\0WAVEfmt "s));
  EXPECT_FALSE(LooksLikePicture("import os"s));
  EXPECT_FALSE(LooksLikePicture(""s));
}

}  // namespace
}  // namespace wanwu::loadgen
