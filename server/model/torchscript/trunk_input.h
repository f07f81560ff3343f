#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <variant>

#include "server/image/pixel_tensor.h"
#include "server/model/input_table.h"
#include "server/model/manifest.h"
#include "server/model/precision.h"
#include "server/model/trunk/arithmetic.h"
#include "server/model/trunk/layers.h"

namespace wanwu::model::torchscript {

// The activation that pictures become for a model of these.
trunk::Activation InputActivation(
    const InputSpec& input,
    const std::optional<InputQuantisation>& quantisation);

trunk::Arithmetic ArithmeticOf(Precision precision);

// Turns pictures' bytes into a trunk's input. Immutable.
class TrunkInput {
 public:
  TrunkInput(const InputSpec& input,
             const std::optional<InputQuantisation>& quantisation,
             Precision precision);

  // `place` is LaneTrunk::Input of the batch's size.
  void Fill(std::span<const image::PixelTensor* const> batch,
            std::byte* place) const;

 private:
  std::variant<InputTable<float>, InputTable<Bfloat16>, InputTable<uint8_t>>
      table_;
};

}  // namespace wanwu::model::torchscript
