#include "server/image/decode.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "server/errors/service_error.h"
#include "server/image/image_limits.h"
#include "server/image/picture_probe.h"
#include "tests/server/image/sample_pictures.h"

namespace wanwu::image {
namespace {

using testing::Bytes;
using testing::JpegCoding;
using testing::MakeExif;
using testing::MakeJpeg;
using testing::MakeManyScanJpeg;
using testing::MakePng;
using testing::MakeWebp;
using testing::WebpCoding;

absl::StatusOr<PixelTensor> Decode(const Bytes& encoded,
                                   const DecodeOptions& options = {}) {
  return DecodePicture(ByteChain(encoded), TensorSpec{}, options);
}

void ExpectRefused(const absl::StatusOr<PixelTensor>& result,
                   std::string_view reason) {
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(errors::Reason(result.status()), reason) << result.status();
  const errors::Metadata metadata = errors::ErrorMetadata(result.status());
  EXPECT_EQ(metadata.at("field"), "image");
  EXPECT_EQ(metadata.count("value"), 1u);
}

void ExpectTooLarge(const absl::StatusOr<PixelTensor>& result,
                    std::string_view value, std::string_view limit) {
  ExpectRefused(result, errors::kImageTooLarge);
  const errors::Metadata metadata = errors::ErrorMetadata(result.status());
  EXPECT_EQ(metadata.at("value"), value);
  EXPECT_EQ(metadata.at("limit"), limit);
}

// A sound start of a JPEG up to and with its first scan header.
Bytes JpegHeaderClaiming(uint16_t width, uint16_t height) {
  Bytes jpeg = MakeJpeg({.width = 8, .height = 8});
  for (size_t i = 0; i + 8 < jpeg.size(); ++i) {
    if (jpeg[i] != 0xFF || jpeg[i + 1] != 0xC0) continue;
    jpeg[i + 5] = static_cast<uint8_t>(height >> 8);
    jpeg[i + 6] = static_cast<uint8_t>(height & 0xFF);
    jpeg[i + 7] = static_cast<uint8_t>(width >> 8);
    jpeg[i + 8] = static_cast<uint8_t>(width & 0xFF);
    return jpeg;
  }
  ADD_FAILURE() << "no frame header";
  return jpeg;
}

TEST(DecodePicture, GivesTheSpecsShapeForEveryFormat) {
  for (const Bytes& encoded :
       {MakeJpeg({}), MakePng({}), MakeWebp(40, 30, WebpCoding::kLossy),
        MakeWebp(40, 30, WebpCoding::kLossless)}) {
    const auto tensor = Decode(encoded);
    ASSERT_TRUE(tensor.ok()) << tensor.status();
    EXPECT_EQ(tensor->width, 224);
    EXPECT_EQ(tensor->height, 224);
    EXPECT_EQ(tensor->size_bytes(), 224u * 224u * 3u);
  }
}

TEST(DecodePicture, SameWithoutInterlacing) {
  const auto plain = Decode(MakePng({.interlaced = false}));
  const auto interlaced = Decode(MakePng({.interlaced = true}));
  ASSERT_TRUE(plain.ok() && interlaced.ok());
  EXPECT_EQ(plain->values, interlaced->values);
}

TEST(DecodePicture, OrientationIsAppliedOnlyIfAsked) {
  const Bytes turned = MakeJpeg({.exif = MakeExif(3)});
  const Bytes upright = MakeJpeg({});
  const auto ignored =
      Decode(turned, {.exif_orientation = ExifOrientation::kIgnore});
  ASSERT_TRUE(ignored.ok());
  EXPECT_EQ(ignored->values, Decode(upright)->values);
  EXPECT_NE(ignored->values, Decode(turned)->values);
}

TEST(DecodePicture, ConcurrentCallsGiveTheSame) {
  const Bytes encoded = MakeJpeg({.coding = JpegCoding::kProgressive});
  const auto expected = Decode(encoded);
  ASSERT_TRUE(expected.ok());
  std::vector<std::thread> threads;
  std::vector<PixelTensor> tensors(4);
  for (PixelTensor& tensor : tensors) {
    threads.emplace_back([&] { tensor = *Decode(encoded); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const PixelTensor& tensor : tensors) {
    EXPECT_EQ(tensor.values, expected->values);
  }
}

TEST(DecodePicture, RefusesNoBytes) {
  ExpectRefused(Decode({}), errors::kImageEmpty);
}

TEST(DecodePicture, RefusesOtherTypesByName) {
  const std::string pdf = "%PDF-1.7";
  const auto result = Decode(Bytes(pdf.begin(), pdf.end()));
  ExpectRefused(result, errors::kImageUnsupported);
  EXPECT_EQ(errors::ErrorMetadata(result.status()).at("value"),
            "a PDF document, not a picture");
}

TEST(DecodePicture, RefusesFormatsThatAreNotAccepted) {
  DecodeOptions options;
  options.limits.formats.reset(static_cast<size_t>(ImageFormat::kPng));
  const auto result = Decode(MakePng({}), options);
  ExpectRefused(result, errors::kImageUnsupported);
  EXPECT_EQ(result.status().message(),
            "the image is PNG; supported are JPEG, WebP, GIF, BMP, TIFF, AVIF "
            "and HEIC");
  EXPECT_TRUE(Decode(MakeJpeg({}), options).ok());
}

TEST(DecodePicture, RefusesMoreEncodedBytesThanTheLimit) {
  const Bytes encoded = MakeJpeg({});
  DecodeOptions options;
  options.limits.max_encoded_bytes = encoded.size();
  EXPECT_TRUE(Decode(encoded, options).ok());
  options.limits.max_encoded_bytes = encoded.size() - 1;
  ExpectTooLarge(Decode(encoded, options), std::to_string(encoded.size()),
                 std::to_string(encoded.size() - 1));
}

TEST(DecodePicture, RefusesMorePixelsThanTheLimit) {
  DecodeOptions options;
  options.limits.max_pixels = 40 * 30;
  EXPECT_TRUE(Decode(MakePng({.width = 40, .height = 30}), options).ok());
  ExpectTooLarge(Decode(MakePng({.width = 41, .height = 30}), options), "1230",
                 "1200");
  ExpectTooLarge(Decode(MakeWebp(41, 30, WebpCoding::kLossy), options), "1230",
                 "1200");
}

TEST(DecodePicture, RefusesAHugeClaimInATinyFile) {
  ExpectTooLarge(Decode(JpegHeaderClaiming(65500, 65500)), "4290250000",
                 "220000000");
}

TEST(DecodePicture, RefusesSidesBeyondTheLibrarysLimit) {
  ExpectTooLarge(Decode(JpegHeaderClaiming(65535, 700)), "65535", "65500");
}

TEST(DecodePicture, RefusesALineOnePixelWide) {
  ExpectTooLarge(Decode(JpegHeaderClaiming(1, 65500)), "65500", "100");
  ExpectTooLarge(Decode(MakePng({.width = 101, .height = 1})), "101", "100");
  EXPECT_TRUE(Decode(MakePng({.width = 100, .height = 1})).ok());
}

TEST(DecodePicture, AcceptsAsManyScansAsTheLimitAndNoMore) {
  EXPECT_TRUE(Decode(MakeManyScanJpeg({.scans = 100})).ok());
  ExpectTooLarge(Decode(MakeManyScanJpeg({.scans = 101})), "101", "100");
}

TEST(DecodePicture, StopsAtTheScanLimitOfThousands) {
  ExpectTooLarge(Decode(MakeManyScanJpeg({.scans = 2000})), "101", "100");
}

TEST(DecodePicture, AcceptsWhatFitsIntoDecoderMemoryAndNoMore) {
  const testing::PngSample interlaced{
      .width = 1500, .height = 1500, .interlaced = true};
  for (const Bytes& encoded :
       {MakeJpeg({.width = 300, .height = 300}),
        MakeJpeg(
            {.width = 300, .height = 300, .coding = JpegCoding::kProgressive}),
        MakePng(interlaced), MakeWebp(100, 100, WebpCoding::kLossy),
        MakeWebp(100, 100, WebpCoding::kLossless)}) {
    const auto probe = ProbePicture(ByteChain(encoded), TensorSpec{}, {});
    ASSERT_TRUE(probe.ok()) << probe.status();
    const int64_t bytes = probe->decoder_bytes;
    DecodeOptions options;
    options.limits.max_decoder_bytes = bytes;
    EXPECT_TRUE(Decode(encoded, options).ok());
    options.limits.max_decoder_bytes = bytes - 1;
    ExpectTooLarge(Decode(encoded, options), std::to_string(bytes),
                   std::to_string(bytes - 1));
  }
}

TEST(DecodePicture, RefusesMoreScansTimesPixelsThanTheLimit) {
  const Bytes encoded =
      MakeManyScanJpeg({.width = 100, .height = 100, .scans = 30});
  DecodeOptions options;
  options.limits.max_scan_pixels = 30 * 100 * 100;
  EXPECT_TRUE(Decode(encoded, options).ok());
  options.limits.max_scan_pixels = 30 * 100 * 100 - 1;
  ExpectTooLarge(Decode(encoded, options), "300000", "299999");
}

TEST(DecodePicture, CountsAnArithmeticScanTenfold) {
  const Bytes encoded = MakeJpeg(
      {.width = 100, .height = 100, .coding = JpegCoding::kArithmetic});
  DecodeOptions options;
  options.limits.max_scan_pixels = 10 * 100 * 100;
  EXPECT_TRUE(Decode(encoded, options).ok());
  options.limits.max_scan_pixels = 10 * 100 * 100 - 1;
  ExpectTooLarge(Decode(encoded, options), "100000", "99999");
}

TEST(DecodePicture, AllowsTwentyScansOfTheLargestPicture) {
  const ImageLimits limits;
  EXPECT_GE(MostScans(limits.max_non_baseline_pixels, limits), 20);
  EXPECT_GE(MostScans(limits.max_pixels, limits), 1);
}

TEST(DecodePicture, RefusesLosslessAndTwelveBitJpeg) {
  Bytes lossless = MakeJpeg({});
  Bytes twelve_bit = lossless;
  for (size_t i = 0; i + 4 < lossless.size(); ++i) {
    if (lossless[i] != 0xFF || lossless[i + 1] != 0xC0) continue;
    lossless[i + 1] = 0xC3;
    twelve_bit[i + 4] = 12;
    break;
  }
  ExpectRefused(Decode(lossless), errors::kImageUnsupported);
  ExpectRefused(Decode(twelve_bit), errors::kImageUnsupported);
}

TEST(DecodePicture, RefusesDamagedEntropyData) {
  Bytes encoded = MakeJpeg({.width = 200, .height = 200});
  for (size_t i = encoded.size() / 2; i < encoded.size() / 2 + 40; ++i) {
    encoded[i] = 0xFF;
  }
  ExpectRefused(Decode(encoded), errors::kImageDecodeFailed);
}

TEST(DecodePicture, AWrongPngChecksumIsRefusedBeforeTheDataOrIfAsked) {
  const Bytes sound = MakePng({.color_type = 3});
  const auto expected = Decode(sound);
  ASSERT_TRUE(expected.ok());
  for (const std::string_view type : {"IHDR", "PLTE", "IDAT", "IEND"}) {
    Bytes damaged = sound;
    const std::string_view text(reinterpret_cast<const char*>(sound.data()),
                                sound.size());
    const size_t at = text.find(type);
    ASSERT_NE(at, std::string_view::npos) << type;
    const size_t length = sound[at - 2] * 256u + sound[at - 1];
    damaged[at + 4 + length] ^= 1;
    ExpectRefused(Decode(damaged, {.damaged = DamagedPictures::kRefuse}),
                  errors::kImageDecodeFailed);
    const auto tensor = Decode(damaged);
    if (type == "IHDR" || type == "PLTE") {
      ExpectRefused(tensor, errors::kImageDecodeFailed);
    } else {
      ASSERT_TRUE(tensor.ok()) << type << tensor.status();
      EXPECT_EQ(tensor->values, expected->values);
    }
  }
}

TEST(DecodePicture, IgnoresBytesAfterTheEnd) {
  for (Bytes encoded :
       {MakeJpeg({}), MakePng({}), MakeWebp(40, 30, WebpCoding::kLossy)}) {
    const auto expected = Decode(encoded);
    encoded.insert(encoded.end(), 1000, 0xD8);
    const auto tensor = Decode(encoded);
    ASSERT_TRUE(tensor.ok()) << tensor.status();
    EXPECT_EQ(tensor->values, expected->values);
  }
}

TEST(DecodePicture, ACropLargerThanTheResizeIsNotTheCallersFault) {
  const TensorSpec spec{.resize_shorter_side = 100, .width = 101, .height = 1};
  const auto result = DecodePicture(ByteChain(MakePng({})), spec, {});
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(errors::Reason(result.status()), errors::kInternal);
}

TEST(DecodePicture, FastLeavesPicturesAloneThatAreNotLargeEnough) {
  const Bytes encoded = MakeJpeg({.width = 1300, .height = 1023});
  const auto exact = Decode(encoded);
  const auto fast = Decode(encoded, {.jpeg_decode = JpegDecode::kFast});
  ASSERT_TRUE(exact.ok() && fast.ok());
  EXPECT_EQ(fast->values, exact->values);
}

// parity_test.py says how near the pixels are.
TEST(DecodePicture, FastReducesPicturesThatAreLargeEnough) {
  const Bytes encoded = MakeJpeg({.width = 1300, .height = 1024});
  const auto exact = Decode(encoded);
  const auto fast = Decode(encoded, {.jpeg_decode = JpegDecode::kFast});
  ASSERT_TRUE(exact.ok() && fast.ok());
  EXPECT_NE(fast->values, exact->values);
}

}  // namespace
}  // namespace wanwu::image
