#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <span>
#include <variant>

#include "server/image/pixel_tensor.h"
#include "server/model/input_table.h"
#include "server/model/manifest.h"

namespace wanwu::model::torchscript {

// The tensor that pictures are looked up into: float or quantised, in
// channels_last layout, which is the pictures' own.
class InputBuffer {
 public:
  InputBuffer(const InputSpec& input,
              const std::optional<InputQuantisation>& quantisation);

  // A view of the buffer, valid until the next call.
  at::Tensor Fill(std::span<const image::PixelTensor* const> batch);

 private:
  void Allocate(int64_t pictures);

  const image::TensorSpec tensor_spec_;
  const std::optional<InputQuantisation> quantisation_;
  std::variant<InputTable<float>, InputTable<uint8_t>> table_;
  at::Tensor buffer_;
};

}  // namespace wanwu::model::torchscript
