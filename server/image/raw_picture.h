#pragma once

#include "absl/status/statusor.h"
#include "server/image/byte_chain.h"
#include "server/image/picture_probe.h"
#include "server/image/pixel_tensor.h"

namespace wanwu::image {

// What a picture's bytes are.
enum class PictureForm {
  // A file of some format.
  kEncoded,
  // uint8 RGB, [height, width, 3].
  kPixels,
  // The same, each value as protobuf writes a uint32.
  kVarintPixels,
  // Little-endian float32, [3, height, width], what pixels become for the
  // model: see PixelTensor::normalised.
  kNormalised,
};

// Beyond this a normalised value is nothing that a pixel can become, and
// networks lose their way.
inline constexpr float kMostNormalised = 10'000;

// ProbePicture and DecodePicture of a picture that is not encoded and is of the
// size of `spec` already. Errors: INVALID_ARGUMENT, FIELD_INVALID or, for what
// only reading all of it shows, IMAGE_DECODE_FAILED.
[[nodiscard]] absl::StatusOr<PictureProbe> ProbeRaw(const ByteChain& bytes,
                                                    PictureForm form,
                                                    const TensorSpec& spec);
[[nodiscard]] absl::StatusOr<PixelTensor> ReadRaw(const ByteChain& bytes,
                                                  PictureForm form,
                                                  const TensorSpec& spec);

// How many values [height, width, 3] are.
size_t ValuesOf(const TensorSpec& spec);

// How many bytes a picture of `form`, which is not kEncoded, has; of
// kVarintPixels it may have more.
size_t BytesOf(PictureForm form, const TensorSpec& spec);
inline bool MayBeLonger(PictureForm form) {
  return form == PictureForm::kVarintPixels;
}

}  // namespace wanwu::image
