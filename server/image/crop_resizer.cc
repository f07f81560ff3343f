#include "server/image/crop_resizer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "server/image/crop_geometry.h"
#include "server/image/orientation.h"
#include "server/image/resample.h"

namespace wanwu::image {
namespace {

constexpr size_t kChannels = 3;

size_t Bytes(int pixels) { return static_cast<size_t>(pixels) * kChannels; }

AxisDirection DirectionIf(bool mirrored) {
  return mirrored ? AxisDirection::kMirrored : AxisDirection::kForward;
}

PictureSize Shown(PictureSize stored, bool swaps_axes) {
  return swaps_axes ? PictureSize{stored.height, stored.width} : stored;
}

}  // namespace

CropResizer::Axes CropResizer::PlanAxes(const PictureHeader& header,
                                        const TensorSpec& spec) {
  const bool swaps = SwapsAxes(header.orientation);
  const PictureSize decoded = Shown(header.decoded, swaps);
  // By the whole picture: a reduced one may have another ratio of its sides.
  const CropGeometry crop = PlanCrop(Shown(header.size, swaps), spec);
  AxisGeometry across{decoded.width, crop.resized.width, crop.left, spec.width,
                      AxisDirection::kForward};
  AxisGeometry down{decoded.height, crop.resized.height, crop.top, spec.height,
                    AxisDirection::kForward};
  Axes axes{across, down};
  if (swaps) std::swap(axes.columns, axes.rows);
  axes.columns.direction = DirectionIf(MirrorsColumns(header.orientation));
  axes.rows.direction = DirectionIf(MirrorsRows(header.orientation));
  return axes;
}

CropResizer::CropResizer(const PictureHeader& header, const TensorSpec& spec)
    : CropResizer(PlanAxes(header, spec), header, spec) {}

CropResizer::CropResizer(const Axes& axes, const PictureHeader& header,
                         const TensorSpec& spec)
    : swaps_axes_(SwapsAxes(header.orientation)),
      column_kernel_(axes.columns),
      row_kernel_(axes.rows),
      window_(row_kernel_, swaps_axes_ ? Bytes(column_kernel_.source_end() -
                                               column_kernel_.source_begin())
                                       : Bytes(column_kernel_.size())),
      shown_column_(swaps_axes_ ? Bytes(column_kernel_.size()) : 0),
      tensor_{spec.width, spec.height,
              std::vector<uint8_t>(Bytes(spec.width) *
                                   static_cast<size_t>(spec.height))},
      next_row_(row_kernel_.source_begin()) {}

PixelRegion CropResizer::needed() const {
  return {.left = column_kernel_.source_begin(),
          .top = row_kernel_.source_begin(),
          .right = column_kernel_.source_end(),
          .bottom = row_kernel_.source_end()};
}

void CropResizer::PushRow(const uint8_t* row) {
  if (swaps_axes_) {
    PushSwapped(row);
  } else {
    PushUpright(row);
  }
  ++next_row_;
}

void CropResizer::PushUpright(const uint8_t* row) {
  ResampleAlongRow(column_kernel_, row, window_.Slot(next_row_));
  const size_t row_bytes = Bytes(tensor_.width);
  window_.Complete(next_row_, [&](int index, const uint8_t* pixels) {
    std::memcpy(tensor_.values.data() + static_cast<size_t>(index) * row_bytes,
                pixels, row_bytes);
  });
}

void CropResizer::PushSwapped(const uint8_t* row) {
  std::memcpy(window_.Slot(next_row_), row, Bytes(needed().width()));
  window_.Complete(next_row_, [&](int index, const uint8_t* pixels) {
    ResampleAlongRow(column_kernel_, pixels, shown_column_.data());
    WriteColumn(index, shown_column_.data());
  });
}

void CropResizer::WriteColumn(int column, const uint8_t* pixels) {
  uint8_t* out = tensor_.values.data() + Bytes(column);
  for (int y = 0; y < tensor_.height; ++y) {
    std::memcpy(out, pixels, kChannels);
    pixels += kChannels;
    out += Bytes(tensor_.width);
  }
}

}  // namespace wanwu::image
