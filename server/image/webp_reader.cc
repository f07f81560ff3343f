#include "server/image/webp_reader.h"

#include <webp/decode.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/image/byte_order.h"
#include "server/image/chain_cursor.h"
#include "server/image/exif_orientation.h"
#include "server/image/image_error.h"

namespace wanwu::image {
namespace {

constexpr int64_t kRgbBytes = 3;
constexpr int kLosslessFormat = 2;
constexpr size_t kChunkHeadBytes = 8;

// Between two questions whether to stop: a few milliseconds of work. Smaller
// pictures are decoded in one go, as going on again costs a few rows' work.
constexpr int64_t kPixelsAtOnce = 1 << 19;
// Until its first pixels are there the lossless decoder begins anew at each
// stretch, so each is as long as all before it, from this part of the frame on,
// without which the library does not begin.
constexpr size_t kFirstPart = 8;

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

struct DeleteDecoder {
  void operator()(WebPIDecoder* decoder) const { WebPIDelete(decoder); }
};

bool HasPixels(const WebPIDecoder* decoder) {
  int last_row = 0;
  return WebPIDecGetRGB(decoder, &last_row, nullptr, nullptr, nullptr) !=
             nullptr &&
         last_row > 0;
}

bool IsLossless(const WebPData& frame) {
  WebPBitstreamFeatures features{};
  return WebPGetFeatures(frame.bytes, frame.size, &features) == VP8_STATUS_OK &&
         features.format == kLosslessFormat;
}

// Of the alpha plane before a lossy frame, without which no pixel is decoded.
size_t AlphaBytes(std::span<const uint8_t> frame) {
  if (frame.size() < kChunkHeadBytes) return 0;
  const std::string_view name(reinterpret_cast<const char*>(frame.data()), 4);
  if (name != "ALPH") return 0;
  const size_t bytes = kChunkHeadBytes + FromLittleEndian(frame.subspan(4, 4));
  return std::min(bytes, frame.size());
}

// Where errno was cleared before. The library tells of want of memory in some
// places as if the picture were broken.
absl::Status Refused(absl::string_view how) {
  if (errno == ENOMEM) return errors::OutOfMemory();
  const std::string detail = absl::StrCat("WebP: ", how);
  return DecodeFailed(detail);
}

absl::Status StatusOf(VP8StatusCode code) {
  if (code == VP8_STATUS_OK) return absl::OkStatus();
  return Refused("the picture's data is corrupt");
}

// Feeds the decoder, in so many stretches of about the same length.
absl::Status DecodeInStretches(WebPIDecoder* decoder, const WebPData& frame,
                               size_t stretches, const StopCheck& should_stop) {
  const size_t alpha = AlphaBytes(std::span(frame.bytes, frame.size));
  const size_t stretch = (frame.size - alpha) / stretches + 1;
  const bool is_lossless = IsLossless(frame);
  size_t next =
      is_lossless ? frame.size / kFirstPart + kChunkHeadBytes : alpha + stretch;
  VP8StatusCode code = VP8_STATUS_SUSPENDED;
  for (size_t fed = 0; fed < frame.size;) {
    fed += std::min(next, frame.size - fed);
    code = WebPIUpdate(decoder, frame.bytes, fed);
    if (code != VP8_STATUS_SUSPENDED) break;
    if (should_stop()) return absl::CancelledError();
    const bool begins_anew = is_lossless && !HasPixels(decoder);
    next = begins_anew ? fed : stretch;
  }
  return StatusOf(code);
}

// The demuxer has checked that the frame lies within the canvas.
absl::Status DecodeInto(const WebPIterator& frame, PictureSize canvas_size,
                        std::span<uint8_t> canvas,
                        const StopCheck& should_stop) {
  errno = 0;
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) {
    return Internal("libwebp is not the one that was compiled against");
  }
  const size_t stride = static_cast<size_t>(canvas_size.width) * kRgbBytes;
  const size_t start = static_cast<size_t>(frame.y_offset) * stride +
                       static_cast<size_t>(frame.x_offset) * kRgbBytes;
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = canvas.data() + start;
  config.output.u.RGBA.stride = static_cast<int>(stride);
  config.output.u.RGBA.size = canvas.size() - start;
  const int64_t stretches = int64_t{frame.width} * frame.height / kPixelsAtOnce;
  if (!should_stop || stretches < 2) {
    return StatusOf(
        WebPDecode(frame.fragment.bytes, frame.fragment.size, &config));
  }
  const std::unique_ptr<WebPIDecoder, DeleteDecoder> decoder(
      WebPIDecode(nullptr, 0, &config));
  if (decoder == nullptr) return errors::OutOfMemory();
  return DecodeInStretches(decoder.get(), frame.fragment,
                           static_cast<size_t>(stretches), should_stop);
}

}  // namespace

WebpReader::WebpReader(const ByteChain& encoded)
    : encoded_(Flatten(encoded, flattened_)) {}

absl::StatusOr<PictureHeader> WebpReader::ReadHeader() {
  const WebPData input{encoded_.data(), encoded_.size()};
  errno = 0;
  demuxer_.reset(WebPDemux(&input));
  if (demuxer_ == nullptr) {
    return Refused("the file is truncated or its chunks are broken");
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

absl::Status WebpReader::ReadRows(RowSink& sink, const StopCheck& should_stop) {
  const FirstFrame frame(demuxer_.get());
  if (!frame.found()) return DecodeFailed("WebP: it holds no complete frame");
  const auto bytes = static_cast<size_t>(size_.pixels() * kRgbBytes);
  const auto memory = std::make_unique_for_overwrite<uint8_t[]>(bytes);
  const std::span<uint8_t> canvas(memory.get(), bytes);
  const bool fills = PictureSize{frame->width, frame->height} == size_;
  if (!fills) std::fill(canvas.begin(), canvas.end(), uint8_t{0});
  if (absl::Status status = DecodeInto(*frame, size_, canvas, should_stop);
      !status.ok()) {
    return status;
  }
  const PixelRegion needed = sink.needed();
  for (int y = needed.top; y < needed.bottom; ++y) {
    if (should_stop && should_stop()) return absl::CancelledError();
    const int64_t first_pixel = int64_t{y} * size_.width + needed.left;
    sink.PushRow(canvas.data() + static_cast<size_t>(first_pixel * kRgbBytes));
  }
  return absl::OkStatus();
}

}  // namespace wanwu::image
