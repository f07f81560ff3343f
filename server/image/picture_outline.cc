#include "server/image/picture_outline.h"

#include "server/image/bmp_outline.h"
#include "server/image/decode_memory.h"
#include "server/image/gif_outline.h"
#include "server/image/heif_outline.h"
#include "server/image/image_error.h"
#include "server/image/image_format.h"
#include "server/image/jpeg_outline.h"
#include "server/image/png_outline.h"
#include "server/image/tiff_outline.h"
#include "server/image/webp_outline.h"

namespace wanwu::image {
namespace {

absl::StatusOr<PictureOutline> ReadAny(const ByteChain& encoded,
                                       FormatSet accepted,
                                       OutlineEffort effort) {
  const SniffedFormat sniffed = SniffFormat(encoded);
  if (sniffed.format != ImageFormat::kUnsupported &&
      !accepted.test(static_cast<size_t>(sniffed.format))) {
    return Unsupported(sniffed.name, accepted);
  }
  switch (sniffed.format) {
    case ImageFormat::kJpeg:
      return ReadJpegOutline(encoded, effort);
    case ImageFormat::kPng:
      return ReadPngOutline(encoded);
    case ImageFormat::kWebp:
      return ReadWebpOutline(encoded, effort);
    case ImageFormat::kGif:
      return ReadGifOutline(encoded, effort);
    case ImageFormat::kBmp:
      return ReadBmpOutline(encoded);
    case ImageFormat::kTiff:
      return ReadTiffOutline(encoded);
    case ImageFormat::kAvif:
      return ReadHeifOutline(encoded, HeifOutline::Codec::kAv1);
    case ImageFormat::kHeic:
      return ReadHeifOutline(encoded, HeifOutline::Codec::kHevc);
    case ImageFormat::kUnsupported:
      break;
  }
  return Unsupported(sniffed.name, accepted);
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

namespace {

DecodeKind Kind(const JpegOutline& jpeg) {
  if (jpeg.is_arithmetic) return DecodeKind::kJpegArithmetic;
  return jpeg.is_multi_scan ? DecodeKind::kJpegMultiScan
                            : DecodeKind::kJpegBaseline;
}

DecodeKind Kind(const PngOutline&) { return DecodeKind::kPng; }

DecodeKind Kind(const WebpOutline& webp) {
  return webp.is_lossless ? DecodeKind::kWebpLossless : DecodeKind::kWebpLossy;
}

DecodeKind Kind(const GifOutline&) { return DecodeKind::kGif; }

DecodeKind Kind(const BmpOutline&) { return DecodeKind::kBmp; }

DecodeKind Kind(const TiffOutline&) { return DecodeKind::kTiff; }

DecodeKind Kind(const HeifOutline& heif) {
  return heif.codec == HeifOutline::Codec::kAv1 ? DecodeKind::kAvif
                                                : DecodeKind::kHeic;
}

}  // namespace

DecodeKind KindOf(const PictureOutline& outline) {
  return std::visit([](const auto& picture) { return Kind(picture); }, outline);
}

absl::StatusOr<PictureOutline> ReadOutline(const ByteChain& encoded,
                                           const TensorSpec& spec,
                                           const ImageLimits& limits,
                                           OutlineEffort effort) {
  if (absl::Status status = CheckEncodedBytes(encoded.size(), limits);
      !status.ok()) {
    return status;
  }
  absl::StatusOr<PictureOutline> outline =
      ReadAny(encoded, limits.formats, effort);
  if (!outline.ok()) return outline.status();
  if (absl::Status status = Check(*outline, spec, limits); !status.ok()) {
    return status;
  }
  return outline;
}

}  // namespace wanwu::image
