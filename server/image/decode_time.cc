#include "server/image/decode_time.h"

#include <algorithm>
#include <cstdint>
#include <variant>

#include "server/image/decode_memory.h"
#include "server/image/jpeg_outline.h"
#include "server/image/jpeg_scale.h"

// JPEG, PNG and WebP measured on a Zen 4 core with libjpeg-turbo 2.1.5, libpng
// 1.6.39 and libwebp 1.2.4: thread CPU time, least of five, of 340 pictures:
// photographs side by side or enlarged to 500 x 375 to 8192 x 6100 in each
// coding, quality and sampling, panoramas and plain areas among them. Fitted by
// least squares of the ratio. Photographs come out within a factor of 1.2 as
// JPEG, 1.4 as PNG and lossy WebP, 1.7 as lossless WebP; plain areas and noise
// within 2. The others on a slower core, scaled by what JPEGs took there (0.6):
// photographs side by side or enlarged, 500 x 375 to 4000 x 3000, within a
// factor of 1.9. wanwu-decode-costs (tests/bench/decode_costs.cc) measures
// again.
namespace wanwu::image {
namespace {

using Nanoseconds = double;

struct Work {
  const TensorSpec& spec;
  JpegDecode decode;
  int64_t decoder_bytes;
};

// How much of the picture the crop is.
double CropShare(PictureSize size, const TensorSpec& spec) {
  const double shorter = std::min(size.width, size.height);
  const double scale = shorter / spec.resize_shorter_side;
  const double crop = spec.width * scale * spec.height * scale;
  return std::min(1.0, crop / static_cast<double>(size.pixels()));
}

// Memory that the system hands out anew each time, page by page, as malloc
// keeps smaller pieces.
Nanoseconds TimeOfPages(int64_t bytes) {
  constexpr int64_t kKeptBytes = int64_t{32} << 20;
  constexpr Nanoseconds kPerByte = 0.59;
  return kPerByte *
         static_cast<double>(std::max<int64_t>(0, bytes - kKeptBytes));
}

// Of a side, after what JpegDecode::kFast leaves away.
double Scale(const JpegOutline& jpeg, const Work& work) {
  constexpr double kWhole = 8;
  const JpegOutline::Sampling most = MostSampling(jpeg);
  const unsigned eighths =
      EighthsToDecode(std::min(jpeg.size.width, jpeg.size.height),
                      std::max(most.horizontal, most.vertical),
                      LeastShorterSide(work.spec, work.decode));
  return eighths / kWhole;
}

Nanoseconds TimeOf(const JpegOutline& jpeg, const Work& work) {
  constexpr int64_t kBlockSamples = 64;
  constexpr double kMostBytesPerSample = 2;
  const auto samples = static_cast<double>(CountBlocks(jpeg) * kBlockSamples);
  const auto pixels = static_cast<double>(jpeg.size.pixels());
  // What is more comes after the picture's end.
  const double bytes = std::min(static_cast<double>(jpeg.data_bytes),
                                samples * kMostBytesPerSample);
  const double scale = Scale(jpeg, work);
  const double shown = CropShare(jpeg.size, work.spec) * scale * scale;
  const bool is_cmyk = jpeg.components == 4;
  if (jpeg.is_progressive) {
    // Some ten scans, as encoders write them.
    const Nanoseconds per_byte = jpeg.is_arithmetic ? 105 : 27;
    const Nanoseconds per_pixel = 1.3 + (is_cmyk ? 4.3 : 0);
    return 85'000 + per_byte * bytes + 0.76 * samples +
           per_pixel * pixels * shown + TimeOfPages(work.decoder_bytes);
  }
  const Nanoseconds per_byte = jpeg.is_arithmetic ? 105 : 6.6;
  const Nanoseconds per_pixel = 0.74 + (is_cmyk ? 3.0 : 0);
  return 60'000 + per_byte * bytes + 0.11 * samples +
         (0.27 * samples + per_pixel * pixels) * shown +
         TimeOfPages(work.decoder_bytes);
}

Nanoseconds TimeOf(const PngOutline& png, const Work& work) {
  constexpr double kByteBits = 8;
  const auto pixels = static_cast<double>(png.size.pixels());
  const double raw_bytes = pixels * png.bits_per_pixel / kByteBits;
  const Nanoseconds per_pixel = 0.28 + (png.is_interlaced ? 2.7 : 0);
  return 96'000 + 7.4 * static_cast<double>(png.file_bytes) + 2.5 * raw_bytes +
         per_pixel * pixels + TimeOfPages(work.decoder_bytes);
}

Nanoseconds TimeOf(const WebpOutline& webp, const Work& work) {
  const auto pixels = static_cast<double>(webp.frame.pixels());
  const auto bytes = static_cast<double>(webp.frame_bytes);
  const auto alpha_bytes = static_cast<double>(webp.alpha_bytes);
  const Nanoseconds pages = TimeOfPages(work.decoder_bytes);
  if (webp.is_lossless) {
    return 180'000 + 9 * bytes + 1.45 * pixels + 0.3 * pages;
  }
  const Nanoseconds per_alpha_pixel = webp.alpha_bytes > 0 ? 1.4 : 0;
  return 124'000 + 49 * bytes + 8 * alpha_bytes +
         (1.75 + per_alpha_pixel) * pixels + pages;
}

Nanoseconds TimeOf(const GifOutline& gif, const Work& work) {
  return 160'000 + 3.9 * static_cast<double>(gif.file_bytes) +
         5.0 * static_cast<double>(gif.size.pixels()) +
         TimeOfPages(work.decoder_bytes);
}

Nanoseconds TimeOf(const BmpOutline& bmp, const Work& work) {
  return 80'000 + 1.5 * static_cast<double>(bmp.size.pixels()) +
         TimeOfPages(work.decoder_bytes);
}

struct TiffTime {
  Nanoseconds per_byte;
  Nanoseconds per_pixel;
};

TiffTime TimeOf(TiffOutline::Coding coding) {
  switch (coding) {
    case TiffOutline::Coding::kPlain:
    case TiffOutline::Coding::kPackBits:
      return {.per_byte = 0.1, .per_pixel = 0.6};
    case TiffOutline::Coding::kLzw:
      return {.per_byte = 2.2, .per_pixel = 1.6};
    case TiffOutline::Coding::kDeflate:
      return {.per_byte = 2.8, .per_pixel = 3.8};
    case TiffOutline::Coding::kJpeg:
      return {.per_byte = 6.5, .per_pixel = 2.1};
    case TiffOutline::Coding::kCcitt:
      return {.per_byte = 25, .per_pixel = 0.4};
  }
  return {};
}

Nanoseconds TimeOf(const TiffOutline& tiff, const Work& work) {
  const TiffTime time = TimeOf(tiff.coding);
  // All but RGB of 8 bits, pixel by pixel; CCITT's is in its time.
  const bool is_converted = tiff.samples != 3 || tiff.bits != 8;
  const Nanoseconds per_converted =
      is_converted && tiff.coding != TiffOutline::Coding::kCcitt ? 1.3 : 0;
  return 150'000 + time.per_byte * static_cast<double>(tiff.file_bytes) +
         (time.per_pixel + per_converted) *
             static_cast<double>(tiff.size.pixels()) +
         TimeOfPages(work.decoder_bytes);
}

Nanoseconds TimeOf(const HeifOutline& heif, const Work& work) {
  const bool is_avif = heif.codec == HeifOutline::Codec::kAv1;
  const Nanoseconds per_byte = is_avif ? 60 : 1.8;
  const Nanoseconds per_pixel = is_avif ? 2.6 : 8.5;
  return 300'000 + per_byte * static_cast<double>(heif.file_bytes) +
         per_pixel * static_cast<double>(heif.coded.pixels()) +
         TimeOfPages(work.decoder_bytes);
}

}  // namespace

std::chrono::nanoseconds DecodeTime(const PictureOutline& outline,
                                    const TensorSpec& spec, JpegDecode decode) {
  const Work work{spec, decode, DecoderBytes(outline, spec)};
  const Nanoseconds time = std::visit(
      [&](const auto& picture) { return TimeOf(picture, work); }, outline);
  return std::chrono::nanoseconds(static_cast<int64_t>(time));
}

}  // namespace wanwu::image
