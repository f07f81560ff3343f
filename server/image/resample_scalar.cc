#include "server/image/resample_scalar.h"

namespace wanwu::image::scalar {
namespace {

constexpr int kChannels = 3;

}  // namespace

void ResamplePixel(const AxisKernel& kernel, int index, const uint8_t* row,
                   uint8_t* out) {
  const AxisKernel::Taps taps = kernel.taps(index);
  const uint8_t* pixel = row + (taps.first - kernel.source_begin()) * kChannels;
  int32_t red = kRoundingHalf;
  int32_t green = kRoundingHalf;
  int32_t blue = kRoundingHalf;
  for (const int32_t weight : taps.weights) {
    red += pixel[0] * weight;
    green += pixel[1] * weight;
    blue += pixel[2] * weight;
    pixel += kChannels;
  }
  out[0] = ClampToByte(red);
  out[1] = ClampToByte(green);
  out[2] = ClampToByte(blue);
}

void ResampleAlongRow(const AxisKernel& kernel, const uint8_t* row,
                      uint8_t* out) {
  for (int i = 0; i < kernel.size(); ++i, out += kChannels) {
    ResamplePixel(kernel, i, row, out);
  }
}

void ResampleDownColumns(const WeightedRows& in, std::span<uint8_t> out) {
  for (size_t i = 0; i < out.size(); ++i) {
    int32_t sum = kRoundingHalf;
    for (size_t tap = 0; tap < in.rows.size(); ++tap) {
      sum += in.rows[tap][i] * in.weights[tap];
    }
    out[i] = ClampToByte(sum);
  }
}

}  // namespace wanwu::image::scalar
