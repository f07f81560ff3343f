#include "server/image/image_format.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace wanwu::image {
namespace {

using namespace std::string_view_literals;

ByteChain Chain(std::string_view bytes) {
  return ByteChain(
      std::span(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()));
}

struct Case {
  std::string_view head;
  ImageFormat format;
  std::string_view name;
};

class SniffFormatOf : public ::testing::TestWithParam<Case> {};

TEST_P(SniffFormatOf, NamesTheType) {
  const SniffedFormat sniffed = SniffFormat(Chain(GetParam().head));
  EXPECT_EQ(sniffed.format, GetParam().format);
  EXPECT_EQ(sniffed.name, GetParam().name);
}

constexpr auto kUnsupported = ImageFormat::kUnsupported;

INSTANTIATE_TEST_SUITE_P(
    KnownHeads, SniffFormatOf,
    ::testing::Values(
        Case{"\xFF\xD8\xFF\xE0"sv, ImageFormat::kJpeg, "JPEG"},
        Case{"\x89PNG\r\n\x1A\n"sv, ImageFormat::kPng, "PNG"},
        Case{"RIFF\0\0\0\0WEBPVP8X"sv, ImageFormat::kWebp, "WebP"},
        Case{"GIF89a"sv, ImageFormat::kGif, "GIF"},
        Case{"BM\x36\0"sv, ImageFormat::kBmp, "BMP"},
        Case{"II*\0\x08\0\0\0"sv, ImageFormat::kTiff, "TIFF"},
        Case{"MM\0*\0\0\0\x08"sv, ImageFormat::kTiff, "TIFF"},
        Case{"MM\0+\0\x08\0\0"sv, ImageFormat::kTiff, "TIFF"},
        Case{"\0\0\0\x1C"
             "ftypheic\0\0\0\0mif1"sv,
             ImageFormat::kHeic, "HEIC"},
        Case{"\0\0\0\x1C"
             "ftypmif1\0\0\0\0heix"sv,
             ImageFormat::kHeic, "HEIC"},
        Case{"\0\0\0\x1C"
             "ftypavif\0\0\0\0mif1"sv,
             ImageFormat::kAvif, "AVIF"},
        Case{"\0\0\0\x1C"
             "ftypmif1\0\0\0\0avif"sv,
             ImageFormat::kAvif, "AVIF"},
        Case{"\0\0\0\x1C"
             "ftypisom\0\0\0\0mp42"sv,
             kUnsupported, "an MP4 or QuickTime video, not a picture"},
        Case{"\x1A\x45\xDF\xA3"sv, kUnsupported,
             "a Matroska or WebM video, not a picture"},
        Case{"\0\0\0\x0CjP  \r\n\x87\n"sv, kUnsupported, "JPEG 2000"},
        Case{"%PDF-1.7"sv, kUnsupported, "a PDF document, not a picture"},
        Case{"version https://git-lfs.github.com/spec/v1\noid sha256:12"sv,
             kUnsupported,
             "a Git LFS pointer, not the picture it points to (git lfs pull)"},
        Case{"<svg xmlns='x'>"sv, kUnsupported,
             "an SVG drawing, which has no pixels"},
        Case{"<?xml version='1.0'?>\n<!-- a -->\n<svg>"sv, kUnsupported,
             "an SVG drawing, which has no pixels"},
        Case{"<?xml version='1.0'?><rss>"sv, kUnsupported, "XML"},
        Case{"\n  <!DOCTYPE html><p>"sv, kUnsupported,
             "an HTML page, not a picture"},
        Case{"<HTML>"sv, kUnsupported, "an HTML page, not a picture"},
        Case{"{\"error\": 1}"sv, kUnsupported, "JSON"},
        Case{"/9j/4AAQSkZJRg"sv, kUnsupported, "base64 text"},
        Case{"data:image/png;base64,"sv, kUnsupported, "a data: URL"},
        Case{"RIFF\0\0\0\0WAVEfmt "sv, kUnsupported, "of an unknown type"},
        Case{"RIFF\0\0\0\0AVI LIST"sv, kUnsupported,
             "an AVI video, not a picture"},
        Case{"hello"sv, kUnsupported, "of an unknown type"},
        Case{"\xFF\xD8"sv, kUnsupported, "of an unknown type"}));

TEST(FormatSet, IsNamedForPeopleAndForOptions) {
  FormatSet formats;
  formats.set(static_cast<size_t>(ImageFormat::kPng));
  EXPECT_EQ(NamesOf(formats), "PNG");
  formats.set(static_cast<size_t>(ImageFormat::kJpeg));
  formats.set(static_cast<size_t>(ImageFormat::kHeic));
  EXPECT_EQ(NamesOf(formats), "JPEG, PNG and HEIC");
  EXPECT_EQ(OptionOf(formats), "jpeg,png,heic");
  EXPECT_EQ(OptionOf(kAllFormats), "jpeg,png,webp,gif,bmp,tiff,avif,heic");
  EXPECT_EQ(FormatFromName("heic"), ImageFormat::kHeic);
  EXPECT_EQ(FormatFromName("jpg"), std::nullopt);
}

TEST(SniffFormat, SeesASignatureSplitOverPieces) {
  const std::string_view head = "\x89PNG\r\n\x1A\n"sv;
  ByteChain chain;
  for (const char& c : head) {
    chain.Append(std::span(reinterpret_cast<const uint8_t*>(&c), 1));
  }
  EXPECT_EQ(SniffFormat(chain).format, ImageFormat::kPng);
}

}  // namespace
}  // namespace wanwu::image
