#include "server/image/picture_outline.h"

#include "server/image/decode_memory.h"
#include "server/image/image_error.h"
#include "server/image/image_format.h"
#include "server/image/jpeg_outline.h"
#include "server/image/png_outline.h"
#include "server/image/webp_outline.h"

namespace wanwu::image {
namespace {

absl::StatusOr<PictureOutline> ReadAny(const ByteChain& encoded,
                                       OutlineEffort effort) {
  const SniffedFormat sniffed = SniffFormat(encoded);
  switch (sniffed.format) {
    case ImageFormat::kJpeg:
      return ReadJpegOutline(encoded, effort);
    case ImageFormat::kPng:
      return ReadPngOutline(encoded);
    case ImageFormat::kWebp:
      return ReadWebpOutline(encoded, effort);
    case ImageFormat::kUnsupported:
      break;
  }
  return Unsupported(sniffed.name);
}

absl::Status Check(const PictureOutline& outline, const TensorSpec& spec,
                   const ImageLimits& limits) {
  if (absl::Status status =
          CheckPictureSize(SizeOf(outline), KindOf(outline), limits);
      !status.ok()) {
    return status;
  }
  if (const auto* const jpeg = std::get_if<JpegOutline>(&outline)) {
    const int64_t work = WorkOfScan(jpeg->size, jpeg->is_arithmetic);
    if (absl::Status status = CheckScans(1, work, limits); !status.ok()) {
      return status;
    }
  }
  return CheckDecoderBytes(DecoderBytes(outline, spec), limits);
}

}  // namespace

PictureSize SizeOf(const PictureOutline& outline) {
  return std::visit([](const auto& picture) { return picture.size; }, outline);
}

DecodeKind KindOf(const PictureOutline& outline) {
  if (const auto* const jpeg = std::get_if<JpegOutline>(&outline)) {
    if (jpeg->is_arithmetic) return DecodeKind::kJpegArithmetic;
    return jpeg->is_multi_scan ? DecodeKind::kJpegMultiScan
                               : DecodeKind::kJpegBaseline;
  }
  if (const auto* const webp = std::get_if<WebpOutline>(&outline)) {
    return webp->is_lossless ? DecodeKind::kWebpLossless
                             : DecodeKind::kWebpLossy;
  }
  return DecodeKind::kPng;
}

absl::StatusOr<PictureOutline> ReadOutline(const ByteChain& encoded,
                                           const TensorSpec& spec,
                                           const ImageLimits& limits,
                                           OutlineEffort effort) {
  if (absl::Status status = CheckEncodedBytes(encoded.size(), limits);
      !status.ok()) {
    return status;
  }
  absl::StatusOr<PictureOutline> outline = ReadAny(encoded, effort);
  if (!outline.ok()) return outline.status();
  if (absl::Status status = Check(*outline, spec, limits); !status.ok()) {
    return status;
  }
  return outline;
}

}  // namespace wanwu::image
