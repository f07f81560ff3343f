#pragma once

#include "tests/server/image/sample_pictures.h"

// As sample_pictures.h, of further formats.
namespace wanwu::image::testing {

struct GifSample {
  int width = 40;
  int height = 30;
  bool interlaced = false;
};

Bytes MakeGif(const GifSample& sample);

struct BmpSample {
  int width = 40;
  int height = 30;
  int bits = 24;  // 8: a palette of greys; in runs if asked for.
  bool in_runs = false;
};

Bytes MakeBmp(const BmpSample& sample);

struct TiffSample {
  int width = 40;
  int height = 30;
  int compression = 1;
  int samples = 3;  // 1, 3 or 4 (CMYK); of eight bits.
  bool tiled = false;
  bool planar = false;
};

Bytes MakeTiff(const TiffSample& sample);

enum class HeifAlpha { kNone, kSome };

Bytes MakeAvif(int width, int height, HeifAlpha alpha = HeifAlpha::kNone);

// Empty where libheif has no encoder, as on Debian 13 without its plugin.
Bytes MakeHeic(int width, int height);

}  // namespace wanwu::image::testing
