#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace wanwu::image {

enum class AxisDirection { kForward, kMirrored };

// One axis of "mirror if asked, resize to resized_length, crop". All lengths
// in pixels and positive; the crop lies within the resized length.
struct AxisGeometry {
  int source_length = 0;
  int resized_length = 0;
  int crop_begin = 0;
  int crop_length = 0;
  AxisDirection direction = AxisDirection::kForward;
};

// The weights that turn source pixels into cropped, resized ones along an axis:
// Pillow's bilinear filter, widened when it shrinks, in fixed point. Bit for
// bit Pillow 9.4's coefficients. Immutable.
class AxisKernel {
 public:
  // Weights are multiples of 2^-kFractionBits.
  static constexpr int kFractionBits = 22;
  static constexpr int kTapsAtOnce = 4;

  struct Taps {
    int first = 0;  // Source index of weights.front().
    std::span<const int32_t> weights;

    int end() const { return first + static_cast<int>(weights.size()); }
  };

  explicit AxisKernel(const AxisGeometry& geometry);

  int size() const { return static_cast<int>(windows_.size()); }

  // What output `index` of the crop is made of. Zeros follow on the weights, up
  // to padded_taps() of them in all.
  Taps taps(int index) const {
    const Window& window = windows_[static_cast<size_t>(index)];
    const int begin = index * padded_taps_;
    return {window.first,
            {weights_.data() + begin, static_cast<size_t>(window.taps)}};
  }

  // The source indices that any output needs: [source_begin, source_end).
  int source_begin() const { return source_begin_; }
  int source_end() const { return source_end_; }
  // The most source pixels that one output needs.
  int max_taps() const { return max_taps_; }
  // The same, rounded up to a multiple of kTapsAtOnce.
  int padded_taps() const { return padded_taps_; }

 private:
  struct Window {
    int first = 0;
    int taps = 0;
  };

  std::vector<Window> windows_;
  std::vector<int32_t> weights_;
  int source_begin_ = 0;
  int source_end_ = 0;
  int max_taps_ = 0;
  int padded_taps_ = 0;
};

// A weighted sum, which starts at kRoundingHalf, back to a byte.
inline constexpr int32_t kRoundingHalf = 1 << (AxisKernel::kFractionBits - 1);
constexpr uint8_t ClampToByte(int32_t sum) {
  const int32_t value = sum >> AxisKernel::kFractionBits;
  return static_cast<uint8_t>(value < 0 ? 0 : value > 255 ? 255 : value);
}

}  // namespace wanwu::image
