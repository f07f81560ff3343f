// A decode that nobody waits for stops, in every format.

#include <gtest/gtest.h>

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
using testing::JpegCoding;
using testing::MakeAvif;
using testing::MakeBmp;
using testing::MakeGif;
using testing::MakeHeic;
using testing::MakeJpeg;
using testing::MakeManyScanJpeg;
using testing::MakePng;
using testing::MakeTiff;
using testing::MakeWebp;
using testing::MakeWebpWithAlpha;
using testing::WebpCoding;

struct StopCase {
  std::string name;
  Bytes encoded;
  // How often it is asked at least, if it never says so.
  long asks = 0;
};

constexpr int kWidth = 1600;
constexpr int kHeight = 1200;

std::vector<StopCase> Cases() {
  constexpr int kMcuRows = kHeight / 8;
  constexpr int kScans = 12;
  const auto jpeg = [](JpegCoding coding) {
    return MakeJpeg({.width = kWidth, .height = kHeight, .coding = coding});
  };
  std::vector<StopCase> cases = {
      {"Jpeg", jpeg(JpegCoding::kBaseline), 1000},
      {"JpegArithmetic", jpeg(JpegCoding::kArithmetic), 1000},
      {"JpegSeparateScans", jpeg(JpegCoding::kSeparateScans), 3 * kMcuRows},
      {"JpegProgressive", jpeg(JpegCoding::kProgressive), 10 * kMcuRows},
      {"JpegManyScans",
       MakeManyScanJpeg({.width = kWidth, .height = kHeight, .scans = kScans}),
       kScans * kMcuRows},
      {"Png", MakePng({.width = kWidth, .height = kHeight}), kHeight},
      {"PngInterlaced",
       MakePng({.width = kWidth, .height = kHeight, .interlaced = true}),
       7 * kHeight},
      {"WebpLossy", MakeWebp(kWidth, kHeight, WebpCoding::kLossy), 1000},
      {"WebpLossless", MakeWebp(kWidth, kHeight, WebpCoding::kLossless), 1000},
      {"WebpWithAlpha", MakeWebpWithAlpha(kWidth, kHeight), 1000},
      {"Gif", MakeGif({kWidth, kHeight, false}), kHeight},
      {"GifInterlaced", MakeGif({kWidth, kHeight, true}), kHeight},
      {"Bmp", MakeBmp({kWidth, kHeight}), 1000},
      {"BmpRuns", MakeBmp({kWidth, kHeight, 8, true}), 2000},
      {"Tiff", MakeTiff({.width = kWidth, .height = kHeight}), kHeight},
      {"TiffTiles",
       MakeTiff({.width = kWidth, .height = kHeight, .tiled = true}), 1000},
      {"TiffPlanes",
       MakeTiff({.width = kWidth, .height = kHeight, .planar = true}),
       3 * kHeight},
      // Once before their decoders, and then again.
      {"Avif", MakeAvif(kWidth, kHeight), 10},
  };
  if (Bytes heic = MakeHeic(kWidth, kHeight); !heic.empty()) {
    cases.push_back({"Heic", std::move(heic), 1000});
  }
  return cases;
}

absl::StatusOr<PixelTensor> Decode(const Bytes& encoded,
                                   const StopCheck& should_stop) {
  return DecodePicture(ByteChain(encoded), TensorSpec{}, {}, should_stop);
}

class DecodeStopFor : public ::testing::TestWithParam<StopCase> {};

TEST_P(DecodeStopFor, BeingAskedAllAlongGivesTheSamePixels) {
  long asks = 0;
  const auto asked = Decode(GetParam().encoded, [&asks] {
    ++asks;
    return false;
  });
  const auto not_asked = Decode(GetParam().encoded, {});
  ASSERT_TRUE(asked.ok()) << asked.status();
  ASSERT_TRUE(not_asked.ok()) << not_asked.status();
  EXPECT_EQ(asked->values, not_asked->values);
  EXPECT_GE(asks, GetParam().asks);
}

TEST_P(DecodeStopFor, EndsWithTheFirstYes) {
  for (const long yes : {1L, 2L, GetParam().asks / 2, GetParam().asks}) {
    long asks = 0;
    const auto result =
        Decode(GetParam().encoded, [&asks, yes] { return ++asks >= yes; });
    EXPECT_EQ(result.status().code(), absl::StatusCode::kCancelled)
        << result.status();
    EXPECT_EQ(errors::Reason(result.status()), "");
    EXPECT_EQ(asks, yes);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, DecodeStopFor, ::testing::ValuesIn(Cases()),
                         [](const auto& param_info) {
                           return param_info.param.name;
                         });

// A question for each scan's rows, not one for each scan.
TEST(DecodeStop, OfAHundredScansEndsWithinTheFirst) {
  const Bytes encoded =
      MakeManyScanJpeg({.width = 400, .height = 400, .scans = 100});
  long asks = 0;
  const auto result = Decode(encoded, [&asks] { return ++asks >= 30; });
  EXPECT_EQ(result.status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(asks, 30);
}

}  // namespace
}  // namespace wanwu::image
