#include "server/image/exif_orientation.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <vector>

#include "server/image/orientation.h"
#include "tests/server/image/sample_pictures.h"

namespace wanwu::image {
namespace {

using testing::Bytes;
using testing::MakeExif;

Bytes LittleEndianExif(std::initializer_list<Bytes> entries) {
  Bytes exif = {
      'I', 'I', 42, 0, 8, 0, 0, 0, static_cast<uint8_t>(entries.size()), 0};
  for (const Bytes& entry : entries) {
    exif.insert(exif.end(), entry.begin(), entry.end());
  }
  exif.insert(exif.end(), 4, 0);
  return exif;
}

TEST(ExifOrientationTag, ReadsEveryDefinedValueInBigEndian) {
  for (uint16_t value = 1; value <= 8; ++value) {
    EXPECT_EQ(ExifOrientationTag(MakeExif(value)), value);
  }
}

TEST(ExifOrientationTag, ReadsLittleEndianWithoutThePrefix) {
  const Bytes exif =
      LittleEndianExif({{0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0}});
  EXPECT_EQ(ExifOrientationTag(exif), 6);
}

TEST(ExifOrientationTag, ReadsALongWhereAShortIsUsual) {
  const Bytes exif =
      LittleEndianExif({{0x12, 0x01, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0}});
  EXPECT_EQ(ExifOrientationTag(exif), 8);
}

TEST(ExifOrientationTag, ReadsSignedAndOffsetTypesAsTheReferenceDoes) {
  for (const uint8_t type : {6, 8, 9, 13}) {
    const Bytes exif =
        LittleEndianExif({{0x12, 0x01, type, 0, 1, 0, 0, 0, 4, 0, 0, 0}});
    EXPECT_EQ(ExifOrientationTag(exif), 4) << "type " << int{type};
  }
}

TEST(ExifOrientationTag, LastOfTwoEntriesCounts) {
  const Bytes exif =
      LittleEndianExif({{0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0},
                        {0x12, 0x01, 3, 0, 1, 0, 0, 0, 3, 0, 0, 0}});
  EXPECT_EQ(ExifOrientationTag(exif), 3);
}

TEST(ExifOrientationTag, SkipsEntriesOfUnknownType) {
  const Bytes exif =
      LittleEndianExif({{0x00, 0x01, 99, 0, 255, 255, 255, 255, 0, 0, 0, 0},
                        {0x12, 0x01, 3, 0, 1, 0, 0, 0, 5, 0, 0, 0}});
  EXPECT_EQ(ExifOrientationTag(exif), 5);
}

TEST(ExifOrientationTag, EntryThatPointsOutsideEndsTheDirectory) {
  const Bytes exif =
      LittleEndianExif({{0x12, 0x01, 3, 0, 1, 0, 0, 0, 7, 0, 0, 0},
                        {0x00, 0x01, 4, 0, 9, 0, 0, 0, 255, 255, 255, 255},
                        {0x12, 0x01, 3, 0, 1, 0, 0, 0, 2, 0, 0, 0}});
  EXPECT_EQ(ExifOrientationTag(exif), 7);
}

TEST(ExifOrientationTag, ValueThatIsNoNumberIsZero) {
  const Bytes exif =
      LittleEndianExif({{0x12, 0x01, 2, 0, 2, 0, 0, 0, '6', 0, 0, 0}});
  EXPECT_EQ(ExifOrientationTag(exif), 0);
}

TEST(ExifOrientationTag, NoTagIsNotZero) {
  EXPECT_EQ(ExifOrientationTag(LittleEndianExif({})), std::nullopt);
}

TEST(ExifOrientationTag, WrongHeaderIsNoOrientation) {
  Bytes exif = MakeExif(6);
  exif[6] = 'X';
  EXPECT_EQ(ExifOrientationTag(exif), std::nullopt);
  EXPECT_EQ(ExifOrientationTag({}), std::nullopt);
}

TEST(ExifOrientationTag, DirectoryOffsetOutsideTheBlockIsNoOrientation) {
  Bytes exif = MakeExif(6);
  for (size_t i = 10; i < 14; ++i) exif[i] = 0xFF;
  EXPECT_EQ(ExifOrientationTag(exif), std::nullopt);
}

TEST(ExifOrientationTag, CutAnywhereNeverReadsOutside) {
  const Bytes whole = MakeExif(6);
  for (size_t size = 0; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<long>(size));
    const std::optional<int> tag = ExifOrientationTag(cut);
    EXPECT_TRUE(!tag.has_value() || tag == 6) << "cut to " << size;
  }
}

TEST(ExifOrientationTag, RandomBlocksNeverReadOutside) {
  std::mt19937 random(20260101);
  for (int round = 0; round < 5000; ++round) {
    Bytes exif = MakeExif(6);
    for (int change = 0; change < 4; ++change) {
      exif[random() % exif.size()] = static_cast<uint8_t>(random());
    }
    const Orientation orientation =
        OrientationFromTag(ExifOrientationTag(exif).value_or(0));
    EXPECT_GE(static_cast<int>(orientation), 1);
    EXPECT_LE(static_cast<int>(orientation), 8);
  }
}

TEST(OrientationFromTag, UndefinedValuesAreUpright) {
  for (const int value : {-1, 0, 9, 65535}) {
    EXPECT_EQ(OrientationFromTag(value), Orientation::kUpright);
  }
}

}  // namespace
}  // namespace wanwu::image
