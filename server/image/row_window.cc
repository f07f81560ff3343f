#include "server/image/row_window.h"

#include "server/image/resample.h"

namespace wanwu::image {

RowWindow::RowWindow(const AxisKernel& kernel, size_t row_bytes)
    : kernel_(kernel),
      row_bytes_(row_bytes),
      rows_(row_bytes * static_cast<size_t>(kernel.max_taps())),
      output_(row_bytes) {
  inputs_.reserve(static_cast<size_t>(kernel.max_taps()));
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
  inputs_.clear();
  for (int row = taps.first; row < taps.end(); ++row) {
    inputs_.push_back(Slot(row));
  }
  ResampleDownColumns({inputs_, taps.weights}, output_);
}

}  // namespace wanwu::image
