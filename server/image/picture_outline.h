#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <variant>

#include "absl/status/statusor.h"
#include "server/image/byte_chain.h"
#include "server/image/decode_kind.h"
#include "server/image/image_limits.h"
#include "server/image/orientation.h"
#include "server/image/pixel_tensor.h"

namespace wanwu::image {

// What of a picture's header decides how it is decoded and what that costs.

struct JpegOutline {
  struct Sampling {
    int horizontal = 1;
    int vertical = 1;
  };

  PictureSize size;
  int components = 3;  // 1, 3 or 4.
  std::array<Sampling, 4> sampling;
  bool is_arithmetic = false;
  bool is_progressive = false;
  // Progressive, or each scan has some of the components only: all
  // coefficients are kept until the last scan has been read.
  bool is_multi_scan = false;
  size_t data_bytes = 0;  // From the first scan to the end of the file.
};

struct PngOutline {
  PictureSize size;
  int bits_per_pixel = 24;  // As stored.
  bool is_interlaced = false;
  size_t file_bytes = 0;
};

struct WebpOutline {
  PictureSize size;
  // The first frame, which need not fill the picture.
  PictureSize frame;
  bool is_lossless = false;
  size_t frame_bytes = 0;
  // Of the alpha plane beside a lossy frame; zero: there is none.
  size_t alpha_bytes = 0;
  // Chunks of the file; an upper bound if there are many.
  size_t chunks = 0;
  // Of the copy that a file in several pieces needs.
  size_t flattened_bytes = 0;
};

struct GifOutline {
  PictureSize size;
  // The first frame, which need not fill the picture.
  PictureSize frame;
  bool is_interlaced = false;
  size_t file_bytes = 0;
};

struct BmpOutline {
  enum class Coding { kPlain, kRle4, kRle8 };
  // Of a pixel of 16 or more bits.
  enum class Layout { kBgr555, kBgr565, kBgr, kBgrx, kXbgr, kRgbx };

  PictureSize size;
  int bits = 24;  // Of a pixel: 1, 4 and 8 are numbers of colours.
  Coding coding = Coding::kPlain;
  Layout layout = Layout::kBgr;
  bool is_top_down = false;
  // Where in the file.
  size_t palette_at = 0;
  size_t pixels_at = 0;
  int colors = 0;
  int color_bytes = 4;
  size_t file_bytes = 0;
  size_t flattened_bytes = 0;
};

struct TiffOutline {
  enum class Color { kWhiteIsZero, kBlackIsZero, kRgb, kPalette, kCmyk, kYcc };
  enum class Coding { kPlain, kPackBits, kLzw, kDeflate, kJpeg, kCcitt };

  PictureSize size;
  Color color = Color::kBlackIsZero;
  int samples = 1;  // Of a pixel.
  int bits = 8;     // Of a sample.
  // The fourth sample is alpha, by which the colours have been multiplied.
  bool is_premultiplied = false;
  bool is_planar = false;  // Samples of one kind stand together.
  Coding coding = Coding::kPlain;
  // A tile, or a strip as wide as the picture.
  PictureSize block;
  bool has_tiles = false;
  Orientation orientation = Orientation::kUpright;
  size_t directory_bytes = 0;  // With all values.
  size_t file_bytes = 0;
  size_t flattened_bytes = 0;
};

// Of AVIF and HEIC.
struct HeifOutline {
  // Codecs hold their planes in whole blocks of at most this side.
  static constexpr int kLargestBlock = 64;

  enum class Codec { kAv1, kHevc };

  Codec codec = Codec::kAv1;
  // What is shown before it is turned: a part of what is coded.
  PictureSize size;
  PictureSize coded;
  int left = 0;
  int top = 0;
  Orientation orientation = Orientation::kUpright;
  int bits = 8;  // Of a sample.
  bool has_alpha = false;
  bool is_grid = false;
  size_t file_bytes = 0;
  size_t flattened_bytes = 0;
};

using PictureOutline =
    std::variant<JpegOutline, PngOutline, WebpOutline, GifOutline, BmpOutline,
                 TiffOutline, HeifOutline>;

PictureSize SizeOf(const PictureOutline& outline);

DecodeKind KindOf(const PictureOutline& outline);

// How far into the file to look for the picture.
enum class OutlineEffort {
  kBounded,    // A fixed number of steps; see OUT_OF_RANGE.
  kUnbounded,  // As far as it takes.
};

// Finds out what the file holds, from its header, without the codec libraries,
// and checks that against the limits. Refuses with a reason what is empty,
// unsupported, too large or has no sound header. OUT_OF_RANGE, without a
// reason: the effort did not suffice.
[[nodiscard]] absl::StatusOr<PictureOutline> ReadOutline(
    const ByteChain& encoded, const TensorSpec& spec, const ImageLimits& limits,
    OutlineEffort effort);

}  // namespace wanwu::image
