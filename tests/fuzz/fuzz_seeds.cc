#include "tests/fuzz/fuzz_seeds.h"

#include <tiff.h>

#include "tests/server/image/sample_formats.h"

namespace wanwu::fuzz {

using image::testing::Bytes;
using image::testing::HeifAlpha;
using image::testing::JpegCoding;
using image::testing::MakeAvif;
using image::testing::MakeBmp;
using image::testing::MakeExif;
using image::testing::MakeGif;
using image::testing::MakeHeic;
using image::testing::MakeJpeg;
using image::testing::MakePng;
using image::testing::MakeTiff;
using image::testing::MakeWebp;
using image::testing::MakeWebpWithAlpha;
using image::testing::WebpCoding;

std::vector<Bytes> SeedsOf(std::string_view format) {
  if (format == "jpeg") {
    return {MakeJpeg({.exif = MakeExif(6)}),
            MakeJpeg({.coding = JpegCoding::kProgressive}),
            MakeJpeg({.coding = JpegCoding::kArithmetic})};
  }
  if (format == "png") {
    return {MakePng({}), MakePng({.bit_depth = 4, .color_type = 3}),
            MakePng({.interlaced = true})};
  }
  if (format == "webp") {
    return {MakeWebp(40, 30, WebpCoding::kLossy),
            MakeWebp(40, 30, WebpCoding::kLossless), MakeWebpWithAlpha(40, 30)};
  }
  if (format == "gif") return {MakeGif({}), MakeGif({.interlaced = true})};
  if (format == "bmp") {
    return {MakeBmp({}), MakeBmp({.bits = 8}),
            MakeBmp({.bits = 8, .in_runs = true}), MakeBmp({.bits = 32})};
  }
  if (format == "tiff") {
    return {MakeTiff({}),
            MakeTiff({.compression = COMPRESSION_LZW, .tiled = true}),
            MakeTiff({.compression = COMPRESSION_JPEG}),
            MakeTiff({.compression = COMPRESSION_PACKBITS, .planar = true}),
            MakeTiff({.compression = COMPRESSION_ADOBE_DEFLATE, .samples = 4})};
  }
  if (format == "avif") {
    return {MakeAvif(40, 30), MakeAvif(40, 30, HeifAlpha::kSome)};
  }
  if (format == "heic") return {MakeHeic(64, 64), MakeHeic(41, 30)};
  return {};
}

}  // namespace wanwu::fuzz
