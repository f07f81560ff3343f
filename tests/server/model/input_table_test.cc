#include "server/model/input_table.h"

#include <bit>
#include <cmath>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wanwu::model {
namespace {

using ::testing::ElementsAre;

// value = (byte - {10, 20, 30}) / {2, 4, 5}
InputSpec Spec() { return {{}, 1.0F, {10, 20, 30}, {2, 4, 5}}; }

TEST(InputTableTest, NormalisesEachChannelByItsOwnConstants) {
  const InputTable<float> table = MakeFloatTable(Spec());

  EXPECT_EQ(table[0][12], 1.0F);
  EXPECT_EQ(table[1][12], -2.0F);
  EXPECT_EQ(table[2][255], 45.0F);
}

TEST(InputTableTest, DividesBeforeItSubtracts) {
  InputSpec spec = Spec();
  spec.divisor = 255;
  spec.mean = {0.5F, 0.5F, 0.5F};
  spec.std = {0.25F, 0.25F, 0.25F};

  const InputTable<float> table = MakeFloatTable(spec);

  EXPECT_EQ(table[0][255], 2.0F);
  EXPECT_EQ(table[0][0], -2.0F);
}

TEST(InputTableTest, BfloatsAreTheNearestToTheFloats) {
  const InputSpec input{
      {}, 255, {0.485F, 0.456F, 0.406F}, {0.229F, 0.224F, 0.225F}};
  const InputTable<float> floats = MakeFloatTable(input);
  const InputTable<Bfloat16> bfloats = MakeBfloat16Table(input);

  for (size_t c = 0; c < 3; ++c) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const auto bits = static_cast<uint32_t>(bfloats[c][byte]) << 16;
      const float value = std::bit_cast<float>(bits);
      // Half of the last of 8 bits.
      EXPECT_NEAR(value, floats[c][byte], std::abs(floats[c][byte]) / 256);
    }
  }
}

TEST(InputTableTest, BfloatHalvesGoToEven) {
  const InputSpec input{{}, 1, {-256, -256, -256}, {1, 1, 1}};
  const InputTable<Bfloat16> table = MakeBfloat16Table(input);

  // From 256 to 512 only even numbers are bfloats: odd ones are halfway.
  EXPECT_EQ(table[0][1], table[0][0]);
  EXPECT_EQ(table[0][3], table[0][4]);
}

TEST(InputTableTest, QuantisesHalvesToEven) {
  const InputTable<uint8_t> table = MakeQuantisedTable(Spec(), {1.0, 100});

  // 0.5, 1.5, 2.5, -0.5 and -1.5 steps.
  EXPECT_EQ(table[0][11], 100);
  EXPECT_EQ(table[0][13], 102);
  EXPECT_EQ(table[0][15], 102);
  EXPECT_EQ(table[0][9], 100);
  EXPECT_EQ(table[0][7], 98);
}

TEST(InputTableTest, QuantisedValuesAreClamped) {
  const InputTable<uint8_t> table = MakeQuantisedTable(Spec(), {0.01, 100});

  EXPECT_EQ(table[0][0], 0);
  EXPECT_EQ(table[0][10], 100);
  EXPECT_EQ(table[0][255], 255);
}

TEST(InputTableTest, TinyScaleSaturatesInsteadOfOverflowing) {
  const InputTable<uint8_t> table = MakeQuantisedTable(Spec(), {1e-37, 100});

  EXPECT_EQ(table[0][9], 0);
  EXPECT_EQ(table[0][10], 100);
  EXPECT_EQ(table[0][11], 255);
}

TEST(InputTableTest, LookUpKeepsTheInterleavedLayout) {
  const InputTable<float> table = MakeFloatTable(Spec());
  const std::vector<uint8_t> pixels = {10, 20, 30, 12, 24, 35};
  std::vector<float> values(6);

  LookUp<float>(table, pixels, values);

  EXPECT_THAT(values, ElementsAre(0, 0, 0, 1, 1, 1));
}

}  // namespace
}  // namespace wanwu::model
