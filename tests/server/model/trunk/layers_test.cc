#include "server/model/trunk/layers.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/model/trunk/networks.h"

namespace wanwu::model::trunk {
namespace {

using ::testing::ElementsAre;

constexpr Activation kInput{.channels = 3, .height = 8, .width = 8};

std::vector<ValueId> Targets(const Trunk& trunk) {
  std::vector<ValueId> targets;
  for (const Layer& layer : trunk.layers) targets.push_back(layer.target);
  return targets;
}

const Convolution& ConvolutionOf(const Layer& layer) {
  return std::get<Convolution>(layer.kind);
}

TEST(FuseTest, LimitJoinsTheConvolutionBeforeIt) {
  NetworkBuilder network;
  const ValueId convolved = network.Append(MakeConvolution(3, 4, 3), {0});
  const ValueId limited = network.Append(Limit{{0, 6}}, {convolved});

  const Trunk trunk = Fuse(network.operations(), limited, kInput).value();

  EXPECT_THAT(Targets(trunk), ElementsAre(limited));
  EXPECT_EQ(ConvolutionOf(trunk.layers[0]).clip, (Clip{0, 6}));
  EXPECT_EQ(trunk.output, limited);
}

TEST(FuseTest, PaddingJoinsTheConvolutionAfterIt) {
  NetworkBuilder network;
  const ValueId padded = network.Append(ZeroPad{{0, 1, 2, 3}}, {0});
  Convolution convolution = MakeConvolution(3, 4, 3);
  convolution.padding = {1, 1, 1, 1};
  const ValueId convolved = network.Append(convolution, {padded});

  const Trunk trunk = Fuse(network.operations(), convolved, kInput).value();

  ASSERT_EQ(trunk.layers.size(), 1U);
  EXPECT_EQ(trunk.layers[0].source, kInputValue);
  EXPECT_EQ(ConvolutionOf(trunk.layers[0]).padding, (Padding{1, 2, 3, 4}));
}

TEST(FuseTest, AdditionJoinsOneOfItsConvolutionsWhichThenRunsLast) {
  NetworkBuilder network;
  const ValueId body = network.Append(MakeConvolution(3, 4, 3), {0});
  const ValueId shortcut = network.Append(MakeConvolution(3, 4, 1), {0});
  const ValueId sum = network.Append(Add{kNoClip}, {body, shortcut});
  const ValueId limited = network.Append(Limit{kRelu}, {sum});

  const Trunk trunk = Fuse(network.operations(), limited, kInput).value();

  EXPECT_THAT(Targets(trunk), ElementsAre(shortcut, limited));
  EXPECT_EQ(trunk.layers[1].addend, shortcut);
  EXPECT_EQ(ConvolutionOf(trunk.layers[1]).kernel, (Extent{3, 3}));
  EXPECT_EQ(ConvolutionOf(trunk.layers[1]).clip, kRelu);
}

TEST(FuseTest, ShapesFollowKernelStrideDilationAndPadding) {
  NetworkBuilder network;
  Convolution convolution = MakeConvolution(3, 4, 3);
  convolution.stride = {2, 1};
  convolution.dilation = {1, 2};
  convolution.padding = {0, 1, 1, 2};
  const ValueId convolved = network.Append(convolution, {0});
  const ValueId pooled =
      network.Append(MaxPool{{2, 2}, {2, 2}, {}}, {convolved});

  const Trunk trunk = Fuse(network.operations(), pooled, kInput).value();

  const Activation& middle = trunk.activations[convolved];
  EXPECT_EQ(middle.channels, 4);
  EXPECT_EQ(middle.height, (8 + 1 - 3) / 2 + 1);
  EXPECT_EQ(middle.width, (8 + 3 - 5) / 1 + 1);
  EXPECT_EQ(trunk.activations[pooled].height, middle.height / 2);
}

TEST(FuseTest, HeadIsTakenOffTheEnd) {
  NetworkBuilder network;
  const ValueId convolved = network.Append(MakeConvolution(3, 4, 3), {0});
  const ValueId average = network.Append(GlobalAverage{}, {convolved});
  const ValueId flat = network.Append(Flatten{}, {average});
  const ValueId logits =
      network.Append(Linear{4, 10, std::make_shared<LinearWeights>()}, {flat});

  const Trunk trunk = Fuse(network.operations(), logits, kInput).value();

  EXPECT_EQ(trunk.output, convolved);
  EXPECT_TRUE(trunk.head.averages);
  EXPECT_TRUE(trunk.head.flattens);
  EXPECT_EQ(ResultOf(trunk).channels, 10);
  EXPECT_EQ(ResultOf(trunk).size(), 10);
}

TEST(FuseTest, FlatteningMoreThanOnePixelIsRefused) {
  NetworkBuilder network;
  const ValueId convolved = network.Append(MakeConvolution(3, 4, 3), {0});
  const ValueId flat = network.Append(Flatten{}, {convolved});

  EXPECT_FALSE(Fuse(network.operations(), flat, kInput));
}

TEST(FuseTest, ResultThatSomeoneElseReadsIsNotChanged) {
  NetworkBuilder network;
  const ValueId convolved = network.Append(MakeConvolution(3, 4, 3), {0});
  const ValueId limited = network.Append(Limit{kRelu}, {convolved});
  const ValueId sum = network.Append(Add{kNoClip}, {limited, convolved});

  EXPECT_FALSE(Fuse(network.operations(), sum, kInput));
}

TEST(FuseTest, SumOfPoolsIsRefused) {
  NetworkBuilder network;
  const ValueId left = network.Append(MaxPool{{2, 2}, {2, 2}, {}}, {0});
  const ValueId right = network.Append(MaxPool{{2, 2}, {2, 2}, {}}, {0});
  const ValueId sum = network.Append(Add{kNoClip}, {left, right});

  EXPECT_FALSE(Fuse(network.operations(), sum, kInput));
}

TEST(FuseTest, ShapesThatDoNotFitAreRefused) {
  NetworkBuilder other_channels;
  EXPECT_FALSE(Fuse(other_channels.operations(),
                    other_channels.Append(MakeConvolution(5, 4, 3), {0}),
                    kInput));

  NetworkBuilder too_small;
  const ValueId pooled = too_small.Append(MaxPool{{9, 9}, {1, 1}, {}}, {0});
  EXPECT_FALSE(Fuse(too_small.operations(), pooled, kInput));

  NetworkBuilder other_sizes;
  Convolution strided = MakeConvolution(3, 4, 3);
  strided.stride = {2, 2};
  const ValueId left = other_sizes.Append(strided, {0});
  const ValueId right = other_sizes.Append(MakeConvolution(3, 4, 3), {0});
  const ValueId sum = other_sizes.Append(Add{kNoClip}, {left, right});
  EXPECT_FALSE(Fuse(other_sizes.operations(), sum, kInput));
}

}  // namespace
}  // namespace wanwu::model::trunk
