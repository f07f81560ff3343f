#include "server/image/axis_kernel.h"

#include <algorithm>
#include <cmath>

namespace wanwu::image {
namespace {

double Triangle(double x) { return std::max(0.0, 1.0 - std::abs(x)); }

int32_t ToFixedPoint(double weight) {
  return static_cast<int32_t>(0.5 + weight * (1 << AxisKernel::kFractionBits));
}

}  // namespace

AxisKernel::AxisKernel(const AxisGeometry& geometry) {
  outputs_.reserve(static_cast<size_t>(geometry.crop_length));
  for (int i = 0; i < geometry.crop_length; ++i) AddOutput(geometry, i);
  source_begin_ = geometry.source_length;
  for (const Output& output : outputs_) {
    const int end = output.first + static_cast<int>(output.count);
    source_begin_ = std::min(source_begin_, output.first);
    source_end_ = std::max(source_end_, end);
    max_taps_ = std::max(max_taps_, static_cast<int>(output.count));
  }
}

// The order and the types of these steps decide the last bit of each weight:
// they are Pillow's, and this file is compiled without fused multiply-add.
void AxisKernel::AddOutput(const AxisGeometry& geometry, int index) {
  const double scale =
      static_cast<double>(geometry.source_length) / geometry.resized_length;
  const double support = std::max(1.0, scale);
  const double step = 1.0 / support;
  const double center = (geometry.crop_begin + index + 0.5) * scale;
  const int begin = std::max(0, static_cast<int>(center - support + 0.5));
  const int end = std::min(geometry.source_length,
                           static_cast<int>(center + support + 0.5));

  std::vector<double> exact;
  double sum = 0.0;
  for (int x = begin; x < end; ++x) {
    exact.push_back(Triangle((x - center + 0.5) * step));
    sum += exact.back();
  }
  Output output{begin, exact.size(), weights_.size()};
  for (const double weight : exact) {
    weights_.push_back(ToFixedPoint(sum != 0.0 ? weight / sum : weight));
  }
  if (geometry.direction == AxisDirection::kMirrored) {
    output.first = geometry.source_length - end;
    std::reverse(weights_.begin() + static_cast<ptrdiff_t>(output.offset),
                 weights_.end());
  }
  outputs_.push_back(output);
}

}  // namespace wanwu::image
