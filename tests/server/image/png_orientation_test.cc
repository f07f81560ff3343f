#include "server/image/png_orientation.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/server/image/sample_pictures.h"

namespace wanwu::image {
namespace {

using testing::Bytes;
using testing::MakeExif;

constexpr std::string_view kSignature = "\x89PNG\r\n\x1A\n";

std::string Chunk(const std::string& type, const std::string& content) {
  std::string chunk;
  for (int shift = 24; shift >= 0; shift -= 8) {
    chunk.push_back(static_cast<char>(content.size() >> shift & 0xFF));
  }
  return chunk + type + content + "sum?";
}

// Without the prefix, as a chunk holds it.
std::string Exif(uint16_t orientation) {
  const Bytes exif = MakeExif(orientation);
  return {exif.begin() + 6, exif.end()};
}

std::string RawProfile(uint16_t orientation) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "\nexif\n      34\n";
  for (const uint8_t byte : MakeExif(orientation)) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text + "\n";
}

std::string Deflate(const std::string& text) {
  std::string packed(compressBound(text.size()), '\0');
  uLongf size = packed.size();
  compress(reinterpret_cast<Bytef*>(packed.data()), &size,
           reinterpret_cast<const Bytef*>(text.data()), text.size());
  packed.resize(size);
  return packed;
}

std::string InternationalText(const std::string& key, const std::string& text) {
  using namespace std::string_literals;
  return key + "\0\0\0en\0\0"s + text;
}

int OrientationOf(const std::string& chunks) {
  const std::string png = std::string(kSignature) + chunks;
  const Bytes bytes(png.begin(), png.end());
  return static_cast<int>(PngOrientation(ByteChain(bytes)));
}

const std::string kRaw("Raw profile type exif\0", 22);
const std::string kXmp = "XML:com.adobe.xmp";

TEST(PngOrientation, IsUprightWithoutAnyChunk) {
  EXPECT_EQ(OrientationOf(""), 1);
  EXPECT_EQ(OrientationOf(Chunk("IDAT", "x") + Chunk("IEND", "")), 1);
}

TEST(PngOrientation, ReadsTheExifChunkBeforeAndAfterThePicture) {
  EXPECT_EQ(OrientationOf(Chunk("eXIf", Exif(6)) + Chunk("IDAT", "x")), 6);
  EXPECT_EQ(OrientationOf(Chunk("IDAT", "x") + Chunk("eXIf", Exif(8))), 8);
}

TEST(PngOrientation, ReadsNothingAfterTheEnd) {
  EXPECT_EQ(OrientationOf(Chunk("IEND", "") + Chunk("eXIf", Exif(6))), 1);
}

TEST(PngOrientation, ReadsARawProfilePlainAndPacked) {
  EXPECT_EQ(OrientationOf(Chunk("tEXt", kRaw + RawProfile(5))), 5);
  const std::string packed = kRaw + '\0' + Deflate(RawProfile(7));
  EXPECT_EQ(OrientationOf(Chunk("zTXt", packed)), 7);
}

TEST(PngOrientation, ExifChunkComesBeforeRawProfile) {
  EXPECT_EQ(OrientationOf(Chunk("eXIf", Exif(3)) +
                          Chunk("tEXt", kRaw + RawProfile(5))),
            3);
}

TEST(PngOrientation, ReadsXmpAsAttributeAndAsElement) {
  EXPECT_EQ(
      OrientationOf(Chunk(
          "iTXt", InternationalText(kXmp, "<x tiff:Orientation=\"4\"/>"))),
      4);
  EXPECT_EQ(OrientationOf(Chunk(
                "iTXt", InternationalText(
                            kXmp, "<tiff:Orientation>2</tiff:Orientation>"))),
            2);
}

TEST(PngOrientation, ExifWithTheTagOverridesXmp) {
  const std::string xmp =
      Chunk("iTXt", InternationalText(kXmp, "<x tiff:Orientation=\"4\"/>"));
  EXPECT_EQ(OrientationOf(xmp + Chunk("eXIf", Exif(1))), 1);
}

TEST(PngOrientation, MalformedChunksAreUpright) {
  EXPECT_EQ(OrientationOf(Chunk("eXIf", "MM")), 1);
  EXPECT_EQ(OrientationOf(Chunk("tEXt", kRaw + "\n\nnothing")), 1);
  EXPECT_EQ(OrientationOf(Chunk("zTXt", kRaw)), 1);
  EXPECT_EQ(OrientationOf(Chunk("zTXt", kRaw + '\0' + "not deflated")), 1);
  EXPECT_EQ(OrientationOf(Chunk("iTXt", kXmp)), 1);
  EXPECT_EQ(OrientationOf("\xFF\xFF\xFF\xFF"
                          "eXIf"),
            1);
}

TEST(PngOrientation, ATextThatUnpacksBeyondTheBoundIsUpright) {
  const std::string bomb =
      RawProfile(6) + std::string(size_t{64} * 1024 * 1024, ' ');
  EXPECT_EQ(OrientationOf(Chunk("zTXt", kRaw + '\0' + Deflate(bomb))), 1);
}

}  // namespace
}  // namespace wanwu::image
