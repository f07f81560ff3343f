#include "server/model/trunk/algorithm.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wanwu::model::trunk {
namespace {

using ::testing::ElementsAre;

Layer MakeLayer(int in_channels, int out_channels, int kernel) {
  Convolution convolution;
  convolution.in_channels = in_channels;
  convolution.out_channels = out_channels;
  convolution.kernel = {kernel, kernel};
  return {.kind = convolution, .name = "layer"};
}

TEST(AlgorithmsTest, WinogradIsForThreeByThreeWithChannelsEnough) {
  EXPECT_THAT(AlgorithmsOf(MakeLayer(16, 32, 3), Arithmetic::kFloat32),
              ElementsAre(Algorithm::kWinograd4, Algorithm::kWinograd2,
                          Algorithm::kDirect));
  for (const Layer& layer : {MakeLayer(3, 32, 3), MakeLayer(16, 48, 3),
                             MakeLayer(16, 32, 5), MakeLayer(16, 32, 1)}) {
    EXPECT_THAT(AlgorithmsOf(layer, Arithmetic::kFloat32),
                ElementsAre(Algorithm::kDirect));
  }
}

TEST(AlgorithmsTest, WinogradIsNotForStridesDilationsOrCurves) {
  const Layer layer = MakeLayer(16, 32, 3);
  Layer strided = layer;
  std::get<Convolution>(strided.kind).stride = {1, 2};
  Layer dilated = layer;
  std::get<Convolution>(dilated.kind).dilation = {2, 2};
  Layer bent = layer;
  std::get<Convolution>(bent.kind).curve = Curve::kSilu;
  for (const Layer& other : {strided, dilated, bent}) {
    EXPECT_THAT(AlgorithmsOf(other, Arithmetic::kFloat32),
                ElementsAre(Algorithm::kDirect));
  }
}

TEST(AlgorithmsTest, WinogradIsNotForGroupsOrOtherArithmetics) {
  Layer grouped = MakeLayer(32, 32, 3);
  std::get<Convolution>(grouped.kind).groups = 32;
  EXPECT_THAT(AlgorithmsOf(grouped, Arithmetic::kFloat32),
              ElementsAre(Algorithm::kDirect));
  for (const Arithmetic other : {Arithmetic::kBfloat16, Arithmetic::kInt8}) {
    EXPECT_THAT(AlgorithmsOf(MakeLayer(16, 32, 3), other),
                ElementsAre(Algorithm::kDirect));
  }
}

TEST(AlgorithmChoiceTest, ABatchSizeHasThatOfTheLargestBelowIt) {
  AlgorithmChoice choice;
  choice.Set(2, Algorithm::kWinograd2);
  choice.Set(8, Algorithm::kWinograd4);

  EXPECT_EQ(choice.For(1), Algorithm::kDirect);
  for (const int batch : {2, 3, 4, 7}) {
    EXPECT_EQ(choice.For(batch), Algorithm::kWinograd2) << batch;
  }
  for (const int batch : {8, 9, 64}) {
    EXPECT_EQ(choice.For(batch), Algorithm::kWinograd4) << batch;
  }
}

TEST(AlgorithmChoiceTest, KnowsWhatNoBatchSizeTakes) {
  AlgorithmChoice choice(Algorithm::kWinograd4);
  EXPECT_FALSE(choice.Has(Algorithm::kDirect));
  choice.Set(8, Algorithm::kDirect);
  EXPECT_TRUE(choice.Has(Algorithm::kDirect));
  EXPECT_TRUE(choice.Has(Algorithm::kWinograd4));
}

TEST(AlgorithmChoiceTest, TellsFromWhichBatchSizeOn) {
  AlgorithmChoice choice;
  EXPECT_EQ(choice.Text(), "direct");
  choice.Set(2, Algorithm::kWinograd2);
  choice.Set(8, Algorithm::kWinograd4);
  EXPECT_EQ(choice.Text(), "direct, from 2 winograd2, from 8 winograd4");
}

}  // namespace
}  // namespace wanwu::model::trunk
