#include "server/image/webp_reader.h"

#include <webp/decode.h>

#include <optional>

#include "server/image/chain_cursor.h"
#include "server/image/exif_orientation.h"
#include "server/image/image_error.h"

namespace wanwu::image {
namespace {

constexpr int64_t kRgbBytes = 3;
// What libwebp's lossless decoder holds for each pixel besides its output.
constexpr int64_t kLosslessBytes = 4;
constexpr int kLosslessFormat = 2;

class FirstFrame {
 public:
  explicit FirstFrame(const WebPDemuxer* demuxer)
      : found_(WebPDemuxGetFrame(demuxer, 1, &frame_) != 0) {}
  ~FirstFrame() { WebPDemuxReleaseIterator(&frame_); }
  FirstFrame(const FirstFrame&) = delete;
  FirstFrame& operator=(const FirstFrame&) = delete;

  bool found() const { return found_ && frame_.complete != 0; }
  const WebPIterator& operator*() const { return frame_; }
  const WebPIterator* operator->() const { return &frame_; }

 private:
  WebPIterator frame_{};
  bool found_;
};

// The demuxer has checked that the frame lies within the canvas.
bool DecodeInto(const WebPIterator& frame, PictureSize canvas_size,
                std::span<uint8_t> canvas) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) return false;
  const size_t stride = static_cast<size_t>(canvas_size.width) * kRgbBytes;
  const size_t start = static_cast<size_t>(frame.y_offset) * stride +
                       static_cast<size_t>(frame.x_offset) * kRgbBytes;
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = canvas.data() + start;
  config.output.u.RGBA.stride = static_cast<int>(stride);
  config.output.u.RGBA.size = canvas.size() - start;
  const VP8StatusCode status =
      WebPDecode(frame.fragment.bytes, frame.fragment.size, &config);
  WebPFreeDecBuffer(&config.output);
  return status == VP8_STATUS_OK;
}

// Of its frame alone; an unreadable one counts as lossless.
bool IsLossless(const WebPIterator& frame) {
  WebPBitstreamFeatures features{};
  const VP8StatusCode status =
      WebPGetFeatures(frame.fragment.bytes, frame.fragment.size, &features);
  return status != VP8_STATUS_OK || features.format == kLosslessFormat;
}

}  // namespace

WebpReader::WebpReader(const ByteChain& encoded, const ImageLimits& limits)
    : limits_(limits), encoded_(Flatten(encoded, flattened_)) {}

absl::StatusOr<PictureHeader> WebpReader::ReadHeader() {
  const WebPData input{encoded_.data(), encoded_.size()};
  demuxer_.reset(WebPDemux(&input));
  if (demuxer_ == nullptr) {
    return DecodeFailed("WebP: the file is truncated or its chunks are broken");
  }
  const WebPDemuxer* const demuxer = demuxer_.get();
  size_ = {static_cast<int>(WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH)),
           static_cast<int>(WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT))};
  return PictureHeader{size_, size_, FindOrientation()};
}

Orientation WebpReader::FindOrientation() const {
  WebPChunkIterator chunk{};
  std::optional<int> tag;
  if (WebPDemuxGetChunk(demuxer_.get(), "EXIF", 1, &chunk) != 0) {
    tag = ExifOrientationTag(std::span(chunk.chunk.bytes, chunk.chunk.size));
  }
  WebPDemuxReleaseChunkIterator(&chunk);
  return OrientationFromTag(tag.value_or(0));
}

absl::Status WebpReader::ReadRows(RowSink& sink) {
  const FirstFrame frame(demuxer_.get());
  if (!frame.found()) return DecodeFailed("WebP: it holds no complete frame");
  const int64_t frame_pixels = int64_t{frame->width} * frame->height;
  const int64_t working_bytes =
      IsLossless(*frame) ? frame_pixels * kLosslessBytes : 0;
  if (absl::Status status = CheckDecoderBytes(
          size_.pixels() * kRgbBytes + working_bytes, limits_);
      !status.ok()) {
    return status;
  }
  std::vector<uint8_t> canvas(static_cast<size_t>(size_.pixels() * kRgbBytes));
  if (!DecodeInto(*frame, size_, canvas)) {
    return DecodeFailed("WebP: the picture's data is corrupt");
  }
  const PixelRegion needed = sink.needed();
  for (int y = needed.top; y < needed.bottom; ++y) {
    const int64_t first_pixel = int64_t{y} * size_.width + needed.left;
    sink.PushRow(canvas.data() + static_cast<size_t>(first_pixel * kRgbBytes));
  }
  return absl::OkStatus();
}

}  // namespace wanwu::image
