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

TEST(FuseTest, BytesAndFloatsMeetOnlyWhereTheyAreConverted) {
  constexpr Affine kAffine{0.1F, 3};
  Activation input = kInput;
  input.affine = kAffine;
  Convolution on_bytes = MakeConvolution(3, 3, 1);
  on_bytes.affine = kAffine;
  const Convolution on_floats = MakeConvolution(3, 3, 1);

  NetworkBuilder network;
  ValueId x = network.Append(Dequantise{}, {0});
  x = network.Append(on_floats, {x});
  const ValueId floats = x;
  x = network.Append(Quantise{kAffine}, {x});
  x = network.Append(on_bytes, {x});
  const Trunk trunk = Fuse(network.operations(), x, input).value();
  EXPECT_EQ(trunk.layers.size(), 4U);
  EXPECT_EQ(trunk.activations[floats].affine, std::nullopt);
  EXPECT_EQ(trunk.activations[x].affine, kAffine);

  NetworkBuilder unconverted;
  EXPECT_FALSE(Fuse(unconverted.operations(),
                    unconverted.Append(on_floats, {0}), input));
  NetworkBuilder twice;
  EXPECT_FALSE(Fuse(
      twice.operations(),
      twice.Append(on_bytes, {twice.Append(Quantise{kAffine}, {0})}), input));
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

TEST(FuseTest, CurveJoinsTheConvolutionBeforeItOrAfterItsSum) {
  NetworkBuilder network;
  const ValueId first = network.Append(MakeConvolution(3, 4, 3), {0});
  const ValueId bent = network.Append(Bend{Curve::kSilu}, {first});
  const ValueId second = network.Append(MakeConvolution(4, 4, 3), {bent});
  const ValueId sum = network.Append(Add{kNoClip}, {second, bent});
  const ValueId output = network.Append(Bend{Curve::kHardswish}, {sum});

  const Trunk trunk = Fuse(network.operations(), output, kInput).value();

  EXPECT_THAT(Targets(trunk), ElementsAre(bent, output));
  EXPECT_EQ(ConvolutionOf(trunk.layers[0]).curve, Curve::kSilu);
  EXPECT_EQ(ConvolutionOf(trunk.layers[1]).curve, Curve::kHardswish);
  EXPECT_EQ(trunk.layers[1].addend, bent);
}

TEST(FuseTest, CurveAfterALimitIsRefused) {
  NetworkBuilder network;
  const ValueId convolved = network.Append(MakeConvolution(3, 4, 3), {0});
  const ValueId limited = network.Append(Limit{kRelu}, {convolved});
  const ValueId bent = network.Append(Bend{Curve::kSigmoid}, {limited});

  EXPECT_FALSE(Fuse(network.operations(), bent, kInput));
}

TEST(FuseTest, GateReadsTheActivationBeforeItsNumbers) {
  NetworkBuilder network;
  const ValueId convolved = network.Append(MakeConvolution(3, 4, 3), {0});
  const ValueId means = network.Append(GlobalAverage{}, {convolved});
  const ValueId product = network.Append(Gate{}, {means, convolved});
  const ValueId last = network.Append(MakeConvolution(4, 4, 1), {product});

  const Trunk trunk = Fuse(network.operations(), last, kInput).value();

  EXPECT_THAT(Targets(trunk), ElementsAre(convolved, means, product, last));
  EXPECT_EQ(trunk.layers[2].source, convolved);
  EXPECT_THAT(trunk.layers[2].more_sources, ElementsAre(means));
  EXPECT_EQ(trunk.activations[product].height, 8);
}

TEST(FuseTest, ProductOfTwoPicturesIsRefused) {
  NetworkBuilder network;
  const ValueId convolved = network.Append(MakeConvolution(3, 4, 3), {0});
  const ValueId other = network.Append(MakeConvolution(3, 4, 3), {0});
  const ValueId product = network.Append(Gate{}, {convolved, other});

  EXPECT_FALSE(Fuse(network.operations(), product, kInput));
}

TEST(FuseTest, ConcatenationHasTheChannelsOfAllAndOneArea) {
  NetworkBuilder network;
  const ValueId left = network.Append(MakeConvolution(3, 4, 3), {0});
  const ValueId right = network.Append(MakeConvolution(3, 6, 3), {0});
  const ValueId both = network.Append(Concatenate{}, {left, right, 0});

  const Trunk trunk = Fuse(network.operations(), both, kInput).value();

  EXPECT_EQ(trunk.activations[both].channels, 4 + 6 + 3);

  const ValueId small = network.Append(MaxPool{{2, 2}, {2, 2}, {}}, {right});
  const ValueId uneven = network.Append(Concatenate{}, {left, small});
  EXPECT_FALSE(Fuse(network.operations(), uneven, kInput));
}

TEST(FuseTest, HeadMayHaveSeveralLinearLayers) {
  NetworkBuilder network;
  const auto weights = std::make_shared<LinearWeights>();
  const ValueId convolved = network.Append(MakeConvolution(3, 4, 3), {0});
  const ValueId means = network.Append(GlobalAverage{true}, {convolved});
  const ValueId inner = network.Append(Linear{4, 20, weights}, {means});
  const ValueId bent = network.Append(Bend{Curve::kHardswish}, {inner});
  const ValueId logits = network.Append(Linear{20, 10, weights}, {bent});

  const Trunk trunk = Fuse(network.operations(), logits, kInput).value();

  EXPECT_EQ(trunk.output, convolved);
  ASSERT_EQ(trunk.head.layers.size(), 2U);
  EXPECT_EQ(trunk.head.layers[0].curve, Curve::kHardswish);
  EXPECT_EQ(trunk.head.layers[1].curve, Curve::kNone);
  EXPECT_EQ(ResultOf(trunk).size(), 10);
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
