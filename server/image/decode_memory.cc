#include "server/image/decode_memory.h"

#include <algorithm>
#include <variant>

#include "server/image/jpeg_outline.h"

namespace wanwu::image {
namespace {

constexpr int64_t kRgbBytes = 3;

// What each decoder holds whatever the picture: tables, windows, an EXIF block.
constexpr int64_t kFixedBytes = 256 * 1024;

int64_t RoundedUp(int64_t value, int64_t unit) {
  return (value + unit - 1) / unit * unit;
}

// Of the resizer, at most: the stored rows that one row of the tensor needs,
// the weights of both axes.
int64_t ResizerBytes(PictureSize size, const TensorSpec& spec) {
  const int64_t shorter = std::min(size.width, size.height);
  const int64_t taps = 2 * shorter / spec.resize_shorter_side + 8;
  const int64_t row = std::max<int64_t>(shorter, spec.width) + 2 * taps;
  const int64_t outputs = spec.width + spec.height;
  constexpr int64_t kWeightBytes = 4;
  return taps * row * kRgbBytes + taps * outputs * kWeightBytes;
}

// The library's row buffers, of which each component has ten rows of blocks'
// eighths, and those of enlarged colours; the reader's own rows.
int64_t RowBytes(const JpegOutline& jpeg) {
  constexpr int64_t kMainRows = 10;
  constexpr int64_t kReaderBytes = 4 + 3;
  constexpr int64_t kWidestMcu = 32;
  const JpegOutline::Sampling most = MostSampling(jpeg);
  const int64_t width = RoundedUp(jpeg.size.width, kWidestMcu);
  int64_t bytes = width * kReaderBytes;
  for (int i = 0; i < jpeg.components; ++i) {
    const auto& of = jpeg.sampling.at(static_cast<size_t>(i));
    const int64_t row = RoundedUp(width * of.horizontal / most.horizontal, 32);
    bytes += row * of.vertical * kMainRows + width * most.vertical;
  }
  return bytes;
}

int64_t BytesOf(const JpegOutline& jpeg) {
  constexpr int64_t kBlockBytes = 64 * 2;
  const int64_t kept = jpeg.is_multi_scan ? CountBlocks(jpeg) * kBlockBytes : 0;
  return kept + RowBytes(jpeg);
}

int64_t BytesOf(const PngOutline& png) {
  // The library's rows have room for pixels of four samples of 16 bits.
  constexpr int64_t kLibraryBytes = 8 * 3;
  const int64_t rows_held = png.is_interlaced ? png.size.height : 1;
  const int64_t rows = png.size.width * (kRgbBytes * rows_held + kLibraryBytes);
  // While the orientation is looked for: a chunk of each of three kinds and one
  // more, its text and what that holds, of which 1 MiB is kept at most; and as
  // much for unpacking.
  constexpr int64_t kMostKept = int64_t{1} << 20;
  const int64_t kept = std::min<int64_t>(png.file_bytes, kMostKept);
  const int64_t before = kept * 11 / 2 + kMostKept;
  return std::max(rows, before);
}

int64_t BytesOf(const WebpOutline& webp) {
  // Of the lossless decoder for each pixel; of one for the alpha plane, too.
  constexpr int64_t kLosslessBytes = 4;
  constexpr int64_t kAlphaBytes = 1;
  // Of the lossless decoder: rows of pixels that wait to be put out.
  constexpr int64_t kLosslessRows = 20;
  // Of the lossless decoder: tables of some eighty groups of codes, more than
  // encoders write. No header tells how many there are: a file of 295 KB that
  // was made for it has 65,536, for which libwebp allocates 0.8 GB.
  constexpr int64_t kTableBytes = int64_t{1} << 20;
  // Of the lossy decoder for each pixel of its rows, of macroblocks.
  constexpr int64_t kLossyRowBytes = 160;
  constexpr int64_t kChunkBytes = 160;
  const bool has_alpha = webp.alpha_bytes > 0;
  const int64_t frame = webp.frame.pixels();
  const int64_t width = webp.frame.width;
  int64_t bytes = webp.size.pixels() * kRgbBytes +
                  static_cast<int64_t>(webp.flattened_bytes) +
                  static_cast<int64_t>(webp.chunks) * kChunkBytes;
  if (webp.is_lossless || has_alpha) {
    bytes += frame * kLosslessBytes + width * kLosslessRows * kLosslessBytes +
             kTableBytes;
  }
  if (has_alpha) bytes += frame * kAlphaBytes;
  if (!webp.is_lossless) bytes += width * kLossyRowBytes;
  return bytes;
}

int64_t BytesOf(const GifOutline& gif) {
  constexpr int64_t kIndexBytes = 1;
  const int64_t held = gif.is_interlaced ? gif.frame.height : 1;
  return gif.frame.width * held * kIndexBytes + gif.size.width * kRgbBytes;
}

int64_t BytesOf(const BmpOutline& bmp) {
  const bool is_unpacked = bmp.coding != BmpOutline::Coding::kPlain;
  return (is_unpacked ? bmp.size.pixels() : 0) + bmp.size.width * kRgbBytes +
         static_cast<int64_t>(bmp.flattened_bytes);
}

int64_t BytesOf(const TiffOutline& tiff) {
  // Of libtiff, where each strip or tile is and how long.
  constexpr int64_t kBlockBytes = 2 * (8 + 8);
  // Values are kept in a wider type.
  constexpr int64_t kTimesTheDirectory = 9;
  constexpr int64_t kLines = 6;  // Of the reader, the predictor, CCITT's runs.
  // Where a JPEG in it is progressive, of which libtiff allows no more.
  constexpr int64_t kMostOfJpeg = int64_t{100} << 20;
  constexpr int64_t kCoefficientBytes = 2;
  const int64_t samples = tiff.samples;
  const int64_t pixel_bytes = (samples * tiff.bits + 7) / 8;
  const int64_t across = (tiff.size.width - 1) / tiff.block.width + 1;
  const int64_t down = (tiff.size.height - 1) / tiff.block.height + 1;
  const int64_t blocks = across * down * (tiff.is_planar ? samples : 1);
  int64_t bytes =
      blocks * kBlockBytes +
      static_cast<int64_t>(tiff.directory_bytes) * kTimesTheDirectory +
      static_cast<int64_t>(tiff.flattened_bytes) +
      tiff.size.width * (pixel_bytes * kLines + kRgbBytes);
  if (tiff.has_tiles) {
    bytes += (tiff.is_planar ? 1 : across) * tiff.block.pixels() * pixel_bytes;
  }
  if (tiff.is_planar) bytes += tiff.size.pixels() * samples;
  if (tiff.coding == TiffOutline::Coding::kJpeg) {
    bytes += std::min(kMostOfJpeg,
                      tiff.block.pixels() * samples * kCoefficientBytes);
  }
  return bytes;
}

int64_t BytesOf(const HeifOutline& heif) {
  constexpr int64_t kBlock = HeifOutline::kLargestBlock;
  const int64_t pixels = RoundedUp(heif.coded.width, kBlock) *
                         RoundedUp(heif.coded.height, kBlock);
  const int64_t sample_bytes = heif.bits > 8 ? 2 : 1;
  const int64_t flattened = static_cast<int64_t>(heif.flattened_bytes);
  const int64_t alpha = heif.has_alpha ? pixels * sample_bytes : 0;
  if (heif.codec == HeifOutline::Codec::kAv1) {
    constexpr int64_t kRgbaBytes = 4;
    constexpr int64_t kRgbaRows = 68;
    // Three planes in full, as 4:4:4 has them; of a grid also one tile's.
    return pixels * 3 * sample_bytes + alpha + flattened +
           heif.coded.width * kRgbaRows * kRgbaBytes;
  }
  return pixels * (3 * sample_bytes + kRgbBytes + (heif.has_alpha ? 1 : 0)) +
         alpha + flattened;
}

}  // namespace

int64_t DecoderBytes(const PictureOutline& outline, const TensorSpec& spec) {
  return std::visit([](const auto& picture) { return BytesOf(picture); },
                    outline) +
         ResizerBytes(SizeOf(outline), spec) + kFixedBytes;
}

}  // namespace wanwu::image
