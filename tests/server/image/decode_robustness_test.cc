#include <gtest/gtest.h>
#include <tiff.h>

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/errors/service_error.h"
#include "server/image/decode.h"
#include "tests/server/image/sample_formats.h"
#include "tests/server/image/sample_pictures.h"

namespace wanwu::image {
namespace {

using testing::Bytes;
using testing::HeifAlpha;
using testing::JpegCoding;
using testing::MakeAvif;
using testing::MakeBmp;
using testing::MakeExif;
using testing::MakeGif;
using testing::MakeHeic;
using testing::MakeJpeg;
using testing::MakePng;
using testing::MakeTiff;
using testing::MakeWebp;
using testing::WebpCoding;

struct NamedPicture {
  std::string name;
  Bytes encoded;
  // At its end, that nobody misses: a GIF's trailer.
  size_t unread_bytes = 0;
};

std::vector<NamedPicture> SmallPictures() {
  std::vector<NamedPicture> pictures = {
      {"Jpeg", MakeJpeg({.exif = MakeExif(6)})},
      {"JpegSubsampled",
       MakeJpeg({.horizontal_sampling = 2, .vertical_sampling = 2})},
      {"JpegSeparateScans", MakeJpeg({.coding = JpegCoding::kSeparateScans})},
      {"JpegProgressive", MakeJpeg({.coding = JpegCoding::kProgressive})},
      {"JpegArithmetic", MakeJpeg({.coding = JpegCoding::kArithmetic})},
      {"JpegRestarts", MakeJpeg({.restart_interval = 2})},
      {"JpegYcck", MakeJpeg({.color = JCS_YCCK})},
      {"JpegGrey", MakeJpeg({.color = JCS_GRAYSCALE})},
      {"Png", MakePng({})},
      {"PngInterlaced", MakePng({.interlaced = true})},
      {"PngPalette", MakePng({.bit_depth = 4, .color_type = 3})},
      {"PngSixteenBit", MakePng({.bit_depth = 16, .color_type = 6})},
      {"WebpLossy", MakeWebp(40, 30, WebpCoding::kLossy)},
      {"WebpLossless", MakeWebp(40, 30, WebpCoding::kLossless)},
      {"Gif", MakeGif({}), 2},
      {"GifInterlaced", MakeGif({.interlaced = true}), 2},
      {"Bmp", MakeBmp({})},
      {"BmpPalette", MakeBmp({.bits = 8})},
      {"BmpRuns", MakeBmp({.bits = 8, .in_runs = true}), 4},
      {"Tiff", MakeTiff({})},
      {"TiffTiles", MakeTiff({.compression = COMPRESSION_LZW, .tiled = true})},
      {"TiffJpeg", MakeTiff({.compression = COMPRESSION_JPEG})},
      {"TiffPlanes",
       MakeTiff({.compression = COMPRESSION_PACKBITS, .planar = true})},
      {"Avif", MakeAvif(40, 30)},
      {"AvifAlpha", MakeAvif(40, 30, HeifAlpha::kSome)},
  };
  if (Bytes heic = MakeHeic(40, 30); !heic.empty()) {
    pictures.push_back({"Heic", std::move(heic)});
  }
  return pictures;
}

absl::StatusOr<PixelTensor> Decode(const ByteChain& encoded) {
  const TensorSpec small{.resize_shorter_side = 20, .width = 16, .height = 16};
  return DecodePicture(encoded, small, DecodeOptions{});
}

class DecodePictureFrom : public ::testing::TestWithParam<NamedPicture> {};

TEST_P(DecodePictureFrom, PiecesSplitAnywhereGivesTheSame) {
  const std::span<const uint8_t> whole(GetParam().encoded);
  const auto expected = Decode(ByteChain(whole));
  ASSERT_TRUE(expected.ok()) << expected.status();
  for (size_t cut = 1; cut < whole.size(); ++cut) {
    ByteChain chain(whole.first(cut));
    chain.Append(whole.subspan(cut));
    const auto tensor = Decode(chain);
    ASSERT_TRUE(tensor.ok()) << tensor.status() << " cut at " << cut;
    ASSERT_EQ(tensor->values, expected->values) << "cut at " << cut;
  }
}

TEST_P(DecodePictureFrom, SingleBytesGivesTheSame) {
  const std::span<const uint8_t> whole(GetParam().encoded);
  ByteChain chain;
  for (size_t i = 0; i < whole.size(); ++i) chain.Append(whole.subspan(i, 1));
  const auto tensor = Decode(chain);
  ASSERT_TRUE(tensor.ok()) << tensor.status();
  EXPECT_EQ(tensor->values, Decode(ByteChain(whole))->values);
}

TEST_P(DecodePictureFrom, AFileCutBeforeItsLastPixelIsRefused) {
  // Of a PNG: IEND, the checksums of IDAT and of its stream, and the stream's
  // last bits.
  constexpr size_t kBehindPixels = 12 + 4 + 4 + 2;
  const bool is_png = GetParam().name.starts_with("Png");
  const Bytes& whole = GetParam().encoded;
  const size_t needed = whole.size() - GetParam().unread_bytes;
  for (size_t size = 0; size < needed; ++size) {
    // A copy of its own, so that a sanitizer sees a read past its end.
    const Bytes cut(whole.begin(), whole.begin() + static_cast<long>(size));
    const auto result = Decode(ByteChain(cut));
    if (is_png && result.ok() && whole.size() - size <= kBehindPixels) {
      ASSERT_EQ(result->warnings.back(), "the end of the file is missing");
      continue;
    }
    ASSERT_FALSE(result.ok()) << "cut to " << size;
    ASSERT_NE(errors::Reason(result.status()), "") << result.status();
  }
}

TEST_P(DecodePictureFrom, RandomDamageNeverCrashes) {
  constexpr int kRounds = 2000;
  const Bytes& sound = GetParam().encoded;
  std::mt19937 random(20260102);
  int refused = 0;
  for (int round = 0; round < kRounds; ++round) {
    Bytes damaged = sound;
    const size_t changes = 1 + random() % 8;
    for (size_t i = 0; i < changes; ++i) {
      damaged[random() % damaged.size()] = static_cast<uint8_t>(random());
    }
    const auto result = Decode(ByteChain(damaged));
    if (result.ok()) continue;
    ++refused;
    ASSERT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument)
        << result.status();
  }
  EXPECT_GT(refused, 0);
}

INSTANTIATE_TEST_SUITE_P(SmallPictures, DecodePictureFrom,
                         ::testing::ValuesIn(SmallPictures()),
                         [](const auto& param_info) {
                           return param_info.param.name;
                         });

}  // namespace
}  // namespace wanwu::image
