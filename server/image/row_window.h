#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/image/axis_kernel.h"

namespace wanwu::image {

// Resamples down a picture's columns while its rows arrive: holds only as many
// rows as one output row needs.
class RowWindow {
 public:
  // `kernel` must outlive the window. Rows are row_bytes long.
  RowWindow(const AxisKernel& kernel, size_t row_bytes);

  // Where the caller writes source row `index` before Complete(index).
  uint8_t* Slot(int index);

  // Source rows up to `index` are there: calls emit(output_index, row) for each
  // output row that was waiting for row `index`. Rows come in ascending order.
  template <typename Emit>
  void Complete(int index, Emit emit) {
    while (!AllEmitted() && kernel_.taps(next_).end() <= index + 1) {
      Resample(kernel_.taps(next_));
      emit(next_, static_cast<const uint8_t*>(output_.data()));
      next_ += step_;
    }
  }

 private:
  bool AllEmitted() const { return next_ < 0 || next_ >= kernel_.size(); }
  void Resample(const AxisKernel::Taps& taps);

  const AxisKernel& kernel_;
  const size_t row_bytes_;
  std::vector<uint8_t> rows_;
  std::vector<const uint8_t*> inputs_;
  std::vector<uint8_t> output_;
  // A mirrored kernel completes its last output first.
  int next_;
  int step_;
};

}  // namespace wanwu::image
