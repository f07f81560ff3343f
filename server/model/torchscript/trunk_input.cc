#include "server/model/torchscript/trunk_input.h"

namespace wanwu::model::torchscript {

trunk::Activation InputActivation(
    const InputSpec& input,
    const std::optional<InputQuantisation>& quantisation) {
  trunk::Activation activation{.channels = 3,
                               .height = input.tensor.height,
                               .width = input.tensor.width};
  if (quantisation) {
    activation.affine = {static_cast<float>(quantisation->scale),
                         quantisation->zero_point};
  }
  return activation;
}

trunk::Arithmetic ArithmeticOf(Precision precision) {
  switch (precision) {
    case Precision::kFp32:
      return trunk::Arithmetic::kFloat32;
    case Precision::kBf16:
      return trunk::Arithmetic::kBfloat16;
    case Precision::kInt8:
      return trunk::Arithmetic::kInt8;
  }
  return trunk::Arithmetic::kFloat32;
}

TrunkInput::TrunkInput(const InputSpec& input,
                       const std::optional<InputQuantisation>& quantisation,
                       Precision precision) {
  if (quantisation) {
    table_ = MakeQuantisedTable(input, *quantisation);
  } else if (precision == Precision::kBf16) {
    table_ = MakeBfloat16Table(input);
  } else {
    table_ = MakeFloatTable(input);
  }
}

void TrunkInput::Fill(std::span<const image::PixelTensor* const> batch,
                      std::byte* place) const {
  std::visit(
      [&]<typename Value>(const InputTable<Value>& table) {
        FillInput(table, batch, reinterpret_cast<Value*>(place));
      },
      table_);
}

}  // namespace wanwu::model::torchscript
