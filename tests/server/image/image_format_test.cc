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
        Case{"GIF89a"sv, kUnsupported, "GIF"},
        Case{"BM\x36\0"sv, kUnsupported, "BMP"},
        Case{"II*\0\x08\0\0\0"sv, kUnsupported, "TIFF"},
        Case{"MM\0*\0\0\0\x08"sv, kUnsupported, "TIFF"},
        Case{"\0\0\0\x1C"
             "ftypheic"sv,
             kUnsupported, "HEIC"},
        Case{"\0\0\0\x1C"
             "ftypavif"sv,
             kUnsupported, "AVIF"},
        Case{"\0\0\0\x1C"
             "ftypisom"sv,
             kUnsupported, "MP4 or QuickTime video"},
        Case{"\0\0\0\x0CjP  \r\n\x87\n"sv, kUnsupported, "JPEG 2000"},
        Case{"%PDF-1.7"sv, kUnsupported, "PDF"},
        Case{"<svg xmlns='x'>"sv, kUnsupported, "SVG"},
        Case{"<?xml version='1.0'?>\n<!-- a -->\n<svg>"sv, kUnsupported, "SVG"},
        Case{"<?xml version='1.0'?><rss>"sv, kUnsupported, "XML"},
        Case{"\n  <!DOCTYPE html><p>"sv, kUnsupported, "HTML"},
        Case{"<HTML>"sv, kUnsupported, "HTML"},
        Case{"{\"error\": 1}"sv, kUnsupported, "JSON"},
        Case{"/9j/4AAQSkZJRg"sv, kUnsupported, "base64 text"},
        Case{"data:image/png;base64,"sv, kUnsupported, "a data: URL"},
        Case{"RIFF\0\0\0\0WAVEfmt "sv, kUnsupported, "of an unknown type"},
        Case{"hello"sv, kUnsupported, "of an unknown type"},
        Case{"\xFF\xD8"sv, kUnsupported, "of an unknown type"}));

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
