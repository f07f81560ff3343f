#pragma once

#include <cstdint>

namespace wanwu::image {

// Columns [left, right) and rows [top, bottom) of a picture as it is decoded.
struct PixelRegion {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;

  int width() const { return right - left; }
  int height() const { return bottom - top; }

  bool operator==(const PixelRegion&) const = default;
};

// Takes a part of a picture, row by row, as a decoder makes them.
class RowSink {
 public:
  virtual ~RowSink() = default;

  // The part to push, always the same: within the picture, not empty.
  virtual PixelRegion needed() const = 0;

  // The next row of the needed part, from its top: three bytes (red, green,
  // blue) for each of its columns. The sink does not keep `row`.
  virtual void PushRow(const uint8_t* row) = 0;
};

}  // namespace wanwu::image
