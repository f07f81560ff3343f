#pragma once

#include "absl/status/statusor.h"
#include "server/image/byte_chain.h"
#include "server/image/decode_options.h"
#include "server/image/pixel_tensor.h"
#include "server/image/stop_check.h"

namespace wanwu::image {

// Decodes a picture of any ImageFormat and turns it into the spec's tensor, bit
// for bit what CenterCrop(Resize(exif_transpose(picture).convert("RGB"))) gives
// with Pillow 9.4 and torchvision on the same codec libraries. As there, alpha
// and colour profiles are dropped and of several pictures in a file the first
// counts. The exceptions: JpegDecode::kFast, and those that docs/api.md lists
// for PNG of 16 bits, TIFF, BMP, AVIF and HEIC. What the reference shows in
// spite of damage has its pixels, too, and the tensor's warnings say so.
//
// INVALID_ARGUMENT with a reason of server/errors/service_error.h: IMAGE_EMPTY;
// IMAGE_UNSUPPORTED, which names what the bytes are; IMAGE_TOO_LARGE, with
// value and limit; IMAGE_DECODE_FAILED for what is truncated or corrupt, with
// DamagedPictures::kRefuse in any way. RESOURCE_EXHAUSTED with
// OUT_OF_MEMORY if an allocation failed. INTERNAL, with the reason of that
// name, for a spec that does not fit. CANCELLED, without a reason, soon after
// should_stop says so.
//
// Thread-safe: no shared state. Does not keep `encoded`, and copies it only
// where it comes in several pieces and is no JPEG, PNG or GIF.
[[nodiscard]] absl::StatusOr<PixelTensor> DecodePicture(
    const ByteChain& encoded, const TensorSpec& spec,
    const DecodeOptions& options, const StopCheck& should_stop = {});

}  // namespace wanwu::image
