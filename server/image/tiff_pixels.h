#pragma once

#include <array>
#include <cstdint>

#include "server/image/picture_outline.h"

namespace wanwu::image {

// Turns a TIFF's samples, 16-bit ones in this machine's byte order, into RGB as
// the reference does: of 16 bits the high byte counts, alpha is dropped after
// colours have been divided by it where they had been multiplied.
class TiffPixels {
 public:
  using Palette = std::array<std::array<uint8_t, 3>, 256>;

  TiffPixels(const TiffOutline& outline, const Palette& palette)
      : color_(outline.color),
        samples_(outline.samples),
        bits_(outline.bits),
        is_premultiplied_(outline.is_premultiplied),
        palette_(palette) {}

  // Pixels [first, end) of a row that begins at `row`.
  void ToRgb(const uint8_t* row, int first, int end, uint8_t* rgb) const;

 private:
  // To a byte; of less than eight bits as the number it is.
  uint8_t SampleAt(const uint8_t* row, int pixel, int sample) const;
  uint8_t GreyOf(uint8_t sample) const;
  void ToRgb(const uint8_t* row, int pixel, uint8_t* rgb) const;

  TiffOutline::Color color_;
  int samples_;
  int bits_;
  bool is_premultiplied_;
  const Palette& palette_;
};

}  // namespace wanwu::image
