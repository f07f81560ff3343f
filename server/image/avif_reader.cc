#include "server/image/avif_reader.h"

#include <algorithm>
#include <cerrno>
#include <string>

#include "server/errors/service_error.h"
#include "server/image/alpha.h"
#include "server/image/chain_cursor.h"
#include "server/image/coded_pictures.h"
#include "server/image/image_error.h"

namespace wanwu::image {
namespace {

constexpr size_t kRgbBytes = 3;
constexpr size_t kRgbaBytes = 4;
// Rows that become RGB at once, and around them those whose colours have a part
// in theirs where they are stored at a lower resolution.
constexpr int kStretchRows = 64;
constexpr int kMarginRows = 2;

struct DestroyImage {
  void operator()(avifImage* image) const { avifImageDestroy(image); }
};

}  // namespace

AvifReader::AvifReader(const ByteChain& encoded, const HeifOutline& outline,
                       const ImageLimits& limits)
    : outline_(outline),
      limits_(limits),
      encoded_(Flatten(encoded, flattened_)) {}

absl::StatusOr<PictureHeader> AvifReader::ReadHeader() {
  if (absl::Status status =
          CheckCodedPictures(encoded_, outline_.codec, limits_);
      !status.ok()) {
    return status;
  }
  errno = 0;
  decoder_.reset(avifDecoderCreate());
  if (decoder_ == nullptr) return errors::OutOfMemory();
  decoder_->codecChoice = AVIF_CODEC_CHOICE_DAV1D;
  decoder_->maxThreads = 1;
  decoder_->requestedSource = AVIF_DECODER_SOURCE_PRIMARY_ITEM;
  decoder_->ignoreExif = AVIF_TRUE;
  decoder_->ignoreXMP = AVIF_TRUE;
  decoder_->imageSizeLimit = static_cast<uint32_t>(std::min<int64_t>(
      MostPixels(DecodeKind::kAvif, limits_), AVIF_DEFAULT_IMAGE_SIZE_LIMIT));
  // As Pillow: older encoders write neither.
  decoder_->strictFlags &= ~static_cast<avifStrictFlags>(
      AVIF_STRICT_PIXI_REQUIRED | AVIF_STRICT_CLAP_VALID);
  avifResult result =
      avifDecoderSetIOMemory(decoder_.get(), encoded_.data(), encoded_.size());
  if (result == AVIF_RESULT_OK) result = avifDecoderParse(decoder_.get());
  if (result != AVIF_RESULT_OK) return Refused(result);
  const avifImage& image = *decoder_->image;
  const PictureSize size{static_cast<int>(image.width),
                         static_cast<int>(image.height)};
  if (size != outline_.size) return Refused(AVIF_RESULT_BMFF_PARSE_FAILED);
  return PictureHeader{size, size, outline_.orientation};
}

absl::Status AvifReader::ReadRows(RowSink& sink, const StopCheck& should_stop) {
  if (should_stop && should_stop()) return absl::CancelledError();
  errno = 0;
  const avifResult result = avifDecoderNextImage(decoder_.get());
  if (result != AVIF_RESULT_OK) return Refused(result);
  const PixelRegion needed = sink.needed();
  const int height = outline_.size.height;
  const bool has_alpha = decoder_->image->alphaPlane != nullptr;
  const size_t pixel_bytes = has_alpha ? kRgbaBytes : kRgbBytes;
  const size_t row_bytes =
      static_cast<size_t>(outline_.size.width) * pixel_bytes;
  std::vector<uint8_t> rgb(
      row_bytes *
      static_cast<size_t>(std::min(height, kStretchRows + 2 * kMarginRows)));
  // From an even row on, for rows that share their colours.
  for (int top = needed.top / 2 * 2; top < needed.bottom; top += kStretchRows) {
    if (should_stop && should_stop()) return absl::CancelledError();
    const int begin = std::max(0, top - kMarginRows);
    const int end = std::min(height, top + kStretchRows + kMarginRows);
    if (absl::Status status = ToRgb(begin, end, rgb.data()); !status.ok()) {
      return status;
    }
    const int bottom = std::min(needed.bottom, top + kStretchRows);
    for (int y = std::max(top, needed.top); y < bottom; ++y) {
      uint8_t* const row = rgb.data() +
                           static_cast<size_t>(y - begin) * row_bytes +
                           static_cast<size_t>(needed.left) * pixel_bytes;
      if (has_alpha) {
        DropAlpha(row, static_cast<size_t>(needed.width()), row);
      }
      sink.PushRow(row);
    }
  }
  return absl::OkStatus();
}

absl::Status AvifReader::ToRgb(int begin, int end, uint8_t* rgb) const {
  const std::unique_ptr<avifImage, DestroyImage> stretch(
      avifImageCreateEmpty());
  if (stretch == nullptr) return errors::OutOfMemory();
  const avifCropRect rows{0, static_cast<uint32_t>(begin),
                          decoder_->image->width,
                          static_cast<uint32_t>(end - begin)};
  avifResult result =
      avifImageSetViewRect(stretch.get(), decoder_->image, &rows);
  if (result != AVIF_RESULT_OK) return Refused(result);
  avifRGBImage out;
  avifRGBImageSetDefaults(&out, stretch.get());
  constexpr uint32_t kByteBits = 8;
  out.depth = kByteBits;
  // With alpha, without which the library would darken colours by it.
  const bool has_alpha = stretch->alphaPlane != nullptr;
  out.format = has_alpha ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
  out.pixels = rgb;
  out.rowBytes =
      out.width * static_cast<uint32_t>(has_alpha ? kRgbaBytes : kRgbBytes);
  result = avifImageYUVToRGB(stretch.get(), &out);
  return result == AVIF_RESULT_OK ? absl::OkStatus() : Refused(result);
}

absl::Status AvifReader::Refused(avifResult result) const {
  if (errno == ENOMEM || result == AVIF_RESULT_OUT_OF_MEMORY) {
    return errors::OutOfMemory();
  }
  return DecodeFailed(std::string("AVIF: ") + avifResultToString(result));
}

}  // namespace wanwu::image
