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

}  // namespace

int64_t DecoderBytes(const PictureOutline& outline, const TensorSpec& spec) {
  return std::visit([](const auto& picture) { return BytesOf(picture); },
                    outline) +
         ResizerBytes(SizeOf(outline), spec) + kFixedBytes;
}

}  // namespace wanwu::image
