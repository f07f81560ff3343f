#include "server/model/normalised_input.h"

#include <vector>

#include "gtest/gtest.h"
#include "server/model/input_table.h"

namespace wanwu::model {
namespace {

constexpr InputQuantisation kQuantisation{.scale = 0.0186, .zero_point = 114};

InputSpec Spec() {
  return {.tensor = {},
          .divisor = 255,
          .mean = {0.485F, 0.456F, 0.406F},
          .std = {0.229F, 0.224F, 0.225F}};
}

// All bytes in each channel, and what a caller makes of them.
image::PixelTensor AllPixels() {
  image::PixelTensor picture{.width = 256, .height = 1};
  for (int byte = 0; byte < 256; ++byte) {
    picture.values.insert(picture.values.end(), 3, static_cast<uint8_t>(byte));
  }
  return picture;
}

image::PixelTensor Normalised() {
  const InputTable<float> table = MakeFloatTable(Spec());
  image::PixelTensor picture{.width = 256, .height = 1};
  for (const auto& channel : table) {
    picture.normalised.insert(picture.normalised.end(), channel.begin(),
                              channel.end());
  }
  return picture;
}

// What a caller normalises himself becomes the same input as his pixels.
template <typename Value>
void ExpectTheSame(const InputTable<Value>& table,
                   const NormalisedInput& normalised) {
  const image::PixelTensor pixels = AllPixels();
  image::PixelTensor tensor = Normalised();
  normalised.Prepare(tensor);
  EXPECT_TRUE(tensor.normalised.empty());
  EXPECT_EQ(normalised.value_bytes(), sizeof(Value));
  EXPECT_EQ(tensor.size_bytes(), pixels.size_bytes() * sizeof(Value));
  const image::PixelTensor* batch[] = {&pixels, &tensor, &pixels};
  std::vector<Value> values(3 * pixels.values.size());

  FillInput(table, batch, values.data());

  const auto third = static_cast<ptrdiff_t>(pixels.values.size());
  const std::vector<Value> first(values.begin(), values.begin() + third);
  EXPECT_EQ(first, std::vector<Value>(values.begin() + third,
                                      values.begin() + 2 * third));
  EXPECT_EQ(first,
            std::vector<Value>(values.begin() + 2 * third, values.end()));
}

TEST(NormalisedInputTest, IsWhatThePixelsWouldBecomeInFloat) {
  ExpectTheSame(MakeFloatTable(Spec()),
                NormalisedInput(std::nullopt, Precision::kFp32));
}

TEST(NormalisedInputTest, IsWhatThePixelsWouldBecomeInBfloat16) {
  ExpectTheSame(MakeBfloat16Table(Spec()),
                NormalisedInput(std::nullopt, Precision::kBf16));
}

TEST(NormalisedInputTest, IsWhatThePixelsWouldBecomeQuantised) {
  ExpectTheSame(MakeQuantisedTable(Spec(), kQuantisation),
                NormalisedInput(kQuantisation, Precision::kInt8));
}

TEST(NormalisedInputTest, RoundsHalvesToEven) {
  const Quantiser quantise({.scale = 1, .zero_point = 100});

  EXPECT_EQ(quantise(0.5F), 100);
  EXPECT_EQ(quantise(1.5F), 102);
  EXPECT_EQ(quantise(-0.5F), 100);
  EXPECT_EQ(quantise(-2.5F), 98);
  EXPECT_EQ(quantise(2.4999998F), 102);
  EXPECT_EQ(quantise(2.5000002F), 103);
}

TEST(NormalisedInputTest, ClampsWhatIsBeyondTheQuantisedRange) {
  const Quantiser quantise(kQuantisation);

  EXPECT_EQ(quantise(-10'000), 0);
  EXPECT_EQ(quantise(0), 114);
  EXPECT_EQ(quantise(10'000), 255);
}

}  // namespace
}  // namespace wanwu::model
