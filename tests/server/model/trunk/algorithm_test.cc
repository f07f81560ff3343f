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

TEST(AlgorithmChoiceTest, APictureAloneMayHaveAnotherThanBatches) {
  const AlgorithmChoice choice{Algorithm::kDirect, Algorithm::kWinograd4};

  EXPECT_EQ(choice.For(1), Algorithm::kDirect);
  EXPECT_EQ(choice.For(2), Algorithm::kWinograd4);
  EXPECT_EQ(choice.For(64), Algorithm::kWinograd4);
  EXPECT_TRUE(choice.Has(Algorithm::kDirect));
  EXPECT_TRUE(choice.Has(Algorithm::kWinograd4));
  EXPECT_FALSE(choice.Has(Algorithm::kWinograd2));
  EXPECT_EQ(choice.Text(), "direct, in batches winograd4");
}

TEST(AlgorithmChoiceTest, IsReadFromItsText) {
  for (const AlgorithmChoice& choice :
       {AlgorithmChoice{},
        AlgorithmChoice{Algorithm::kWinograd2, Algorithm::kWinograd4}}) {
    EXPECT_EQ(ParseAlgorithmChoice(choice.Text()), choice);
  }
  EXPECT_EQ(ParseAlgorithmChoice("winograd3"), std::nullopt);
  EXPECT_EQ(ParseAlgorithmChoice(""), std::nullopt);
}

TEST(AlgorithmChoiceTest, NamesOneAlgorithmOnce) {
  const AlgorithmChoice choice{Algorithm::kWinograd2, Algorithm::kWinograd2};
  EXPECT_EQ(choice.Text(), "winograd2");
}

}  // namespace
}  // namespace wanwu::model::trunk
