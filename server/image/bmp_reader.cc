#include "server/image/bmp_reader.h"

#include <algorithm>
#include <cstring>

#include "server/image/bmp_runs.h"
#include "server/image/byte_order.h"
#include "server/image/chain_cursor.h"
#include "server/image/image_error.h"

namespace wanwu::image {
namespace {

using Layout = BmpOutline::Layout;

constexpr size_t kRgbBytes = 3;

uint8_t FromBits(uint32_t value, uint32_t most) {
  return static_cast<uint8_t>((value & most) * 255 / most);
}

void FromPixel(Layout layout, const uint8_t* pixel, uint8_t* rgb) {
  switch (layout) {
    case Layout::kBgr:
    case Layout::kBgrx:
      rgb[0] = pixel[2];
      rgb[1] = pixel[1];
      rgb[2] = pixel[0];
      return;
    case Layout::kXbgr:
      rgb[0] = pixel[3];
      rgb[1] = pixel[2];
      rgb[2] = pixel[1];
      return;
    case Layout::kRgbx:
      std::memcpy(rgb, pixel, kRgbBytes);
      return;
    case Layout::kBgr555:
    case Layout::kBgr565:
      break;
  }
  const uint32_t value = FromLittleEndian(std::span(pixel, 2));
  const bool is_565 = layout == Layout::kBgr565;
  rgb[0] = FromBits(value >> (is_565 ? 11 : 10), 31);
  rgb[1] = FromBits(value >> 5, is_565 ? 63 : 31);
  rgb[2] = FromBits(value, 31);
}

absl::Status Truncated() {
  return DecodeFailed("BMP: the file ends too early");
}

}  // namespace

BmpReader::BmpReader(const ByteChain& encoded, const BmpOutline& outline)
    : outline_(outline), encoded_(Flatten(encoded, flattened_)) {}

absl::StatusOr<PictureHeader> BmpReader::ReadHeader() {
  ReadPalette();
  return PictureHeader{outline_.size, outline_.size, Orientation::kUpright};
}

// A number beyond the palette is black, as in Pillow 11.1.
void BmpReader::ReadPalette() {
  const auto stride = static_cast<size_t>(outline_.color_bytes);
  const size_t colors =
      std::min(palette_.size(), static_cast<size_t>(outline_.colors));
  for (size_t i = 0; i < colors; ++i) {
    const size_t at = outline_.palette_at + i * stride;
    if (at + stride > encoded_.size()) return;
    FromPixel(Layout::kBgr, encoded_.data() + at, palette_[i].data());
  }
}

absl::Status BmpReader::Unpack(const StopCheck& should_stop) {
  if (outline_.pixels_at > encoded_.size()) return Truncated();
  unpacked_.resize(static_cast<size_t>(outline_.size.pixels()));
  return UnpackBmpRuns(
      {.width = static_cast<size_t>(outline_.size.width),
       .has_nibbles = outline_.coding == BmpOutline::Coding::kRle4,
       .file = encoded_,
       .begin = outline_.pixels_at},
      unpacked_, should_stop);
}

std::span<const uint8_t> BmpReader::StoredRow(int y) const {
  const int at = outline_.is_top_down ? y : outline_.size.height - 1 - y;
  const auto index = static_cast<uint64_t>(at);
  const auto width = static_cast<uint64_t>(outline_.size.width);
  if (!unpacked_.empty()) {
    return std::span(unpacked_).subspan(index * width, width);
  }
  const uint64_t bits = width * static_cast<uint64_t>(outline_.bits);
  const uint64_t bytes = (bits + 7) / 8;
  const uint64_t stride = (bits + 31) / 32 * 4;
  const uint64_t begin = outline_.pixels_at + index * stride;
  if (begin > encoded_.size() || bytes > encoded_.size() - begin) return {};
  return encoded_.subspan(begin, bytes);
}

void BmpReader::ToRgb(std::span<const uint8_t> stored, PixelRegion needed,
                      uint8_t* rgb) const {
  constexpr int kByteBits = 8;
  const int bits = unpacked_.empty() ? outline_.bits : kByteBits;
  for (int x = needed.left; x < needed.right; ++x, rgb += kRgbBytes) {
    if (bits > kByteBits) {
      const auto at = static_cast<size_t>(x) * static_cast<size_t>(bits / 8);
      FromPixel(outline_.layout, stored.data() + at, rgb);
      continue;
    }
    const int first_bit = x * bits;
    const int shift = kByteBits - bits - first_bit % kByteBits;
    const uint8_t byte = stored[static_cast<size_t>(first_bit / kByteBits)];
    const int number = byte >> shift & ((1 << bits) - 1);
    std::memcpy(rgb, palette_[static_cast<size_t>(number)].data(), kRgbBytes);
  }
}

absl::Status BmpReader::ReadRows(RowSink& sink, const StopCheck& should_stop) {
  if (outline_.coding != BmpOutline::Coding::kPlain) {
    if (absl::Status status = Unpack(should_stop); !status.ok()) return status;
  }
  if (StoredRow(0).empty() || StoredRow(outline_.size.height - 1).empty()) {
    return Truncated();
  }
  const PixelRegion needed = sink.needed();
  std::vector<uint8_t> row(static_cast<size_t>(needed.width()) * kRgbBytes);
  for (int y = needed.top; y < needed.bottom; ++y) {
    if (should_stop && should_stop()) return absl::CancelledError();
    ToRgb(StoredRow(y), needed, row.data());
    sink.PushRow(row.data());
  }
  return absl::OkStatus();
}

}  // namespace wanwu::image
