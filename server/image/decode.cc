#include "server/image/decode.h"

#include <cstdlib>
#include <memory>
#include <new>
#include <utility>
#include <variant>

#include "absl/strings/str_join.h"
#include "server/errors/service_error.h"
#include "server/image/avif_reader.h"
#include "server/image/bmp_reader.h"
#include "server/image/crop_resizer.h"
#include "server/image/decode_memory.h"
#include "server/image/gif_reader.h"
#include "server/image/heic_reader.h"
#include "server/image/image_error.h"
#include "server/image/jpeg_reader.h"
#include "server/image/jpeg_scale.h"
#include "server/image/picture_outline.h"
#include "server/image/picture_reader.h"
#include "server/image/png_reader.h"
#include "server/image/tiff_reader.h"
#include "server/image/webp_reader.h"

namespace wanwu::image {
namespace {

bool FitsResizedPicture(const TensorSpec& spec) {
  return spec.width > 0 && spec.height > 0 &&
         spec.width <= spec.resize_shorter_side &&
         spec.height <= spec.resize_shorter_side;
}

// libwebp 1.2.4 and libtiff 4.5 crash where some of their small allocations
// fail, and nobody promises that the decoders of AVIF and HEIC do not.
bool MayCrashWithoutMemory(const PictureOutline& outline) {
  return std::holds_alternative<WebpOutline>(outline) ||
         std::holds_alternative<TiffOutline>(outline) ||
         std::holds_alternative<HeifOutline>(outline);
}

// So these do not even begin where their large allocations would fail. Nothing
// is touched, so this takes microseconds.
bool CanAllocate(int64_t bytes) {
  const std::unique_ptr<void, decltype(&std::free)> memory(
      std::malloc(static_cast<size_t>(bytes)), std::free);
  return memory != nullptr;
}

std::unique_ptr<PictureReader> MakeReader(const PictureOutline& outline,
                                          const ByteChain& encoded,
                                          const TensorSpec& spec,
                                          const DecodeOptions& options) {
  switch (KindOf(outline)) {
    case DecodeKind::kJpegBaseline:
    case DecodeKind::kJpegMultiScan:
    case DecodeKind::kJpegArithmetic:
      return std::make_unique<JpegReader>(
          encoded, options.limits, LeastShorterSide(spec, options.jpeg_decode));
    case DecodeKind::kPng:
      return std::make_unique<PngReader>(encoded);
    case DecodeKind::kWebpLossy:
    case DecodeKind::kWebpLossless:
      return std::make_unique<WebpReader>(encoded);
    case DecodeKind::kGif:
      return std::make_unique<GifReader>(encoded);
    case DecodeKind::kBmp:
      return std::make_unique<BmpReader>(encoded,
                                         std::get<BmpOutline>(outline));
    case DecodeKind::kTiff:
      return std::make_unique<TiffReader>(encoded,
                                          std::get<TiffOutline>(outline),
                                          options.limits.max_decoder_bytes);
    case DecodeKind::kAvif:
      return std::make_unique<AvifReader>(
          encoded, std::get<HeifOutline>(outline), options.limits);
    case DecodeKind::kHeic:
      return std::make_unique<HeicReader>(
          encoded, std::get<HeifOutline>(outline), options.limits);
    case DecodeKind::kPixels:
    case DecodeKind::kNormalised:
      break;  // No file is.
  }
  return nullptr;
}

absl::StatusOr<PixelTensor> WithWarnings(PixelTensor tensor,
                                         const DamageTally& damage,
                                         DamagedPictures damaged) {
  if (!damage.any()) return tensor;
  tensor.warnings = damage.Warnings();
  if (damaged == DamagedPictures::kRefuse) {
    return DecodeFailed(absl::StrJoin(tensor.warnings, "; "));
  }
  return tensor;
}

absl::StatusOr<PixelTensor> Decode(const ByteChain& encoded,
                                   const TensorSpec& spec,
                                   const DecodeOptions& options,
                                   const StopCheck& should_stop) {
  if (!FitsResizedPicture(spec)) {
    return Internal("the crop is larger than the resized picture");
  }
  if (should_stop && should_stop()) return absl::CancelledError();
  const absl::StatusOr<PictureOutline> outline =
      ReadOutline(encoded, spec, options.limits, OutlineEffort::kUnbounded);
  if (!outline.ok()) return outline.status();
  if (MayCrashWithoutMemory(*outline) &&
      !CanAllocate(DecoderBytes(*outline, spec))) {
    return errors::OutOfMemory();
  }
  const auto reader = MakeReader(*outline, encoded, spec, options);
  absl::StatusOr<PictureHeader> header = reader->ReadHeader();
  if (!header.ok()) return header.status();
  // What was checked is what is decoded.
  if (header->size != SizeOf(*outline)) {
    return Internal("the picture's size was not read as its decoder reads it");
  }
  if (options.exif_orientation == ExifOrientation::kIgnore) {
    header->orientation = Orientation::kUpright;
  }
  CropResizer resizer(*header, spec);
  if (absl::Status status = reader->ReadRows(resizer, should_stop);
      !status.ok()) {
    return status;
  }
  return WithWarnings(resizer.TakeTensor(), reader->damage(), options.damaged);
}

}  // namespace

absl::StatusOr<PixelTensor> DecodePicture(const ByteChain& encoded,
                                          const TensorSpec& spec,
                                          const DecodeOptions& options,
                                          const StopCheck& should_stop) {
  try {
    return Decode(encoded, spec, options, should_stop);
  } catch (const std::bad_alloc&) {
    return errors::OutOfMemory();
  }
}

}  // namespace wanwu::image
