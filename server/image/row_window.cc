#include "server/image/row_window.h"

#include <algorithm>

namespace wanwu::image {

RowWindow::RowWindow(const AxisKernel& kernel, size_t row_bytes)
    : kernel_(kernel),
      row_bytes_(row_bytes),
      rows_(row_bytes * static_cast<size_t>(kernel.max_taps())),
      sums_(row_bytes),
      output_(row_bytes) {
  const int last = kernel.size() - 1;
  const AxisKernel::Taps front = kernel.taps(0);
  const AxisKernel::Taps back = kernel.taps(last);
  const bool mirrored = front.first > back.first || front.end() > back.end();
  next_ = mirrored ? last : 0;
  step_ = mirrored ? -1 : 1;
}

uint8_t* RowWindow::Slot(int index) {
  const int slot = index % kernel_.max_taps();
  return rows_.data() + static_cast<size_t>(slot) * row_bytes_;
}

void RowWindow::Resample(const AxisKernel::Taps& taps) {
  int32_t* const sums = sums_.data();
  std::fill(sums_.begin(), sums_.end(), kRoundingHalf);
  for (size_t tap = 0; tap < taps.weights.size(); ++tap) {
    const uint8_t* const row = Slot(taps.first + static_cast<int>(tap));
    const int32_t weight = taps.weights[tap];
    for (size_t i = 0; i < row_bytes_; ++i) sums[i] += row[i] * weight;
  }
  uint8_t* const output = output_.data();
  for (size_t i = 0; i < row_bytes_; ++i) output[i] = ClampToByte(sums[i]);
}

}  // namespace wanwu::image
