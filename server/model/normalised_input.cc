#include "server/model/normalised_input.h"

#include <cstring>
#include <span>
#include <vector>

#include "server/model/bfloat16.h"

namespace wanwu::model {
namespace {

// [3, height, width] to [height, width, 3], each value as `convert` makes it.
template <typename Convert>
std::vector<uint8_t> Interleave(std::span<const float> planes,
                                Convert convert) {
  using Value = decltype(convert(0.0F));
  const size_t plane = planes.size() / 3;
  std::vector<uint8_t> bytes(3 * plane * sizeof(Value));
  uint8_t* place = bytes.data();
  for (size_t i = 0; i < plane; ++i) {
    const Value pixel[] = {convert(planes[i]), convert(planes[plane + i]),
                           convert(planes[2 * plane + i])};
    std::memcpy(place, pixel, sizeof(pixel));
    place += sizeof(pixel);
  }
  return bytes;
}

}  // namespace

NormalisedInput::NormalisedInput(
    const std::optional<InputQuantisation>& quantisation, Precision precision)
    : bfloat16_(precision == Precision::kBf16) {
  if (quantisation) quantise_.emplace(*quantisation);
}

void NormalisedInput::Prepare(image::PixelTensor& picture) const {
  if (quantise_) {
    picture.prepared = Interleave(picture.normalised, *quantise_);
  } else if (bfloat16_) {
    picture.prepared = Interleave(picture.normalised, RoundToBfloat16);
  } else {
    picture.prepared =
        Interleave(picture.normalised, [](float value) { return value; });
  }
  picture.normalised = {};
}

size_t NormalisedInput::value_bytes() const {
  if (quantise_) return sizeof(uint8_t);
  return bfloat16_ ? sizeof(Bfloat16) : sizeof(float);
}

}  // namespace wanwu::model
