#include "server/image/image_format.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
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

// First match wins.
constexpr Signature kSignatures[] = {
    {0, "\xFF\xD8\xFF"sv, {ImageFormat::kJpeg, "JPEG"}},
    {0, "\x89PNG\r\n\x1A\n"sv, {ImageFormat::kPng, "PNG"}},
    {8, "WEBPVP8"sv, {ImageFormat::kWebp, "WebP"}},
    {0, "GIF8"sv, {kUnsupported, "GIF"}},
    {0, "BM"sv, {kUnsupported, "BMP"}},
    {0, "II*\0"sv, {kUnsupported, "TIFF"}},
    {0, "MM\0*"sv, {kUnsupported, "TIFF"}},
    {0, "II+\0"sv, {kUnsupported, "TIFF"}},
    {0, "MM\0+"sv, {kUnsupported, "TIFF"}},
    {4, "ftypavif"sv, {kUnsupported, "AVIF"}},
    {4, "ftypavis"sv, {kUnsupported, "AVIF"}},
    {4, "ftyphei"sv, {kUnsupported, "HEIC"}},
    {4, "ftyphev"sv, {kUnsupported, "HEIC"}},
    {4, "ftypmif1"sv, {kUnsupported, "HEIC"}},
    {4, "ftypmsf1"sv, {kUnsupported, "HEIC"}},
    {4, "ftyp"sv, {kUnsupported, "MP4 or QuickTime video"}},
    {4, "jP  \r\n\x87\n"sv, {kUnsupported, "JPEG 2000"}},
    {0, "\xFF\x4F\xFF\x51"sv, {kUnsupported, "JPEG 2000"}},
    {4, "JXL \r\n\x87\n"sv, {kUnsupported, "JPEG XL"}},
    {0, "\xFF\x0A"sv, {kUnsupported, "JPEG XL"}},
    {0, "8BPS"sv, {kUnsupported, "PSD"}},
    {0, "\0\0\1\0"sv, {kUnsupported, "ICO"}},
    {0, "%PDF-"sv, {kUnsupported, "PDF"}},
    {0, "PK\3\4"sv, {kUnsupported, "ZIP"}},
    {0, "\x1F\x8B"sv, {kUnsupported, "gzip"}},
    {0, "\x1A\x45\xDF\xA3"sv, {kUnsupported, "Matroska or WebM video"}},
    // The base64 form of the JPEG, PNG and WebP signatures.
    {0, "/9j/"sv, {kUnsupported, "base64 text"}},
    {0, "iVBORw0K"sv, {kUnsupported, "base64 text"}},
    {0, "UklGR"sv, {kUnsupported, "base64 text"}},
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

std::string_view TextName(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  const absl::string_view text = absl::StripLeadingAsciiWhitespace(
      absl::string_view(head.data(), head.size()));
  if (absl::StartsWithIgnoreCase(text, "data:")) return "a data: URL";
  if (absl::StartsWith(text, "{")) return "JSON";
  if (!absl::StartsWith(text, "<")) return "of an unknown type";
  const std::string lower = absl::AsciiStrToLower(text);
  if (absl::StrContains(lower, "<svg")) return "SVG";
  if (absl::StrContains(lower, "<html") ||
      absl::StartsWith(lower, "<!doctype html")) {
    return "HTML";
  }
  return absl::StartsWith(lower, "<?xml") ? "XML" : "of an unknown type";
}

}  // namespace

SniffedFormat SniffFormat(const ByteChain& encoded) {
  const std::string head = Head(encoded);
  for (const Signature& signature : kSignatures) {
    if (Matches(head, signature)) return signature.format;
  }
  return {kUnsupported, TextName(head)};
}

}  // namespace wanwu::image
