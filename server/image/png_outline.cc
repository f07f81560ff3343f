#include "server/image/png_outline.h"

#include <png.h>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "server/image/byte_order.h"
#include "server/image/chain_cursor.h"
#include "server/image/image_error.h"

namespace wanwu::image {
namespace {

constexpr size_t kSignatureBytes = 8;
// Length, type, content; then a checksum, which is the decoder's to compare.
constexpr size_t kHeaderBytes = 4 + 4 + 13;
constexpr std::string_view kHeaderStart("\0\0\0\x0DIHDR", 8);

// Zero for colours that do not exist.
int ChannelsOf(uint8_t color_type) {
  switch (color_type) {
    case PNG_COLOR_TYPE_GRAY:
    case PNG_COLOR_TYPE_PALETTE:
      return 1;
    case PNG_COLOR_TYPE_GRAY_ALPHA:
      return 2;
    case PNG_COLOR_TYPE_RGB:
      return 3;
    case PNG_COLOR_TYPE_RGB_ALPHA:
      return 4;
    default:
      return 0;
  }
}

}  // namespace

absl::StatusOr<PictureOutline> ReadPngOutline(const ByteChain& encoded) {
  std::array<uint8_t, kHeaderBytes> header{};
  ChainCursor cursor(encoded);
  if (!cursor.Skip(kSignatureBytes) || !cursor.Read(header)) {
    return DecodeFailed("PNG: the file ends too early");
  }
  const std::span<const uint8_t> bytes(header);
  const uint32_t width = FromBigEndian(bytes.subspan(8, 4));
  const uint32_t height = FromBigEndian(bytes.subspan(12, 4));
  const int channels = ChannelsOf(bytes[17]);
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()),
                               kHeaderStart.size());
  if (start != kHeaderStart || width > PNG_UINT_31_MAX ||
      height > PNG_UINT_31_MAX || channels == 0) {
    return DecodeFailed("PNG: its header is broken");
  }
  PngOutline outline;
  outline.size = {static_cast<int>(width), static_cast<int>(height)};
  outline.bits_per_pixel = bytes[16] * channels;
  outline.is_interlaced = bytes[20] != PNG_INTERLACE_NONE;
  outline.file_bytes = encoded.size();
  return outline;
}

}  // namespace wanwu::image
