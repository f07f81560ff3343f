#include "server/image/picture_probe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "server/errors/service_error.h"
#include "server/image/crop_resizer.h"
#include "server/image/decode.h"
#include "server/image/decode_memory.h"
#include "server/image/image_format.h"
#include "server/image/jpeg_reader.h"
#include "server/image/picture_outline.h"
#include "server/image/png_reader.h"
#include "server/image/webp_reader.h"
#include "tests/server/image/sample_pictures.h"

namespace wanwu::image {
namespace {

using testing::Bytes;
using testing::JpegCoding;
using testing::MakeExif;
using testing::MakeJpeg;
using testing::MakeManyScanJpeg;
using testing::MakePlainWebp;
using testing::MakePng;
using testing::MakeWebp;
using testing::MakeWebpWithAlpha;
using testing::WebpCoding;

constexpr int kWidth = 60;
constexpr int kHeight = 44;

struct ProbeCase {
  std::string name;
  Bytes encoded;
  DecodeKind kind;
};

std::vector<ProbeCase> Cases() {
  const auto jpeg = [](JpegCoding coding, J_COLOR_SPACE color = JCS_YCbCr) {
    return MakeJpeg({.width = kWidth,
                     .height = kHeight,
                     .color = color,
                     .coding = coding,
                     .horizontal_sampling = 2,
                     .vertical_sampling = 2,
                     .exif = MakeExif(6)});
  };
  const auto png = [](int depth, int color, bool interlaced) {
    return MakePng({kWidth, kHeight, depth, color, interlaced});
  };
  using enum DecodeKind;
  return {
      {"Jpeg", jpeg(JpegCoding::kBaseline), kJpegBaseline},
      {"JpegGrey", jpeg(JpegCoding::kBaseline, JCS_GRAYSCALE), kJpegBaseline},
      {"JpegCmyk", jpeg(JpegCoding::kBaseline, JCS_CMYK), kJpegBaseline},
      {"JpegArithmetic", jpeg(JpegCoding::kArithmetic), kJpegArithmetic},
      {"JpegProgressive", jpeg(JpegCoding::kProgressive), kJpegMultiScan},
      {"JpegManyScans",
       MakeManyScanJpeg({.width = kWidth, .height = kHeight, .scans = 50}),
       kJpegMultiScan},
      {"JpegSeparateScans",
       MakeJpeg({.width = kWidth,
                 .height = kHeight,
                 .coding = JpegCoding::kSeparateScans}),
       kJpegMultiScan},
      {"Png", png(8, 2, false), kPng},
      {"PngInterlaced", png(8, 2, true), kPng},
      {"PngDeep", png(16, 6, false), kPng},
      {"PngPalette", png(4, 3, false), kPng},
      {"WebpLossy", MakeWebp(kWidth, kHeight, WebpCoding::kLossy), kWebpLossy},
      {"WebpLossless", MakeWebp(kWidth, kHeight, WebpCoding::kLossless),
       kWebpLossless},
      {"WebpWithAlpha", MakeWebpWithAlpha(kWidth, kHeight), kWebpLossy},
      {"WebpPlain", MakePlainWebp(kWidth, kHeight), kWebpLossless},
  };
}

absl::StatusOr<PictureProbe> Probe(const ByteChain& encoded,
                                   const ImageLimits& limits = {}) {
  return ProbePicture(encoded, TensorSpec{}, {.limits = limits});
}

absl::Status Decode(const ByteChain& encoded) {
  return DecodePicture(encoded, TensorSpec{}, {}).status();
}

// What the codec library itself says, whatever the probe does.
absl::Status DecodeByLibrary(const ByteChain& encoded) {
  const ImageLimits limits;
  JpegReader jpeg(encoded, limits);
  PngReader png(encoded);
  WebpReader webp(encoded);
  PictureReader* reader = &jpeg;
  const ImageFormat format = SniffFormat(encoded).format;
  if (format == ImageFormat::kPng) reader = &png;
  if (format == ImageFormat::kWebp) reader = &webp;
  const auto header = reader->ReadHeader();
  if (!header.ok()) return header.status();
  if (absl::Status status =
          CheckPictureSize(header->size, DecodeKind::kJpegBaseline, limits);
      !status.ok()) {
    return status;
  }
  CropResizer resizer(*header, TensorSpec{});
  return reader->ReadRows(resizer, {});
}

class PictureProbeOf : public ::testing::TestWithParam<ProbeCase> {};

TEST_P(PictureProbeOf, TellsKindAndSize) {
  const auto probe = Probe(ByteChain(GetParam().encoded));
  ASSERT_TRUE(probe.ok()) << probe.status();
  EXPECT_EQ(probe->kind, GetParam().kind);
  EXPECT_EQ(probe->size, (PictureSize{kWidth, kHeight}));
  EXPECT_GT(probe->decode_time.count(), 0);
}

TEST_P(PictureProbeOf, SingleBytesTellsTheSame) {
  const std::span<const uint8_t> all(GetParam().encoded);
  ByteChain chain;
  for (size_t i = 0; i < all.size(); ++i) chain.Append(all.subspan(i, 1));
  const auto probe = Probe(chain);
  ASSERT_TRUE(probe.ok()) << probe.status();
  EXPECT_EQ(probe->kind, GetParam().kind);
  EXPECT_EQ(probe->size, (PictureSize{kWidth, kHeight}));
}

TEST_P(PictureProbeOf, AFileCutAnywhereIsRefusedForTheDecodersReason) {
  const Bytes& whole = GetParam().encoded;
  for (size_t size = 0; size < whole.size(); ++size) {
    // A copy of its own, so that a sanitizer sees a read past its end.
    const Bytes cut(whole.begin(), whole.begin() + static_cast<long>(size));
    const auto probe = Probe(ByteChain(cut));
    if (probe.ok()) continue;
    ASSERT_EQ(errors::Reason(probe.status()),
              errors::Reason(Decode(ByteChain(cut))))
        << "cut to " << size;
  }
}

TEST_P(PictureProbeOf, DamageIsRefusedOnlyIfTheLibraryRefusesIt) {
  constexpr int kRounds = 3000;
  std::mt19937 random(20260401);
  int refused = 0;
  for (int round = 0; round < kRounds; ++round) {
    Bytes damaged = GetParam().encoded;
    // Mostly in the header.
    const size_t reach = round % 4 == 0 ? damaged.size() : 64;
    for (size_t i = 0; i < 1 + random() % 3; ++i) {
      damaged[random() % std::min(reach, damaged.size())] =
          static_cast<uint8_t>(random());
    }
    const auto probe = Probe(ByteChain(damaged));
    if (probe.ok()) continue;
    ++refused;
    ASSERT_EQ(errors::Reason(probe.status()),
              errors::Reason(Decode(ByteChain(damaged))));
    if (SniffFormat(ByteChain(damaged)).format == ImageFormat::kUnsupported ||
        errors::Reason(probe.status()) == errors::kImageTooLarge) {
      continue;  // Not for the library to say.
    }
    ASSERT_FALSE(DecodeByLibrary(ByteChain(damaged)).ok()) << probe.status();
  }
  EXPECT_GT(refused, 0);
}

INSTANTIATE_TEST_SUITE_P(Formats, PictureProbeOf, ::testing::ValuesIn(Cases()),
                         [](const auto& param_info) {
                           return param_info.param.name;
                         });

TEST(PictureProbe, RefusesByTheLimits) {
  const Bytes encoded = MakePng({.width = 100, .height = 50});
  const auto reason = [&](const ImageLimits& limits) {
    return errors::Reason(Probe(ByteChain(encoded), limits).status());
  };
  EXPECT_EQ(reason({}), "");
  EXPECT_EQ(reason({.max_encoded_bytes = 10}), errors::kImageTooLarge);
  EXPECT_EQ(reason({.max_pixels = 4999}), errors::kImageTooLarge);
  EXPECT_EQ(reason({.max_non_baseline_pixels = 4999}), errors::kImageTooLarge);
  EXPECT_EQ(reason({.max_aspect_ratio = 1}), errors::kImageTooLarge);
  EXPECT_EQ(reason({.max_decoder_bytes = 1000}), errors::kImageTooLarge);
  EXPECT_EQ(errors::Reason(Probe(ByteChain()).status()), errors::kImageEmpty);
}

TEST(PictureProbe, AllowsABaselineJpegMorePixelsThanOthers) {
  const auto reason = [](JpegCoding coding) {
    const Bytes encoded =
        MakeJpeg({.width = 100, .height = 50, .coding = coding});
    return errors::Reason(
        Probe(ByteChain(encoded), {.max_non_baseline_pixels = 4999}).status());
  };
  EXPECT_EQ(reason(JpegCoding::kBaseline), "");
  EXPECT_EQ(reason(JpegCoding::kProgressive), errors::kImageTooLarge);
  EXPECT_EQ(reason(JpegCoding::kSeparateScans), errors::kImageTooLarge);
  EXPECT_EQ(reason(JpegCoding::kArithmetic), errors::kImageTooLarge);
}

// 38 bytes, or nearly.
TEST(PictureProbe, SeesTheCostOfAPlainPictureOfFiftyMegapixels) {
  const Bytes encoded = MakePlainWebp(7071, 7071);
  ASSERT_LT(encoded.size(), 48u);
  const auto probe = Probe(ByteChain(encoded));
  ASSERT_TRUE(probe.ok()) << probe.status();
  EXPECT_GT(probe->decode_time, std::chrono::milliseconds(50));
  EXPECT_GT(probe->decoder_bytes, 7071LL * 7071 * 7);
}

TEST(PictureProbe, CountsAnAlphaPlaneAndTheCopyOfAWebpInPieces) {
  const Bytes plain = MakeWebp(1000, 1000, WebpCoding::kLossy);
  const Bytes with_alpha = MakeWebpWithAlpha(1000, 1000);
  const auto bytes = [](const ByteChain& chain) {
    return Probe(chain)->decoder_bytes;
  };
  EXPECT_GE(bytes(ByteChain(with_alpha)),
            bytes(ByteChain(plain)) + 5LL * 1000 * 1000);
  const std::span<const uint8_t> all(plain);
  ByteChain halves{all.first(1000)};
  halves.Append(all.subspan(1000));
  EXPECT_EQ(bytes(halves),
            bytes(ByteChain(plain)) + static_cast<int64_t>(plain.size()));
}

TEST(PictureProbe, FastDecodingOfALargeJpegCountsForLess) {
  const Bytes encoded = MakeJpeg({.width = 2200, .height = 2100});
  const ByteChain chain(encoded);
  const auto exact = ProbePicture(chain, TensorSpec{}, {});
  const auto fast =
      ProbePicture(chain, TensorSpec{}, {.jpeg_decode = JpegDecode::kFast});
  ASSERT_TRUE(exact.ok() && fast.ok());
  EXPECT_LT(fast->decode_time, exact->decode_time);
}

TEST(PictureProbe, DecoderMemorySufficesForTheLargestPictureOfAnyKind) {
  const ImageLimits limits;
  for (const PictureSize size :
       {PictureSize{8031, 8031}, PictureSize{65500, 984}}) {
    const JpegOutline jpeg{.size = size,
                           .components = 4,
                           .sampling = {},
                           .is_progressive = true,
                           .is_multi_scan = true};
    EXPECT_LE(DecoderBytes(jpeg, TensorSpec{}), limits.max_decoder_bytes);
  }
  const PictureSize square{8031, 8031};
  const PngOutline png{.size = square,
                       .bits_per_pixel = 64,
                       .is_interlaced = true,
                       .file_bytes = limits.max_encoded_bytes};
  EXPECT_LE(DecoderBytes(png, TensorSpec{}), limits.max_decoder_bytes);
  WebpOutline webp{.size = square,
                   .frame = square,
                   .frame_bytes = limits.max_encoded_bytes / 2,
                   .alpha_bytes = limits.max_encoded_bytes / 2,
                   .chunks = 5};
  EXPECT_LE(DecoderBytes(webp, TensorSpec{}), limits.max_decoder_bytes);
  webp.alpha_bytes = 0;
  webp.is_lossless = true;
  webp.flattened_bytes = limits.max_encoded_bytes;
  EXPECT_LE(DecoderBytes(webp, TensorSpec{}), limits.max_decoder_bytes);
}

Bytes FloodedJpeg(const Bytes& flood, size_t bytes) {
  const Bytes sound = MakeJpeg({});
  const auto after_start = sound.begin() + 2;
  Bytes flooded(sound.begin(), after_start);
  flooded.reserve(bytes + flood.size() + sound.size());
  while (flooded.size() < bytes) {
    std::copy(flood.begin(), flood.end(), std::back_inserter(flooded));
  }
  flooded.insert(flooded.end(), after_start, sound.end());
  return flooded;
}

TEST(PictureProbe, SegmentsBeforeThePictureCountAsTheCostliestIfTheyAreMany) {
  constexpr size_t kFew = 2'000;
  constexpr size_t kMany = 100'000;
  const ImageLimits limits;
  for (const Bytes& flood : {Bytes{0xFF, 0xFE, 0, 2}, Bytes{0xFF}}) {
    const Bytes many = FloodedJpeg(flood, kMany);
    const auto probe = Probe(ByteChain(many));
    ASSERT_TRUE(probe.ok()) << probe.status();
    EXPECT_EQ(probe->kind, DecodeKind::kJpegMultiScan);
    EXPECT_GT(probe->size.pixels(), limits.max_non_baseline_pixels * 99 / 100);
    EXPECT_GT(probe->decoder_bytes, limits.max_decoder_bytes * 9 / 10);
    EXPECT_TRUE(Decode(ByteChain(many)).ok());
  }
  const Bytes few = FloodedJpeg({0xFF, 0xFE, 0, 2}, kFew);
  EXPECT_EQ(Probe(ByteChain(few))->kind, DecodeKind::kJpegBaseline);
}

}  // namespace
}  // namespace wanwu::image
