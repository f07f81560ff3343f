#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "server/image/axis_kernel.h"
#include "server/image/picture_reader.h"
#include "server/image/pixel_tensor.h"
#include "server/image/row_sink.h"
#include "server/image/row_window.h"

namespace wanwu::image {

// Turns a stream of rows into the oriented, resized and cropped tensor. Holds a
// few rows beside the tensor, never the picture.
//
// The reference resizes the shown picture first along its rows, rounds to
// bytes, then along its columns. Where the orientation swaps axes the shown
// rows are stored columns, so the pass down the columns comes first.
class CropResizer final : public RowSink {
 public:
  // The header's sizes are positive; the spec's crop is not larger than its
  // resize_shorter_side.
  CropResizer(const PictureHeader& header, const TensorSpec& spec);

  PixelRegion needed() const override;
  void PushRow(const uint8_t* row) override;

  // Call after the last row, once.
  PixelTensor TakeTensor() { return std::move(tensor_); }

 private:
  struct Axes {
    AxisGeometry columns;  // Along a stored row.
    AxisGeometry rows;     // Down a stored column.
  };

  static Axes PlanAxes(const PictureHeader& header, const TensorSpec& spec);

  void PushUpright(const uint8_t* row);
  void PushSwapped(const uint8_t* row);
  void WriteColumn(int column, const uint8_t* pixels);

  CropResizer(const Axes& axes, const PictureHeader& header,
              const TensorSpec& spec);

  const bool swaps_axes_;
  const AxisKernel column_kernel_;
  const AxisKernel row_kernel_;
  RowWindow window_;
  std::vector<uint8_t> shown_column_;
  PixelTensor tensor_;
  int next_row_;
};

}  // namespace wanwu::image
