#include "server/image/axis_kernel.h"

#include <algorithm>
#include <cmath>

namespace wanwu::image {
namespace {

double Triangle(double x) { return std::max(0.0, 1.0 - std::abs(x)); }

int32_t ToFixedPoint(double weight) {
  return static_cast<int32_t>(0.5 + weight * (1 << AxisKernel::kFractionBits));
}

// Pillow's filter for one output: the source pixels in [begin, end), weighted
// by their distance from the centre. The order and the types of the steps
// decide the last bit of each weight: they are Pillow's, and this file is
// compiled without fused multiply-add.
struct Filter {
  double center = 0.0;
  double step = 0.0;  // By which the weight falls from pixel to pixel.
  int begin = 0;
  int end = 0;

  Filter(const AxisGeometry& geometry, int index) {
    const double scale =
        static_cast<double>(geometry.source_length) / geometry.resized_length;
    const double support = std::max(1.0, scale);
    step = 1.0 / support;
    center = (geometry.crop_begin + index + 0.5) * scale;
    begin = std::max(0, static_cast<int>(center - support + 0.5));
    end = std::min(geometry.source_length,
                   static_cast<int>(center + support + 0.5));
  }

  double Weight(int x) const { return Triangle((x - center + 0.5) * step); }
};

// In the order of the source pixels, from weights[0].
void Weigh(const Filter& filter, int32_t* weights) {
  double sum = 0.0;
  for (int x = filter.begin; x < filter.end; ++x) sum += filter.Weight(x);
  for (int x = filter.begin; x < filter.end; ++x) {
    const double weight = filter.Weight(x);
    *weights++ = ToFixedPoint(sum != 0.0 ? weight / sum : weight);
  }
}

int RoundUp(int value, int multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace

AxisKernel::AxisKernel(const AxisGeometry& geometry) {
  std::vector<Filter> filters;
  filters.reserve(static_cast<size_t>(geometry.crop_length));
  for (int i = 0; i < geometry.crop_length; ++i) {
    const Filter& filter = filters.emplace_back(geometry, i);
    max_taps_ = std::max(max_taps_, filter.end - filter.begin);
  }
  padded_taps_ = RoundUp(max_taps_, kTapsAtOnce);
  windows_.reserve(filters.size());
  weights_.resize(filters.size() * static_cast<size_t>(padded_taps_));
  const bool mirrored = geometry.direction == AxisDirection::kMirrored;
  source_begin_ = geometry.source_length;
  int32_t* weights = weights_.data();
  for (const Filter& filter : filters) {
    const int taps = filter.end - filter.begin;
    const int first =
        mirrored ? geometry.source_length - filter.end : filter.begin;
    Weigh(filter, weights);
    if (mirrored) std::reverse(weights, weights + taps);
    windows_.push_back({first, taps});
    source_begin_ = std::min(source_begin_, first);
    source_end_ = std::max(source_end_, first + taps);
    weights += padded_taps_;
  }
}

}  // namespace wanwu::image
