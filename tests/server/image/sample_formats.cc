#include "tests/server/image/sample_formats.h"

#include <avif/avif.h>
#include <gif_lib.h>
#include <libheif/heif.h>
#include <tiffio.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>

// x265 leaks on each encoding; LeakSanitizer asks here.
extern "C" const char* __lsan_default_suppressions() {  // NOLINT
  return "leak:x265_malloc";
}

namespace wanwu::image::testing {
namespace {

void Check(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "sample formats: %s failed\n", what);
  std::abort();
}

// A gradient with noise.
Bytes Row(int y, int width, int channels) {
  std::minstd_rand noise(static_cast<unsigned>(y) + 1);
  Bytes row(static_cast<size_t>(width) * static_cast<size_t>(channels));
  for (size_t i = 0; i < row.size(); ++i) {
    const auto x = static_cast<int>(i) / channels;
    const int gradient = (static_cast<int>(i) % channels + 1) * (3 * x + 2 * y);
    row[i] = static_cast<uint8_t>(gradient + static_cast<int>(noise() % 32));
  }
  return row;
}

void PutNumber(Bytes& out, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) {
    out.push_back(static_cast<uint8_t>(value >> (8 * i)));
  }
}

int AppendGif(GifFileType* gif, const GifByteType* data, int size) {
  auto& out = *static_cast<Bytes*>(gif->UserData);
  out.insert(out.end(), data, data + size);
  return size;
}

// A gradient in bytes: a number of a palette, or a grey.
Bytes GreyRow(int y, int width) { return Row(y, width, 1); }

// Whole rows of single pixels in stretches, and one run at the end of each.
Bytes InRuns(int width, int height) {
  constexpr int kMostAtOnce = 254;
  Bytes out;
  for (int y = 0; y < height; ++y) {
    const Bytes row = GreyRow(y, width);
    int x = 0;
    while (width - x > 4) {
      const int count = std::min(kMostAtOnce, (width - x - 2) / 2 * 2);
      out.insert(out.end(), {0, static_cast<uint8_t>(count)});
      out.insert(out.end(), row.begin() + x, row.begin() + x + count);
      x += count;
    }
    out.insert(out.end(), {static_cast<uint8_t>(width - x), row.back(), 0, 0});
  }
  out.insert(out.end(), {0, 1});
  return out;
}

Bytes PlainRows(int width, int height, int bits) {
  Bytes out;
  for (int y = 0; y < height; ++y) {
    const Bytes row = Row(y, width, bits / 8);
    out.insert(out.end(), row.begin(), row.end());
    while (out.size() % 4 != 0) out.push_back(0);
  }
  return out;
}

}  // namespace

Bytes MakeGif(const GifSample& sample) {
  constexpr int kColors = 256;
  Bytes out;
  int error = 0;
  GifFileType* const gif = EGifOpen(&out, AppendGif, &error);
  Check(gif != nullptr, "EGifOpen");
  ColorMapObject* const colors = GifMakeMapObject(kColors, nullptr);
  for (int i = 0; i < kColors; ++i) {
    const auto value = static_cast<GifByteType>(i);
    colors->Colors[i] = {value, static_cast<GifByteType>(255 - value), 90};
  }
  EGifPutScreenDesc(gif, sample.width, sample.height, 8, 0, colors);
  EGifPutImageDesc(gif, 0, 0, sample.width, sample.height, sample.interlaced,
                   nullptr);
  for (int y = 0; y < sample.height; ++y) {
    Bytes row = GreyRow(y, sample.width);
    Check(EGifPutLine(gif, row.data(), sample.width) == GIF_OK, "EGifPutLine");
  }
  Check(EGifCloseFile(gif, &error) == GIF_OK, "EGifCloseFile");
  GifFreeMapObject(colors);
  return out;
}

Bytes MakeBmp(const BmpSample& sample) {
  constexpr uint32_t kHeads = 14 + 40;
  constexpr uint32_t kColors = 256;
  const bool has_palette = sample.bits == 8;
  const uint32_t pixels_at = kHeads + (has_palette ? kColors * 4 : 0);
  const Bytes pixels =
      sample.in_runs ? InRuns(sample.width, sample.height)
                     : PlainRows(sample.width, sample.height, sample.bits);
  Bytes out = {'B', 'M'};
  PutNumber(out, pixels_at + static_cast<uint32_t>(pixels.size()), 4);
  PutNumber(out, 0, 4);
  PutNumber(out, pixels_at, 4);
  PutNumber(out, 40, 4);
  PutNumber(out, static_cast<uint32_t>(sample.width), 4);
  PutNumber(out, static_cast<uint32_t>(sample.height), 4);
  PutNumber(out, 1, 2);
  PutNumber(out, static_cast<uint32_t>(sample.bits), 2);
  PutNumber(out, sample.in_runs ? 1 : 0, 4);
  for (int i = 0; i < 5; ++i) PutNumber(out, 0, 4);
  for (uint32_t i = 0; has_palette && i < kColors; ++i) {
    PutNumber(out, i << 16 | (255 - i) << 8 | 90, 4);
  }
  out.insert(out.end(), pixels.begin(), pixels.end());
  return out;
}

namespace {

Bytes Contents(const std::string& path) {
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  Check(file != nullptr, "fopen");
  Bytes out;
  for (int byte = std::fgetc(file); byte != EOF; byte = std::fgetc(file)) {
    out.push_back(static_cast<uint8_t>(byte));
  }
  std::fclose(file);
  return out;
}

void WriteTiles(TIFF* tiff, const TiffSample& sample, int kinds, int plane) {
  constexpr int kTile = 32;
  for (int top = 0; top < sample.height; top += kTile) {
    for (int left = 0; left < sample.width; left += kTile) {
      Bytes tile;
      for (int y = 0; y < kTile; ++y) {
        const Bytes row = Row(top + y, kTile, kinds);
        tile.insert(tile.end(), row.begin(), row.end());
      }
      TIFFWriteTile(tiff, tile.data(), static_cast<uint32_t>(left),
                    static_cast<uint32_t>(top), 0,
                    static_cast<uint16_t>(plane));
    }
  }
}

void WritePlane(TIFF* tiff, const TiffSample& sample, int kinds, int plane) {
  if (sample.tiled) {
    WriteTiles(tiff, sample, kinds, plane);
    return;
  }
  for (int y = 0; y < sample.height; ++y) {
    Bytes row = Row(y, sample.width, kinds);
    Check(TIFFWriteScanline(tiff, row.data(), static_cast<uint32_t>(y),
                            static_cast<uint16_t>(plane)) == 1,
          "TIFFWriteScanline");
  }
}

uint16_t PhotometricOf(const TiffSample& sample) {
  if (sample.samples == 1) return PHOTOMETRIC_MINISBLACK;
  if (sample.samples == 4) return PHOTOMETRIC_SEPARATED;
  return sample.compression == COMPRESSION_JPEG ? PHOTOMETRIC_YCBCR
                                                : PHOTOMETRIC_RGB;
}

}  // namespace

// By way of a file: libtiff's own way to write into memory is longer.
Bytes MakeTiff(const TiffSample& sample) {
  std::string path = "/tmp/wanwu_tiff_XXXXXX";
  const int descriptor = mkstemp(path.data());
  Check(descriptor >= 0, "mkstemp");
  TIFF* const tiff = TIFFFdOpen(descriptor, path.c_str(), "w");
  Check(tiff != nullptr, "TIFFFdOpen");
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, sample.width);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, sample.height);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, sample.samples);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PhotometricOf(sample));
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, sample.compression);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG,
               sample.planar ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
  if (sample.compression == COMPRESSION_JPEG) {
    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  }
  if (sample.tiled) {
    TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 32);
    TIFFSetField(tiff, TIFFTAG_TILELENGTH, 32);
  } else {
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 16);
  }
  const int planes = sample.planar ? sample.samples : 1;
  for (int plane = 0; plane < planes; ++plane) {
    WritePlane(tiff, sample, sample.samples / planes, plane);
  }
  TIFFClose(tiff);
  Bytes out = Contents(path);
  unlink(path.c_str());
  return out;
}

Bytes MakeAvif(int width, int height, HeifAlpha alpha) {
  const int channels = alpha == HeifAlpha::kSome ? 4 : 3;
  Bytes pixels;
  for (int y = 0; y < height; ++y) {
    const Bytes row = Row(y, width, channels);
    pixels.insert(pixels.end(), row.begin(), row.end());
  }
  const std::unique_ptr<avifImage, decltype(&avifImageDestroy)> image(
      avifImageCreate(static_cast<uint32_t>(width),
                      static_cast<uint32_t>(height), 8,
                      AVIF_PIXEL_FORMAT_YUV420),
      avifImageDestroy);
  avifRGBImage rgb;
  avifRGBImageSetDefaults(&rgb, image.get());
  rgb.format = channels == 4 ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
  rgb.pixels = pixels.data();
  rgb.rowBytes = static_cast<uint32_t>(width * channels);
  Check(avifImageRGBToYUV(image.get(), &rgb) == AVIF_RESULT_OK,
        "avifImageRGBToYUV");
  const std::unique_ptr<avifEncoder, decltype(&avifEncoderDestroy)> encoder(
      avifEncoderCreate(), avifEncoderDestroy);
  encoder->speed = AVIF_SPEED_FASTEST;
  encoder->maxThreads = 1;
  avifRWData encoded = AVIF_DATA_EMPTY;
  Check(
      avifEncoderWrite(encoder.get(), image.get(), &encoded) == AVIF_RESULT_OK,
      "avifEncoderWrite");
  Bytes out(encoded.data, encoded.data + encoded.size);
  avifRWDataFree(&encoded);
  return out;
}

namespace {

heif_error AppendHeic(heif_context*, const void* data, size_t size,
                      void* bytes) {
  const auto* const begin = static_cast<const uint8_t*>(data);
  auto& out = *static_cast<Bytes*>(bytes);
  out.insert(out.end(), begin, begin + size);
  return {heif_error_Ok, heif_suberror_Unspecified, "ok"};
}

void CheckHeif(const heif_error& error, const char* what) {
  if (error.code != heif_error_Ok) std::fprintf(stderr, "%s\n", error.message);
  Check(error.code == heif_error_Ok, what);
}

}  // namespace

Bytes MakeHeic(int width, int height) {
  const std::unique_ptr<heif_context, decltype(&heif_context_free)> context(
      heif_context_alloc(), heif_context_free);
  heif_encoder* encoder = nullptr;
  if (heif_context_get_encoder_for_format(context.get(), heif_compression_HEVC,
                                          &encoder)
          .code != heif_error_Ok) {
    return {};
  }
  heif_image* image = nullptr;
  CheckHeif(heif_image_create(width, height, heif_colorspace_RGB,
                              heif_chroma_interleaved_RGB, &image),
            "heif_image_create");
  CheckHeif(
      heif_image_add_plane(image, heif_channel_interleaved, width, height, 8),
      "heif_image_add_plane");
  int stride = 0;
  uint8_t* const plane =
      heif_image_get_plane(image, heif_channel_interleaved, &stride);
  for (int y = 0; y < height; ++y) {
    const Bytes row = Row(y, width, 3);
    std::memcpy(plane + static_cast<ptrdiff_t>(y) * stride, row.data(),
                row.size());
  }
  heif_encoder_set_parameter(encoder, "preset", "ultrafast");
  CheckHeif(heif_context_encode_image(context.get(), image, encoder, nullptr,
                                      nullptr),
            "heif_context_encode_image");
  Bytes out;
  heif_writer writer{1, AppendHeic};
  CheckHeif(heif_context_write(context.get(), &writer, &out),
            "heif_context_write");
  heif_image_release(image);
  heif_encoder_release(encoder);
  return out;
}

}  // namespace wanwu::image::testing
