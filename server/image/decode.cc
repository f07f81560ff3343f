#include "server/image/decode.h"

#include <memory>
#include <utility>

#include "server/image/crop_resizer.h"
#include "server/image/image_error.h"
#include "server/image/image_format.h"
#include "server/image/jpeg_reader.h"
#include "server/image/picture_reader.h"
#include "server/image/png_reader.h"
#include "server/image/webp_reader.h"

namespace wanwu::image {
namespace {

// A picture decoded at less than its size has this many times the pixels that
// are needed along each side, so that the resize still weighs several of them.
constexpr int kFastOversampling = 2;

bool FitsResizedPicture(const TensorSpec& spec) {
  return spec.width > 0 && spec.height > 0 &&
         spec.width <= spec.resize_shorter_side &&
         spec.height <= spec.resize_shorter_side;
}

int LeastShorterSide(const TensorSpec& spec, JpegDecode decode) {
  return decode == JpegDecode::kFast
             ? kFastOversampling * spec.resize_shorter_side
             : JpegReader::kNeverReduce;
}

// Null for kUnsupported.
std::unique_ptr<PictureReader> MakeReader(ImageFormat format,
                                          const ByteChain& encoded,
                                          const TensorSpec& spec,
                                          const DecodeOptions& options) {
  const ImageLimits& limits = options.limits;
  switch (format) {
    case ImageFormat::kJpeg:
      return std::make_unique<JpegReader>(
          encoded, limits, LeastShorterSide(spec, options.jpeg_decode));
    case ImageFormat::kPng:
      return std::make_unique<PngReader>(encoded, limits);
    case ImageFormat::kWebp:
      return std::make_unique<WebpReader>(encoded, limits);
    case ImageFormat::kUnsupported:
      return nullptr;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<PixelTensor> DecodePicture(const ByteChain& encoded,
                                          const TensorSpec& spec,
                                          const DecodeOptions& options,
                                          const StopCheck& should_stop) {
  if (should_stop && should_stop()) return absl::CancelledError();
  if (!FitsResizedPicture(spec)) {
    return absl::InternalError("the crop is larger than the resized picture");
  }
  if (absl::Status status = CheckEncodedBytes(encoded.size(), options.limits);
      !status.ok()) {
    return status;
  }
  const SniffedFormat sniffed = SniffFormat(encoded);
  const auto reader = MakeReader(sniffed.format, encoded, spec, options);
  if (reader == nullptr) return Unsupported(sniffed.name);

  absl::StatusOr<PictureHeader> header = reader->ReadHeader();
  if (!header.ok()) return header.status();
  if (absl::Status status = CheckPictureSize(header->size, options.limits);
      !status.ok()) {
    return status;
  }
  if (options.exif_orientation == ExifOrientation::kIgnore) {
    header->orientation = Orientation::kUpright;
  }
  CropResizer resizer(*header, spec);
  if (absl::Status status = reader->ReadRows(resizer); !status.ok()) {
    return status;
  }
  return resizer.TakeTensor();
}

}  // namespace wanwu::image
