#include "server/image/raw_picture.h"

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "server/errors/service_error.h"

namespace wanwu::image {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr TensorSpec kSpec{.resize_shorter_side = 2, .width = 2, .height = 1};
const Bytes kPixels = {0, 1, 127, 128, 254, 255};
const Bytes kVarints = {0, 1, 127, 0x80, 1, 0xfe, 1, 0xff, 1};

Bytes BytesOf(const std::vector<float>& values) {
  Bytes bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

absl::StatusOr<PixelTensor> Read(const Bytes& bytes, PictureForm form) {
  return ReadRaw(ByteChain(bytes), form, kSpec);
}

TEST(RawPictureTest, PixelsAreTakenAsTheyAre) {
  const auto tensor = Read(kPixels, PictureForm::kPixels);

  ASSERT_TRUE(tensor.ok());
  EXPECT_EQ(tensor->values, kPixels);
  EXPECT_TRUE(tensor->normalised.empty());
  EXPECT_EQ(tensor->width, 2);
  EXPECT_EQ(tensor->height, 1);
}

TEST(RawPictureTest, VarintsAreUnpackedWhereverTheyAreCut) {
  for (size_t cut = 0; cut <= kVarints.size(); ++cut) {
    const std::span<const uint8_t> all = kVarints;
    ByteChain chain(all.first(cut));
    chain.Append(all.subspan(cut));

    const auto tensor = ReadRaw(chain, PictureForm::kVarintPixels, kSpec);

    ASSERT_TRUE(tensor.ok()) << cut;
    EXPECT_EQ(tensor->values, kPixels);
  }
}

TEST(RawPictureTest, VarintsThatAreNoSixBytesAreRefused) {
  const std::vector<Bytes> wrong = {
      {0, 1, 2, 3, 4, 0x80, 2},             // 256
      {0, 1, 2, 3, 4, 5, 6},                // one too many
      {0, 1, 2, 3, 4, 0x80},                // ends within one
      {0, 1, 2, 3, 0x80, 0x80, 0x80},       // too few
      Bytes(12, 0xff),                      // never ends
      {0, 1, 2, 3, 4, 0xff, 0xff, 0xff, 1}  // far beyond a byte
  };
  for (const Bytes& bytes : wrong) {
    const auto tensor = Read(bytes, PictureForm::kVarintPixels);
    EXPECT_EQ(errors::Reason(tensor.status()), "IMAGE_DECODE_FAILED")
        << ::testing::PrintToString(bytes);
  }
}

TEST(RawPictureTest, NormalisedValuesAreTakenAsTheyAre) {
  const std::vector<float> values = {
      -2.5F, 0, 1, 2.25F, -kMostNormalised, kMostNormalised};

  const auto tensor = Read(BytesOf(values), PictureForm::kNormalised);

  ASSERT_TRUE(tensor.ok());
  EXPECT_EQ(tensor->normalised, values);
  EXPECT_TRUE(tensor->values.empty());
}

TEST(RawPictureTest, WhatNoPixelCanBecomeIsRefused) {
  for (const float odd : {NAN, INFINITY, -INFINITY, 10'001.0F, -3e38F}) {
    const auto tensor =
        Read(BytesOf({0, 0, 0, odd, 0, 0}), PictureForm::kNormalised);
    EXPECT_EQ(errors::Reason(tensor.status()), "IMAGE_DECODE_FAILED") << odd;
  }
}

TEST(RawPictureTest, WrongNumberOfBytesIsRefusedBeforeAnythingIsRead) {
  for (const PictureForm form :
       {PictureForm::kPixels, PictureForm::kVarintPixels,
        PictureForm::kNormalised}) {
    const Bytes bytes(5);
    const auto probe = ProbeRaw(ByteChain(bytes), form, kSpec);
    EXPECT_EQ(errors::Reason(probe.status()), "FIELD_INVALID");
    EXPECT_EQ(errors::Reason(Read(bytes, form).status()), "FIELD_INVALID");
  }
}

TEST(RawPictureTest, ProbeTellsKindSizeAndTime) {
  const auto pixels = ProbeRaw(ByteChain(kPixels), PictureForm::kPixels, kSpec);
  const Bytes floats = BytesOf(std::vector<float>(6));
  const auto tensor =
      ProbeRaw(ByteChain(floats), PictureForm::kNormalised, kSpec);

  ASSERT_TRUE(pixels.ok() && tensor.ok());
  EXPECT_EQ(pixels->kind, DecodeKind::kPixels);
  EXPECT_EQ(tensor->kind, DecodeKind::kNormalised);
  EXPECT_EQ(pixels->size, (PictureSize{2, 1}));
  EXPECT_EQ(pixels->decoder_bytes, 0);
  EXPECT_LT(pixels->decode_time, tensor->decode_time);
}

}  // namespace
}  // namespace wanwu::image
