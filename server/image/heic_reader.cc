#include "server/image/heic_reader.h"

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

struct ReleaseImage {
  void operator()(heif_image* image) const { heif_image_release(image); }
};

struct FreeOptions {
  void operator()(heif_decoding_options* options) const {
    heif_decoding_options_free(options);
  }
};

}  // namespace

HeicReader::HeicReader(const ByteChain& encoded, const HeifOutline& outline,
                       const ImageLimits& limits)
    : outline_(outline),
      limits_(limits),
      encoded_(Flatten(encoded, flattened_)) {}

absl::StatusOr<PictureHeader> HeicReader::ReadHeader() {
  if (absl::Status status =
          CheckCodedPictures(encoded_, outline_.codec, limits_);
      !status.ok()) {
    return status;
  }
  errno = 0;
  context_.reset(heif_context_alloc());
  if (context_ == nullptr) return errors::OutOfMemory();
  heif_context_set_max_decoding_threads(context_.get(), 0);  // Only this one.
  heif_context_set_maximum_image_size_limit(
      context_.get(), std::max(outline_.coded.width, outline_.coded.height) +
                          HeifOutline::kLargestBlock);
  heif_error error = heif_context_read_from_memory_without_copy(
      context_.get(), encoded_.data(), encoded_.size(), nullptr);
  if (error.code != heif_error_Ok) return Refused(error);
  heif_image_handle* handle = nullptr;
  error = heif_context_get_primary_image_handle(context_.get(), &handle);
  handle_.reset(handle);
  if (error.code != heif_error_Ok) return Refused(error);
  return PictureHeader{outline_.size, outline_.size, outline_.orientation};
}

absl::Status HeicReader::ReadRows(RowSink& sink, const StopCheck& should_stop) {
  if (should_stop && should_stop()) return absl::CancelledError();
  const std::unique_ptr<heif_decoding_options, FreeOptions> options(
      heif_decoding_options_alloc());
  if (options == nullptr) return errors::OutOfMemory();
  options->ignore_transformations = 1;
  options->convert_hdr_to_8bit = 1;
  // libheif 1.15 makes no RGB of a picture with alpha.
  const bool has_alpha =
      heif_image_handle_has_alpha_channel(handle_.get()) != 0;
  errno = 0;
  heif_image* decoded = nullptr;
  const heif_error error = heif_decode_image(
      handle_.get(), &decoded, heif_colorspace_RGB,
      has_alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB,
      options.get());
  const std::unique_ptr<heif_image, ReleaseImage> image(decoded);
  if (error.code != heif_error_Ok) return Refused(error);
  int stride = 0;
  const uint8_t* const pixels = heif_image_get_plane_readonly(
      image.get(), heif_channel_interleaved, &stride);
  const PictureSize size{
      heif_image_get_width(image.get(), heif_channel_interleaved),
      heif_image_get_height(image.get(), heif_channel_interleaved)};
  if (pixels == nullptr || size != outline_.coded) {
    return DecodeFailed("HEIC: its data is not as large as it says");
  }
  const PixelRegion needed = sink.needed();
  const size_t pixel_bytes = has_alpha ? kRgbaBytes : kRgbBytes;
  std::vector<uint8_t> without_alpha(
      has_alpha ? static_cast<size_t>(needed.width()) * kRgbBytes : 0);
  for (int y = needed.top; y < needed.bottom; ++y) {
    if (should_stop && should_stop()) return absl::CancelledError();
    const auto above = static_cast<ptrdiff_t>(outline_.top + y) * stride;
    const uint8_t* row =
        pixels + above +
        static_cast<size_t>(outline_.left + needed.left) * pixel_bytes;
    if (has_alpha) {
      DropAlpha(row, static_cast<size_t>(needed.width()), without_alpha.data());
      row = without_alpha.data();
    }
    sink.PushRow(row);
  }
  return absl::OkStatus();
}

absl::Status HeicReader::Refused(const heif_error& error) const {
  const bool is_out_of_memory =
      error.code == heif_error_Memory_allocation_error &&
      error.subcode != heif_suberror_Security_limit_exceeded;
  if (errno == ENOMEM || is_out_of_memory) return errors::OutOfMemory();
  return DecodeFailed(std::string("HEIC: ") + error.message);
}

}  // namespace wanwu::image
