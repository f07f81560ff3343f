#include "server/model/trunk/slot_plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/model/trunk/networks.h"

namespace wanwu::model::trunk {
namespace {

using ::testing::ElementsAre;

constexpr Activation kInput{.channels = 4, .height = 8, .width = 8};

TEST(SlotPlanTest, ChainNeedsTwoSlots) {
  NetworkBuilder network;
  ValueId value = kInputValue;
  for (int i = 0; i < 5; ++i) {
    value = network.Append(MakeConvolution(4, 4, 3), {value});
  }

  const SlotPlan plan = PlanSlots(
      Fuse(network.operations(), value, kInput).value(), Arithmetic::kFloat32);

  EXPECT_THAT(plan.slot_bytes, ElementsAre(1024, 1024));
  EXPECT_THAT(plan.slot_of, ElementsAre(0, 1, 0, 1, 0, 1));
}

TEST(SlotPlanTest, BytesTakeAQuarterOfWhatFloatsTake) {
  NetworkBuilder network;
  ValueId value = network.Append(MakeConvolution(4, 4, 3), {0});
  value = network.Append(Quantise{{0.1F, 3}}, {value});
  const Trunk trunk = Fuse(network.operations(), value, kInput).value();

  const SlotPlan plan = PlanSlots(trunk, Arithmetic::kInt8);

  EXPECT_THAT(plan.slot_bytes, ElementsAre(1024, 1024));
  EXPECT_THAT(plan.slot_of, ElementsAre(0, 1, 0));
  EXPECT_THAT(PlanSlots(trunk, Arithmetic::kBfloat16).slot_bytes,
              ElementsAre(512, 512));
}

TEST(SlotPlanTest, SumLiesWhereItsAddendLayUnlessThatIsStillNeeded) {
  NetworkBuilder network;
  const ValueId first = network.Append(MakeConvolution(4, 4, 3), {0});
  const ValueId inner = network.Append(MakeConvolution(4, 4, 3), {first});
  const ValueId sum = network.Append(Add{kNoClip}, {inner, first});

  const Trunk trunk = Fuse(network.operations(), sum, kInput).value();
  const SlotPlan plan = PlanSlots(trunk, Arithmetic::kFloat32);

  EXPECT_NE(plan.slot_of[sum], plan.slot_of[first]);
  EXPECT_THAT(plan.copies_addend, ElementsAre(false, true));
}

TEST(SlotPlanTest, ResidualBlockSumsInPlace) {
  NetworkBuilder network;
  const ValueId first = network.Append(MakeConvolution(4, 4, 3), {0});
  const ValueId inner = network.Append(MakeConvolution(4, 4, 3), {first});
  const ValueId outer = network.Append(MakeConvolution(4, 4, 3), {inner});
  const ValueId sum = network.Append(Add{kNoClip}, {outer, first});

  const SlotPlan plan = PlanSlots(
      Fuse(network.operations(), sum, kInput).value(), Arithmetic::kFloat32);

  EXPECT_EQ(plan.slot_of[sum], plan.slot_of[first]);
  EXPECT_THAT(plan.copies_addend, ElementsAre(false, false, false));
}

TEST(SlotPlanTest, GateChangesItsActivationInPlaceUnlessThatIsStillNeeded) {
  NetworkBuilder network;
  const ValueId first = network.Append(MakeConvolution(4, 4, 3), {0});
  const ValueId means = network.Append(GlobalAverage{}, {first});
  const ValueId once = network.Append(Gate{}, {first, means});
  const ValueId again = network.Append(GlobalAverage{}, {once});
  const ValueId product = network.Append(Gate{}, {once, again});
  const ValueId last = network.Append(MakeConvolution(4, 4, 3), {product});
  const ValueId sum = network.Append(Add{kNoClip}, {last, once});

  const SlotPlan plan = PlanSlots(
      Fuse(network.operations(), sum, kInput).value(), Arithmetic::kFloat32);

  EXPECT_EQ(plan.slot_of[once], plan.slot_of[first]);
  EXPECT_NE(plan.slot_of[product], plan.slot_of[once]);
  EXPECT_NE(plan.slot_of[again], plan.slot_of[once]);
}

TEST(SlotPlanTest, ConcatenationLiesBesideAllThatItReads) {
  NetworkBuilder network;
  const ValueId left = network.Append(MakeConvolution(4, 4, 3), {0});
  const ValueId right = network.Append(MakeConvolution(4, 4, 3), {left});
  const ValueId both = network.Append(Concatenate{}, {left, right, left});

  const SlotPlan plan = PlanSlots(
      Fuse(network.operations(), both, kInput).value(), Arithmetic::kFloat32);

  EXPECT_NE(plan.slot_of[both], plan.slot_of[left]);
  EXPECT_NE(plan.slot_of[both], plan.slot_of[right]);
}

TEST(SlotPlanTest, NoLayerWritesWhereItReads) {
  NetworkBuilder network;
  ValueId value = network.Append(MakeConvolution(4, 8, 3), {0});
  for (int i = 0; i < 3; ++i) {
    const ValueId inner = network.Append(MakeConvolution(8, 8, 3), {value});
    const ValueId outer = network.Append(MakeConvolution(8, 8, 3), {inner});
    value = network.Append(Add{kRelu}, {value, outer});
  }

  const Trunk trunk = Fuse(network.operations(), value, kInput).value();
  const SlotPlan plan = PlanSlots(trunk, Arithmetic::kFloat32);

  for (const Layer& layer : trunk.layers) {
    EXPECT_NE(plan.slot_of[layer.source], plan.slot_of[layer.target]);
  }
}

}  // namespace
}  // namespace wanwu::model::trunk
