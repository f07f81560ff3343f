#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/image/pixel_tensor.h"

namespace wanwu::model {

// One lane's private way into a model: its scratch buffers. Made and used on
// that lane's thread only.
class Replica {
 public:
  virtual ~Replica() = default;

  // Runs the model on `batch` (at least one picture, each of the classifier's
  // TensorSpec) and writes batch.size() × class_count logits, row-major, to
  // `logits`. A picture's logits do not depend on its batch mates beyond
  // floating-point rounding. Never throws; a failure concerns this batch only.
  [[nodiscard]] virtual absl::Status Classify(
      std::span<const image::PixelTensor* const> batch,
      std::span<float> logits) = 0;
};

// How many of a network's operators there are, and how many of them our own
// layers run.
struct OperatorCount {
  int own = 0;
  int all = 0;
};

// A loaded model. Thread-safe; its weights are shared by all replicas, which
// it must outlive.
class Classifier {
 public:
  virtual ~Classifier() = default;

  virtual int class_count() const = 0;
  virtual image::TensorSpec tensor_spec() const = 0;
  // What runs the convolutions, for operators to see: "onednn" (our own
  // layers), "torchscript" (libtorch's operators).
  virtual std::string_view engine() const = 0;
  // Both 0 where nobody has counted.
  virtual OperatorCount operators() const { return {}; }

  // How each layer is computed, as a trial at loading found fastest on this
  // CPU; for LoadOptions of the next start. Empty where there was nothing to
  // try.
  virtual std::vector<std::string> algorithms() const { return {}; }

  // Brings `normalised` into the form that replicas take, `prepared`, which is
  // smaller than it where the model computes in 8 or 16 bits. May throw
  // bad_alloc. By default replicas take it as it is.
  virtual void Prepare(image::PixelTensor& /*picture*/) const {}

  // Call on the lane's thread.
  virtual absl::StatusOr<std::unique_ptr<Replica>> NewReplica() = 0;
};

}  // namespace wanwu::model
