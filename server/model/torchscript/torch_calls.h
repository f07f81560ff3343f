#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/image/pixel_tensor.h"
#include "server/model/classifier.h"

namespace c10 {
struct IValue;
}

namespace wanwu::model::torchscript {

// Runs `action`, which may call libtorch and oneDNN, and makes INTERNAL of what
// it throws: one line, without a traceback.
absl::Status CatchAll(const std::function<absl::Status()>& action);

// A replica that is made of `model`; INTERNAL for what its constructor throws.
template <typename Made, typename Model>
absl::StatusOr<std::unique_ptr<Replica>> MakeReplica(Model& model) {
  std::unique_ptr<Replica> replica;
  const absl::Status status = CatchAll([&] {
    replica = std::make_unique<Made>(model);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return replica;
}

struct BatchShape {
  image::TensorSpec spec;
  // Of each value of a picture that was prepared.
  size_t value_bytes = 0;
  int class_count = 0;
};

// INTERNAL unless `batch` has pictures, each of the model's size, and `logits`
// room for a row of class_count each.
absl::Status CheckBatch(std::span<const image::PixelTensor* const> batch,
                        std::span<const float> logits, const BatchShape& shape);

// Writes a model's output to `logits`; INTERNAL if it is anything but float32
// [batch, class_count].
absl::Status CopyLogits(const c10::IValue& output, int64_t batch,
                        int class_count, std::span<float> logits);

}  // namespace wanwu::model::torchscript
