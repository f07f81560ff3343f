// A part of a JPEG, decoded by itself, has the pixels that it has in the whole.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "server/image/byte_chain.h"
#include "server/image/image_limits.h"
#include "server/image/jpeg_reader.h"
#include "server/image/jpeg_scale.h"
#include "tests/server/image/sample_pictures.h"

namespace wanwu::image {
namespace {

using testing::Bytes;
using testing::JpegCoding;
using testing::JpegSample;
using testing::MakeJpeg;
using testing::MakeManyScanJpeg;
using testing::ManyScanSample;

// Keeps the rows of a part.
class PartKeeper final : public RowSink {
 public:
  explicit PartKeeper(const PixelRegion& region) : region_(region) {}

  PixelRegion needed() const override { return region_; }
  void PushRow(const uint8_t* row) override {
    values_.insert(values_.end(), row, row + RowBytes());
  }

  const Bytes& values() const { return values_; }

  Bytes Part(const PixelRegion& part) const {
    Bytes values;
    for (int y = part.top; y < part.bottom; ++y) {
      const auto begin = values_.begin() + y * RowBytes() + part.left * 3;
      values.insert(values.end(), begin, begin + part.width() * 3);
    }
    return values;
  }

 private:
  long RowBytes() const { return region_.width() * 3L; }

  const PixelRegion region_;
  Bytes values_;
};

absl::Status Read(const Bytes& encoded, RowSink& sink, int least_side) {
  const ByteChain chain{encoded};
  const ImageLimits limits{.max_scans = 200};
  JpegReader reader(chain, limits, least_side);
  if (const auto header = reader.ReadHeader(); !header.ok()) {
    return header.status();
  }
  return reader.ReadRows(sink, {});
}

absl::Status Read(const Bytes& encoded, RowSink& sink) {
  return Read(encoded, sink, kNeverReduce);
}

int Between(std::mt19937& random, int low, int high) {
  return std::uniform_int_distribution<int>(low, high)(random);
}

PixelRegion RandomPart(std::mt19937& random, int width, int height) {
  PixelRegion part;
  part.left = Between(random, 0, width - 1);
  part.right = Between(random, part.left + 1, width);
  part.top = Between(random, 0, height - 1);
  part.bottom = Between(random, part.top + 1, height);
  return part;
}

std::string Name(const PixelRegion& part) {
  return "columns " + std::to_string(part.left) + " to " +
         std::to_string(part.right) + ", rows " + std::to_string(part.top) +
         " to " + std::to_string(part.bottom);
}

struct NamedSample {
  std::string name;
  JpegSample sample;
};

std::vector<NamedSample> Samples() {
  std::vector<NamedSample> samples = {
      {"Grey", {.color = JCS_GRAYSCALE}},
      {"GreyWithSampling",
       {.color = JCS_GRAYSCALE,
        .horizontal_sampling = 2,
        .vertical_sampling = 2}},
      {"Rgb", {.color = JCS_RGB}},
      {"Cmyk", {.color = JCS_CMYK}},
      {"Ycck", {.color = JCS_YCCK}},
      {"YcckSubsampled",
       {.color = JCS_YCCK, .horizontal_sampling = 2, .vertical_sampling = 2}},
      {"Arithmetic", {.coding = JpegCoding::kArithmetic}},
      {"Progressive",
       {.coding = JpegCoding::kProgressive,
        .horizontal_sampling = 2,
        .vertical_sampling = 2}},
      {"SeparateScans",
       {.coding = JpegCoding::kSeparateScans, .horizontal_sampling = 2}},
  };
  for (const int horizontal : {1, 2, 3, 4}) {
    for (const int vertical : {1, 2, 3, 4}) {
      if (horizontal * vertical > 8) continue;  // Ten blocks to an MCU.
      for (const unsigned restart_interval : {0U, 3U}) {
        samples.push_back({"Sampling" + std::to_string(horizontal) + "x" +
                               std::to_string(vertical) +
                               (restart_interval > 0 ? "Restarts" : ""),
                           {.horizontal_sampling = horizontal,
                            .vertical_sampling = vertical,
                            .restart_interval = restart_interval}});
      }
    }
  }
  return samples;
}

PictureSize DecodedSize(const Bytes& encoded, int least_side) {
  const ByteChain chain{encoded};
  const ImageLimits limits{.max_scans = 200};
  JpegReader reader(chain, limits, least_side);
  const auto header = reader.ReadHeader();
  return header.ok() ? header->decoded : PictureSize{};
}

void ExpectPartsOfTheWhole(const Bytes& encoded, std::mt19937& random,
                           int least_side = kNeverReduce) {
  constexpr int kParts = 40;
  const auto [width, height] = DecodedSize(encoded, least_side);
  PartKeeper whole({0, 0, width, height});
  ASSERT_TRUE(Read(encoded, whole, least_side).ok());
  for (int i = 0; i < kParts; ++i) {
    PartKeeper part(RandomPart(random, width, height));
    ASSERT_TRUE(Read(encoded, part, least_side).ok());
    ASSERT_EQ(part.values(), whole.Part(part.needed()))
        << width << " x " << height << ", " << Name(part.needed());
  }
}

class JpegPartOf : public ::testing::TestWithParam<NamedSample> {};

TEST_P(JpegPartOf, EqualsThePartOfTheWhole) {
  constexpr int kSizes = 4;
  std::mt19937 random(20260301);
  for (int size = 0; size < kSizes; ++size) {
    JpegSample sample = GetParam().sample;
    sample.width = Between(random, 1, 260);
    sample.height = Between(random, 1, 260);
    ExpectPartsOfTheWhole(MakeJpeg(sample), random);
  }
}

TEST_P(JpegPartOf, EqualsThePartOfTheWholeReduced) {
  std::mt19937 random(20260303);
  JpegSample sample = GetParam().sample;
  sample.width = Between(random, 400, 700);
  sample.height = Between(random, 400, 700);
  const Bytes encoded = MakeJpeg(sample);
  for (const int least_side : {50, 100, 200}) {
    ExpectPartsOfTheWhole(encoded, random, least_side);
  }
}

TEST_P(JpegPartOf, IsRefusedIfTheRestIsCutOff) {
  JpegSample sample = GetParam().sample;
  sample.width = 120;
  sample.height = 200;
  Bytes encoded = MakeJpeg(sample);
  constexpr size_t kEndAndLastPixels = 12;
  encoded.resize(encoded.size() - kEndAndLastPixels);
  PartKeeper top_left({0, 0, 8, 8});
  EXPECT_EQ(Read(encoded, top_left).code(), absl::StatusCode::kInvalidArgument);
}

INSTANTIATE_TEST_SUITE_P(Samples, JpegPartOf, ::testing::ValuesIn(Samples()),
                         [](const auto& param_info) {
                           return param_info.param.name;
                         });

// Rows are skipped in stretches of a megapixel.
TEST(JpegPart, FarDownATallPictureEqualsThatOfTheWhole) {
  for (const int sampling : {1, 2}) {
    const Bytes encoded = MakeJpeg({.width = 700,
                                    .height = 9000,
                                    .horizontal_sampling = sampling,
                                    .vertical_sampling = sampling});
    PartKeeper whole({0, 0, 700, 9000});
    ASSERT_TRUE(Read(encoded, whole).ok());
    for (const int top : {1470, 4300, 7001}) {
      PartKeeper part({30, top, 600, top + 50});
      ASSERT_TRUE(Read(encoded, part).ok());
      EXPECT_EQ(part.values(), whole.Part(part.needed())) << top;
    }
  }
}

TEST(JpegPart, ReducesToTheLeastThatIsLargeEnough) {
  const Bytes encoded = MakeJpeg({.width = 801, .height = 640});
  const auto expect_width = [&](int least_side, int width) {
    EXPECT_EQ(DecodedSize(encoded, least_side).width, width) << least_side;
  };
  expect_width(kNeverReduce, 801);
  expect_width(321, 801);
  expect_width(320, 401);
  expect_width(161, 401);
  expect_width(160, 201);
  expect_width(80, 101);
  expect_width(1, 101);
}

// What such a file lacks is guessed from the blocks around.
TEST(JpegPart, EqualsThePartOfTheWholeWithoutTheLastScans) {
  std::mt19937 random(20260302);
  for (const int scans : {1, 2, 9, 14, 120}) {
    const ManyScanSample sample{
        .width = 150, .height = 170, .scans = scans, .sampling = 2};
    ExpectPartsOfTheWhole(MakeManyScanJpeg(sample), random);
  }
}

}  // namespace
}  // namespace wanwu::image
