#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace wanwu::image {

// What a picture is turned into: the shorter side resized to
// `resize_shorter_side`, then the centre cropped to width × height. All in
// pixels; width and height are at most resize_shorter_side.
struct TensorSpec {
  int resize_shorter_side = 256;
  int width = 224;
  int height = 224;

  bool operator==(const TensorSpec&) const = default;
};

// The preprocessed picture, in one of three forms.
struct PixelTensor {
  int width = 0;
  int height = 0;
  // uint8 RGB, height × width × 3, row-major. Not yet normalised; the model's
  // look-up table does that.
  std::vector<uint8_t> values = {};
  // As a caller has normalised it: 3 × height × width.
  std::vector<float> normalised = {};
  // The bytes of what the model takes: see model::Classifier::Prepare.
  std::vector<uint8_t> prepared = {};
  // What is wrong with the picture that was decoded in spite of it; see
  // DamageTally::Warnings().
  std::vector<std::string> warnings = {};

  size_t size_bytes() const {
    return values.size() + normalised.size() * sizeof(float) + prepared.size();
  }
};

}  // namespace wanwu::image
