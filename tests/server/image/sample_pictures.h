#pragma once

#include <cstdint>
#include <vector>

#include "server/image/libjpeg.h"

// Encoded pictures made on the spot, so that no picture needs to be kept in
// the repository. Contents are a gradient with noise, the same on every run.
namespace wanwu::image::testing {

using Bytes = std::vector<uint8_t>;

// kSeparateScans: baseline with a scan for each of three components.
enum class JpegCoding { kBaseline, kSeparateScans, kProgressive, kArithmetic };
enum class AdobeMarker { kDefault, kOmit };

struct JpegSample {
  int width = 48;
  int height = 32;
  // How the file stores colours: JCS_GRAYSCALE, JCS_YCbCr, JCS_RGB, JCS_CMYK or
  // JCS_YCCK.
  J_COLOR_SPACE color = JCS_YCbCr;
  JpegCoding coding = JpegCoding::kBaseline;
  // Sampling factors of the first component; the others have 1 × 1.
  int horizontal_sampling = 1;
  int vertical_sampling = 1;
  AdobeMarker adobe_marker = AdobeMarker::kDefault;
  unsigned restart_interval = 0;
  // Written as APP1 if not empty.
  Bytes exif = {};
};

Bytes MakeJpeg(const JpegSample& sample);

struct ManyScanSample {
  int width = 16;
  int height = 16;
  int scans = 0;     // At most 2080.
  int sampling = 1;  // Of the first component, both ways.
};

// A sound progressive JPEG: each coefficient refined bit by bit in scans of its
// own. What the last of them would tell is missing.
Bytes MakeManyScanJpeg(const ManyScanSample& sample);

struct PngSample {
  int width = 40;
  int height = 30;
  int bit_depth = 8;
  int color_type = 2;
  bool interlaced = false;
};

Bytes MakePng(const PngSample& sample);

enum class WebpCoding { kLossy, kLossless };

Bytes MakeWebp(int width, int height, WebpCoding coding);

// Lossy, with an alpha plane of noise.
Bytes MakeWebpWithAlpha(int width, int height);

// A plain lossless WebP, which takes a few dozen bytes whatever its size.
Bytes MakePlainWebp(int width, int height);

// An EXIF block, "Exif\0\0" included, whose only tag is the orientation.
Bytes MakeExif(uint16_t orientation);

}  // namespace wanwu::image::testing
