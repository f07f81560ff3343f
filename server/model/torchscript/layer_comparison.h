#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/image/pixel_tensor.h"
#include "server/model/classifier.h"
#include "server/model/package.h"
#include "server/model/precision.h"

namespace wanwu::model {

// How far a layer's result is from libtorch's for the same picture.
struct LayerDifference {
  // As the model file calls the result.
  std::string name;
  int channels = 0;
  int height = 0;
  int width = 0;
  // Root mean squares of libtorch's values and of the differences.
  double reference_rms = 0;
  double difference_rms = 0;
  double largest_difference = 0;
  // How it is computed here, by batch size; empty for what is no convolution.
  std::string algorithms = {};
};

struct LayerComparison {
  OperatorCount operators;
  // In the order in which they run.
  std::vector<LayerDifference> layers;
};

// Runs `picture` through our own layers and through libtorch, which for bf16
// runs in fp32. Errors: those of
// ReadModelFile; INVALID_ARGUMENT if the file cannot be run; UNIMPLEMENTED if
// its network begins with nothing that our own layers can do.
absl::StatusOr<LayerComparison> CompareLayers(
    const Package& package, Precision precision,
    const image::PixelTensor& picture);

}  // namespace wanwu::model
