#pragma once

#include <cstddef>
#include <cstdint>

namespace wanwu::image {

// One inverted channel of a CMYK JPEG with its inverted key, as light: Pillow's
// rounding of channel * key / 255.
constexpr uint8_t InvertedInkToLight(uint8_t channel, uint8_t key) {
  const int ink = 255 - channel;
  const int product = ink * key + 128;
  const int dark = ((product >> 8) + product) >> 8;
  return static_cast<uint8_t>(key > dark ? key - dark : 0);
}

// `cmyk` holds four bytes for each pixel, all inverted (255 is no ink), which
// is how Adobe writes them and how the reference takes every CMYK JPEG. `rgb`
// takes three.
inline void InvertedCmykToRgb(const uint8_t* cmyk, size_t pixels,
                              uint8_t* rgb) {
  for (size_t i = 0; i < pixels; ++i, cmyk += 4, rgb += 3) {
    for (size_t c = 0; c < 3; ++c) {
      rgb[c] = InvertedInkToLight(cmyk[c], cmyk[3]);
    }
  }
}

}  // namespace wanwu::image
