#pragma once

#include <functional>
#include <span>

#include "absl/status/status.h"
#include "server/image/pixel_tensor.h"
#include "server/model/manifest.h"

namespace at {
class Tensor;
}
namespace c10 {
struct IValue;
}

namespace wanwu::model::torchscript {

// Runs `action`, which may call libtorch and oneDNN, and makes INTERNAL of what
// it throws: one line, without a traceback.
absl::Status CatchAll(const std::function<absl::Status()>& action);

// INTERNAL unless `batch` has pictures, each of the model's size, and `logits`
// room for a row of class_count each.
absl::Status CheckBatch(std::span<const image::PixelTensor* const> batch,
                        std::span<const float> logits,
                        const image::TensorSpec& spec, int class_count);

// Writes a model's output to `logits`; INTERNAL if it is anything but float32
// [batch, class_count].
absl::Status CopyLogits(const c10::IValue& output, int64_t batch,
                        int class_count, std::span<float> logits);

}  // namespace wanwu::model::torchscript
