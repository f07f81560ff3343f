#include "server/image/image_format.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "server/image/byte_order.h"
#include "server/image/chain_cursor.h"

namespace wanwu::image {
namespace {

using namespace std::string_view_literals;

// Enough to see an SVG's root element behind an XML declaration and a comment.
constexpr size_t kHeadBytes = 1024;

struct Signature {
  size_t offset;
  std::string_view bytes;
  SniffedFormat format;
};

constexpr auto kUnsupported = ImageFormat::kUnsupported;

// By the enum's values.
struct FormatName {
  std::string_view option;
  std::string_view shown;
};
constexpr std::array<FormatName, kImageFormatCount> kFormatNames = {
    {{"jpeg", "JPEG"},
     {"png", "PNG"},
     {"webp", "WebP"},
     {"gif", "GIF"},
     {"bmp", "BMP"},
     {"tiff", "TIFF"},
     {"avif", "AVIF"},
     {"heic", "HEIC"}}};

constexpr SniffedFormat kVideo = {kUnsupported,
                                  "an MP4 or QuickTime video, not a picture"};
constexpr SniffedFormat kBase64 = {kUnsupported, "base64 text"};

// First match wins.
constexpr Signature kSignatures[] = {
    {0, "\xFF\xD8\xFF"sv, {ImageFormat::kJpeg, "JPEG"}},
    {0, "\x89PNG\r\n\x1A\n"sv, {ImageFormat::kPng, "PNG"}},
    {8, "WEBPVP8"sv, {ImageFormat::kWebp, "WebP"}},
    {0, "GIF87a"sv, {ImageFormat::kGif, "GIF"}},
    {0, "GIF89a"sv, {ImageFormat::kGif, "GIF"}},
    {0, "BM"sv, {ImageFormat::kBmp, "BMP"}},
    {0, "II*\0"sv, {ImageFormat::kTiff, "TIFF"}},
    {0, "MM\0*"sv, {ImageFormat::kTiff, "TIFF"}},
    {0, "II+\0"sv, {ImageFormat::kTiff, "TIFF"}},
    {0, "MM\0+"sv, {ImageFormat::kTiff, "TIFF"}},
    {4, "jP  \r\n\x87\n"sv, {kUnsupported, "JPEG 2000"}},
    {0, "\xFF\x4F\xFF\x51"sv, {kUnsupported, "JPEG 2000"}},
    {4, "JXL \r\n\x87\n"sv, {kUnsupported, "JPEG XL"}},
    {0, "\xFF\x0A"sv, {kUnsupported, "JPEG XL"}},
    {0, "8BPS"sv, {kUnsupported, "a PSD (Photoshop)"}},
    {0, "\0\0\1\0"sv, {kUnsupported, "ICO"}},
    {0, "%PDF-"sv, {kUnsupported, "a PDF document, not a picture"}},
    {0, "%!PS"sv, {kUnsupported, "a PostScript document, not a picture"}},
    {0, "PK\3\4"sv, {kUnsupported, "a ZIP archive, not a picture"}},
    {0, "\x1F\x8B"sv, {kUnsupported, "gzip, not a picture"}},
    {4, "moov"sv, kVideo},
    {4, "mdat"sv, kVideo},
    {0,
     "\x1A\x45\xDF\xA3"sv,
     {kUnsupported, "a Matroska or WebM video, not a picture"}},
    {8, "AVI "sv, {kUnsupported, "an AVI video, not a picture"}},
    {0, "\0\0\1\xBA"sv, {kUnsupported, "an MPEG video, not a picture"}},
    {0, "FLV\1"sv, {kUnsupported, "a Flash video, not a picture"}},
    {0,
     "version https://git-lfs.github.com/spec/"sv,
     {kUnsupported,
      "a Git LFS pointer, not the picture it points to (git lfs pull)"}},
    // The base64 form of signatures above.
    {0, "/9j/"sv, kBase64},
    {0, "iVBORw0K"sv, kBase64},
    {0, "UklGR"sv, kBase64},
    {0, "R0lGOD"sv, kBase64},
};

std::string Head(const ByteChain& encoded) {
  std::array<uint8_t, kHeadBytes> head{};
  const size_t size = std::min(head.size(), encoded.size());
  ChainCursor cursor(encoded);
  if (!cursor.Read(std::span(head).first(size))) return {};
  return std::string(head.begin(), head.begin() + size);
}

bool Matches(std::string_view head, const Signature& signature) {
  return head.size() >= signature.offset &&
         head.substr(signature.offset).starts_with(signature.bytes);
}

constexpr size_t kBrandOffset = 8;

// Of a file in boxes, which AVIF and HEIC share with videos. The first brand
// may be the container's ("mif1"); then those that it is compatible with tell.
SniffedFormat ByBrands(std::string_view head) {
  constexpr size_t kBrandBytes = 4;
  const size_t box = FromBigEndian(
      std::span(reinterpret_cast<const uint8_t*>(head.data()), kBrandBytes));
  head = head.substr(0, box);
  bool is_still = false;
  for (size_t at = kBrandOffset; at + kBrandBytes <= head.size();
       at += kBrandBytes) {
    const std::string_view brand = head.substr(at, kBrandBytes);
    if (brand == "avif" || brand == "avis") {
      return {ImageFormat::kAvif, "AVIF"};
    }
    if (brand.starts_with("hei") || brand.starts_with("hev")) {
      return {ImageFormat::kHeic, "HEIC"};
    }
    is_still = is_still || brand == "mif1" || brand == "msf1";
  }
  return is_still ? SniffedFormat{ImageFormat::kHeic, "HEIC"} : kVideo;
}

std::string_view TextName(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  const absl::string_view text = absl::StripLeadingAsciiWhitespace(
      absl::string_view(head.data(), head.size()));
  if (absl::StartsWithIgnoreCase(text, "data:")) return "a data: URL";
  if (absl::StartsWith(text, "{")) return "JSON";
  if (!absl::StartsWith(text, "<")) return "of an unknown type";
  const std::string lower = absl::AsciiStrToLower(text);
  if (absl::StrContains(lower, "<svg"))
    return "an SVG drawing, which has no pixels";
  if (absl::StrContains(lower, "<html") ||
      absl::StartsWith(lower, "<!doctype html")) {
    return "an HTML page, not a picture";
  }
  return absl::StartsWith(lower, "<?xml") ? "XML" : "of an unknown type";
}

}  // namespace

std::optional<ImageFormat> FormatFromName(std::string_view name) {
  for (size_t i = 0; i < kFormatNames.size(); ++i) {
    if (kFormatNames[i].option == name) return static_cast<ImageFormat>(i);
  }
  return std::nullopt;
}

std::string OptionOf(FormatSet formats) {
  std::string names;
  for (size_t i = 0; i < kFormatNames.size(); ++i) {
    if (!formats.test(i)) continue;
    if (!names.empty()) names += ',';
    names += kFormatNames[i].option;
  }
  return names;
}

std::string NamesOf(FormatSet formats) {
  std::string names;
  size_t left = formats.count();
  for (size_t i = 0; i < kFormatNames.size(); ++i) {
    if (!formats.test(i)) continue;
    names += kFormatNames[i].shown;
    --left;
    if (left > 0) names += left == 1 ? " and " : ", ";
  }
  return names;
}

SniffedFormat SniffFormat(const ByteChain& encoded) {
  const std::string head = Head(encoded);
  for (const Signature& signature : kSignatures) {
    if (Matches(head, signature)) return signature.format;
  }
  if (head.substr(0, kBrandOffset).ends_with("ftyp")) return ByBrands(head);
  return {kUnsupported, TextName(head)};
}

}  // namespace wanwu::image
