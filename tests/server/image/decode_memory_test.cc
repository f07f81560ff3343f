// What decoding holds is known before, and what the system refuses is the
// caller's answer, never the end of the process.

#include <gtest/gtest.h>
#include <tiff.h>

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/errors/service_error.h"
#include "server/image/decode.h"
#include "server/image/picture_probe.h"
#include "tests/server/image/heap_hook.h"
#include "tests/server/image/sample_formats.h"
#include "tests/server/image/sample_pictures.h"

namespace wanwu::image {
namespace {

using testing::Bytes;
using testing::HeapWatch;
using testing::HeifAlpha;
using testing::JpegCoding;
using testing::MakeAvif;
using testing::MakeBmp;
using testing::MakeExif;
using testing::MakeGif;
using testing::MakeHeic;
using testing::MakeJpeg;
using testing::MakePlainWebp;
using testing::MakePng;
using testing::MakeTiff;
using testing::MakeWebp;
using testing::MakeWebpWithAlpha;
using testing::WebpCoding;

struct NamedPicture {
  std::string name;
  Bytes encoded;
};

std::vector<NamedPicture> FurtherFormats(int width, int height) {
  const auto tiff = [&](int compression, int samples, bool tiled, bool planar) {
    return MakeTiff({.width = width,
                     .height = height,
                     .compression = compression,
                     .samples = samples,
                     .tiled = tiled,
                     .planar = planar});
  };
  const auto bmp = [&](int bits, bool in_runs) {
    return MakeBmp({width, height, bits, in_runs});
  };
  std::vector<NamedPicture> pictures = {
      {"Gif", MakeGif({width, height, false})},
      {"GifInterlaced", MakeGif({width, height, true})},
      {"Bmp", bmp(24, false)},
      {"BmpRuns", bmp(8, true)},
      {"Tiff", tiff(COMPRESSION_NONE, 3, false, false)},
      {"TiffCmyk", tiff(COMPRESSION_ADOBE_DEFLATE, 4, false, false)},
      {"TiffTiles", tiff(COMPRESSION_LZW, 3, true, false)},
      {"TiffPlanes", tiff(COMPRESSION_PACKBITS, 3, false, true)},
      {"TiffPlanesOfTiles", tiff(COMPRESSION_LZW, 3, true, true)},
      {"TiffJpeg", tiff(COMPRESSION_JPEG, 3, false, false)},
      {"Avif", MakeAvif(width, height)},
      {"AvifAlpha", MakeAvif(width, height, HeifAlpha::kSome)},
  };
  if (Bytes heic = MakeHeic(width, height); !heic.empty()) {
    pictures.push_back({"Heic", std::move(heic)});
  }
  return pictures;
}

std::vector<NamedPicture> Pictures(int width, int height) {
  const auto jpeg = [&](J_COLOR_SPACE color, JpegCoding coding, int sampling) {
    return MakeJpeg({.width = width,
                     .height = height,
                     .color = color,
                     .coding = coding,
                     .horizontal_sampling = sampling,
                     .vertical_sampling = sampling,
                     .exif = MakeExif(6)});
  };
  const auto png = [&](int bit_depth, int color_type, bool interlaced) {
    return MakePng({width, height, bit_depth, color_type, interlaced});
  };
  std::vector<NamedPicture> pictures = {
      {"Jpeg", jpeg(JCS_YCbCr, JpegCoding::kBaseline, 1)},
      {"JpegSubsampled", jpeg(JCS_YCbCr, JpegCoding::kBaseline, 2)},
      {"JpegCmyk", jpeg(JCS_CMYK, JpegCoding::kBaseline, 1)},
      {"JpegArithmetic", jpeg(JCS_YCbCr, JpegCoding::kArithmetic, 2)},
      {"JpegProgressive", jpeg(JCS_YCbCr, JpegCoding::kProgressive, 1)},
      {"JpegProgressiveSubsampled",
       jpeg(JCS_YCbCr, JpegCoding::kProgressive, 2)},
      {"JpegProgressiveYcck", jpeg(JCS_YCCK, JpegCoding::kProgressive, 2)},
      {"JpegProgressiveGrey", jpeg(JCS_GRAYSCALE, JpegCoding::kProgressive, 2)},
      {"JpegSeparateScans", jpeg(JCS_YCbCr, JpegCoding::kSeparateScans, 1)},
      {"Png", png(8, 2, false)},
      {"PngDeep", png(16, 6, false)},
      {"PngInterlaced", png(8, 2, true)},
      {"PngDeepInterlaced", png(16, 6, true)},
      {"WebpLossy", MakeWebp(width, height, WebpCoding::kLossy)},
      {"WebpLossless", MakeWebp(width, height, WebpCoding::kLossless)},
      {"WebpWithAlpha", MakeWebpWithAlpha(width, height)},
      {"WebpPlain", MakePlainWebp(width, height)},
  };
  for (NamedPicture& picture : FurtherFormats(width, height)) {
    pictures.push_back(std::move(picture));
  }
  return pictures;
}

// As a network stack delivers it, so that nothing is given in one piece.
ByteChain InPieces(const Bytes& encoded) {
  constexpr size_t kPieceBytes = 16 * 1024;
  const std::span<const uint8_t> all(encoded);
  ByteChain chain;
  for (size_t at = 0; at < all.size(); at += kPieceBytes) {
    chain.Append(all.subspan(at, std::min(kPieceBytes, all.size() - at)));
  }
  return chain;
}

class DecodeMemory : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::kHeapHookWorks) GTEST_SKIP() << "a sanitizer's malloc";
  }
};

TEST_F(DecodeMemory, IsNoMoreThanTheProbeSays) {
  struct Size {
    int width;
    int height;
  };
  for (const Size size :
       {Size{37, 91}, Size{500, 375}, Size{150, 1401}, Size{2003, 101}}) {
    for (const auto& [name, encoded] : Pictures(size.width, size.height)) {
      const ByteChain chain = InPieces(encoded);
      const auto probe = ProbePicture(chain, TensorSpec{}, {});
      ASSERT_TRUE(probe.ok()) << name << probe.status();
      HeapWatch watch;
      const auto tensor = DecodePicture(chain, TensorSpec{}, {});
      ASSERT_TRUE(tensor.ok()) << name << tensor.status();
      const long held =
          watch.peak_bytes() - static_cast<long>(tensor->size_bytes());
      EXPECT_LE(held, probe->decoder_bytes)
          << name << " " << size.width << "x" << size.height;
    }
  }
}

// Where it is much, so that a budget is not filled by what is not there.
TEST_F(DecodeMemory, IsNearlyWhatTheProbeSays) {
  std::vector<NamedPicture> pictures = Pictures(1203, 1003);
  std::erase_if(pictures, [](const NamedPicture& picture) {
    return picture.name.starts_with("Png");  // As much as its texts may take.
  });
  pictures.push_back({"PngInterlacedBits", MakePng({2003, 2003, 1, 0, true})});
  for (const auto& [name, encoded] : pictures) {
    const ByteChain chain = InPieces(encoded);
    const auto probe = ProbePicture(chain, TensorSpec{}, {});
    ASSERT_TRUE(probe.ok()) << name << probe.status();
    constexpr int64_t kMuch = 3 << 20;
    if (probe->decoder_bytes < kMuch) continue;
    HeapWatch watch;
    (void)DecodePicture(chain, TensorSpec{}, {});
    // An alpha plane may unpack to bytes or to words.
    const double slack = name == "WebpWithAlpha" ? 2 : 1.25;
    EXPECT_GE(static_cast<double>(watch.peak_bytes()) * slack,
              static_cast<double>(probe->decoder_bytes))
        << name;
  }
}

// libwebp 1.2.4's lossless decoder crashes where it does not get 512 bytes,
// libtiff 4.5 in TIFFReadDirectory; libavif 0.11 ends the process on purpose,
// and libde265 tells of no want.
bool CrashesItsLibrary(const std::string& name) {
  return name == "WebpLossless" || name == "WebpWithAlpha" ||
         name.starts_with("Tiff") || name.starts_with("Avif") || name == "Heic";
}

TEST_F(DecodeMemory, RefusedByTheSystemAnywhereIsOutOfMemory) {
  for (const auto& [name, encoded] : Pictures(150, 120)) {
    if (CrashesItsLibrary(name)) continue;
    const ByteChain chain = InPieces(encoded);
    for (long number = 0;; ++number) {
      HeapWatch watch({.number = number});
      const auto tensor = DecodePicture(chain, TensorSpec{}, {});
      if (tensor.ok()) {
        if (watch.denied() == 0) break;
        continue;  // libjpeg asks for less if it does not get much.
      }
      ASSERT_EQ(tensor.status().code(), absl::StatusCode::kResourceExhausted)
          << name << " " << number << tensor.status();
      ASSERT_EQ(errors::Reason(tensor.status()), errors::kOutOfMemory);
    }
  }
}

TEST_F(DecodeMemory, RefusedToTheProbeIsOutOfMemory) {
  for (const auto& [name, encoded] : Pictures(150, 120)) {
    const ByteChain chain = InPieces(encoded);
    for (long number = 0;; ++number) {
      HeapWatch watch({.number = number});
      const auto probe = ProbePicture(chain, TensorSpec{}, {});
      if (watch.denied() == 0) break;
      ASSERT_EQ(errors::Reason(probe.status()), errors::kOutOfMemory) << name;
    }
  }
}

TEST_F(DecodeMemory, LackingForALargePictureTellsWhenToTryAgain) {
  for (const auto& [name, encoded] : Pictures(1200, 900)) {
    constexpr size_t kLarge = 1 << 20;
    const ByteChain chain = InPieces(encoded);
    HeapWatch watch({.from_bytes = kLarge});
    const auto tensor = DecodePicture(chain, TensorSpec{}, {});
    if (watch.denied() == 0) continue;
    ASSERT_FALSE(tensor.ok()) << name;
    const errors::Metadata metadata = errors::ErrorMetadata(tensor.status());
    EXPECT_EQ(errors::Reason(tensor.status()), errors::kOutOfMemory) << name;
    EXPECT_EQ(metadata.count("retry_delay_ms"), 1u) << name;
    EXPECT_EQ(metadata.count("field"), 0u) << name;
  }
}

}  // namespace
}  // namespace wanwu::image
