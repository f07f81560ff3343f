#include "server/model/torchscript/input_buffer.h"

#include <ATen/ops/_empty_affine_quantized.h>
#include <ATen/ops/empty.h>

#include <vector>

namespace wanwu::model::torchscript {

InputBuffer::InputBuffer(const InputSpec& input,
                         const std::optional<InputQuantisation>& quantisation)
    : tensor_spec_(input.tensor), quantisation_(quantisation) {
  if (quantisation) {
    table_ = MakeQuantisedTable(input, *quantisation);
  } else {
    table_ = MakeFloatTable(input);
  }
}

at::Tensor InputBuffer::Fill(std::span<const image::PixelTensor* const> batch) {
  const auto pictures = static_cast<int64_t>(batch.size());
  if (!buffer_.defined() || buffer_.size(0) < pictures) Allocate(pictures);
  std::visit(
      [&]<typename Value>(const InputTable<Value>& table) {
        FillInput(table, batch, static_cast<Value*>(buffer_.data_ptr()));
      },
      table_);
  return buffer_.narrow(0, 0, pictures);
}

void InputBuffer::Allocate(int64_t pictures) {
  const std::vector<int64_t> sizes = {pictures, 3, tensor_spec_.height,
                                      tensor_spec_.width};
  constexpr at::MemoryFormat kLayout = at::MemoryFormat::ChannelsLast;
  if (quantisation_) {
    buffer_ =
        at::_empty_affine_quantized(sizes, at::kQUInt8, quantisation_->scale,
                                    quantisation_->zero_point, kLayout);
  } else {
    buffer_ = at::empty(sizes, at::kFloat, kLayout);
  }
}

}  // namespace wanwu::model::torchscript
