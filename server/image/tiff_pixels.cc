#include "server/image/tiff_pixels.h"

#include <algorithm>
#include <cstring>

#include "server/image/cmyk.h"

namespace wanwu::image {
namespace {

using Color = TiffOutline::Color;

constexpr int kByteBits = 8;
constexpr int kRgbBytes = 3;

uint8_t Divided(uint8_t color, uint8_t alpha) {
  if (alpha == 0) return 0;
  return static_cast<uint8_t>(std::min(255, color * 255 / alpha));
}

}  // namespace

uint8_t TiffPixels::SampleAt(const uint8_t* row, int pixel, int sample) const {
  const auto index =
      static_cast<size_t>(pixel) * static_cast<size_t>(samples_) +
      static_cast<size_t>(sample);
  if (bits_ == kByteBits) return row[index];
  if (bits_ > kByteBits) {
    uint16_t value = 0;
    std::memcpy(&value, row + index * sizeof(value), sizeof(value));
    return static_cast<uint8_t>(value >> kByteBits);
  }
  const size_t first_bit = index * static_cast<size_t>(bits_);
  const int shift = kByteBits - bits_ - static_cast<int>(first_bit % kByteBits);
  return static_cast<uint8_t>(row[first_bit / kByteBits] >> shift &
                              ((1 << bits_) - 1));
}

uint8_t TiffPixels::GreyOf(uint8_t sample) const {
  int grey = sample;
  if (bits_ < kByteBits) grey = sample * 255 / ((1 << bits_) - 1);
  return static_cast<uint8_t>(color_ == Color::kWhiteIsZero ? 255 - grey
                                                            : grey);
}

void TiffPixels::ToRgb(const uint8_t* row, int pixel, uint8_t* rgb) const {
  uint8_t samples[4] = {};
  const int used = std::min(samples_, 4);
  for (int i = 0; i < used; ++i) samples[i] = SampleAt(row, pixel, i);
  switch (color_) {
    case Color::kWhiteIsZero:
    case Color::kBlackIsZero:
      std::memset(rgb, GreyOf(samples[0]), kRgbBytes);
      return;
    case Color::kPalette:
      std::memcpy(rgb, palette_[samples[0]].data(), kRgbBytes);
      return;
    case Color::kCmyk:
      for (int i = 0; i < kRgbBytes; ++i) {
        rgb[i] = InvertedInkToLight(static_cast<uint8_t>(255 - samples[i]),
                                    static_cast<uint8_t>(255 - samples[3]));
      }
      return;
    case Color::kRgb:
    case Color::kYcc:
      break;
  }
  for (int i = 0; i < kRgbBytes; ++i) {
    rgb[i] = is_premultiplied_ ? Divided(samples[i], samples[3]) : samples[i];
  }
}

void TiffPixels::ToRgb(const uint8_t* row, int first, int end,
                       uint8_t* rgb) const {
  const bool is_rgb = color_ == Color::kRgb || color_ == Color::kYcc;
  if (is_rgb && samples_ == kRgbBytes && bits_ == kByteBits) {
    std::memcpy(rgb, row + static_cast<ptrdiff_t>(first) * kRgbBytes,
                static_cast<size_t>(end - first) * kRgbBytes);
    return;
  }
  for (int pixel = first; pixel < end; ++pixel, rgb += kRgbBytes) {
    ToRgb(row, pixel, rgb);
  }
}

}  // namespace wanwu::image
