#include "tests/server/image/sample_pictures.h"

#include <png.h>
#include <webp/encode.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <utility>

namespace wanwu::image::testing {
namespace {

// Compressors end the test on error, as libjpeg does by itself.
void Check(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "sample pictures: %s failed\n", what);
  std::abort();
}

Bytes Row(int y, int samples, int channels) {
  std::minstd_rand noise(static_cast<unsigned>(y) + 1);
  Bytes row(static_cast<size_t>(samples));
  for (int i = 0; i < samples; ++i) {
    const int x = i / channels;
    const int gradient = (i % channels + 1) * (3 * x + 2 * y);
    row[static_cast<size_t>(i)] =
        static_cast<uint8_t>(gradient + static_cast<int>(noise() % 32));
  }
  return row;
}

struct ColorPlan {
  J_COLOR_SPACE input;
  int channels;
};

ColorPlan PlanFor(J_COLOR_SPACE stored) {
  switch (stored) {
    case JCS_GRAYSCALE:
      return {JCS_GRAYSCALE, 1};
    case JCS_CMYK:
    case JCS_YCCK:
      return {JCS_CMYK, 4};
    default:
      return {JCS_RGB, 3};
  }
}

class JpegWriter {
 public:
  JpegWriter(int width, int height, ColorPlan plan) {
    jpeg_.err = jpeg_std_error(&errors_);
    jpeg_create_compress(&jpeg_);
    jpeg_mem_dest(&jpeg_, &buffer_, &size_);
    jpeg_.image_width = static_cast<JDIMENSION>(width);
    jpeg_.image_height = static_cast<JDIMENSION>(height);
    jpeg_.input_components = plan.channels;
    jpeg_.in_color_space = plan.input;
    jpeg_set_defaults(&jpeg_);
  }
  ~JpegWriter() {
    jpeg_destroy_compress(&jpeg_);
    std::free(buffer_);
  }
  JpegWriter(const JpegWriter&) = delete;
  JpegWriter& operator=(const JpegWriter&) = delete;

  jpeg_compress_struct& jpeg() { return jpeg_; }

  void WriteRow(Bytes& row) {
    JSAMPROW pointer = row.data();
    jpeg_write_scanlines(&jpeg_, &pointer, 1);
  }

  Bytes Finish() {
    jpeg_finish_compress(&jpeg_);
    return Bytes(buffer_, buffer_ + size_);
  }

 private:
  jpeg_compress_struct jpeg_{};
  jpeg_error_mgr errors_{};
  unsigned char* buffer_ = nullptr;
  unsigned long size_ = 0;
};

// Scans of one DC pass, then coefficient by coefficient and bit by bit.
std::vector<jpeg_scan_info> PlanScans(int scans) {
  constexpr int kCoarsestBit = 10;
  std::vector<jpeg_scan_info> plan;
  plan.push_back({3, {0, 1, 2, 0}, 0, 0, 0, 0});
  for (int component = 0; component < 3; ++component) {
    for (int coefficient = 1; coefficient < 64; ++coefficient) {
      for (int bit = kCoarsestBit; bit >= 0; --bit) {
        if (static_cast<int>(plan.size()) == scans) return plan;
        const int before = bit == kCoarsestBit ? 0 : bit + 1;
        plan.push_back(
            {1, {component, 0, 0, 0}, coefficient, coefficient, before, bit});
      }
    }
  }
  return plan;
}

constexpr jpeg_scan_info kSeparateScans[] = {
    {1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};

void ChooseCoding(JpegCoding coding, jpeg_compress_struct& jpeg) {
  jpeg.arith_code = coding == JpegCoding::kArithmetic ? TRUE : FALSE;
  if (coding == JpegCoding::kProgressive) jpeg_simple_progression(&jpeg);
  if (coding == JpegCoding::kSeparateScans) {
    jpeg.scan_info = kSeparateScans;
    jpeg.num_scans = 3;
  }
}

void AppendPng(png_structp png, png_bytep data, size_t size) {
  auto& out = *static_cast<Bytes*>(png_get_io_ptr(png));
  out.insert(out.end(), data, data + size);
}

int ChannelsOf(int color_type) {
  switch (color_type) {
    case PNG_COLOR_TYPE_GRAY_ALPHA:
      return 2;
    case PNG_COLOR_TYPE_RGB:
      return 3;
    case PNG_COLOR_TYPE_RGB_ALPHA:
      return 4;
    default:
      return 1;
  }
}

}  // namespace

Bytes MakeJpeg(const JpegSample& sample) {
  const ColorPlan plan = PlanFor(sample.color);
  JpegWriter writer(sample.width, sample.height, plan);
  jpeg_compress_struct& jpeg = writer.jpeg();
  jpeg_set_colorspace(&jpeg, sample.color);
  jpeg.comp_info[0].h_samp_factor = sample.horizontal_sampling;
  jpeg.comp_info[0].v_samp_factor = sample.vertical_sampling;
  for (int i = 1; i < jpeg.num_components; ++i) {
    jpeg.comp_info[i].h_samp_factor = 1;
    jpeg.comp_info[i].v_samp_factor = 1;
  }
  if (sample.color == JCS_YCCK) {  // The key keeps full resolution.
    jpeg.comp_info[3].h_samp_factor = sample.horizontal_sampling;
    jpeg.comp_info[3].v_samp_factor = sample.vertical_sampling;
  }
  ChooseCoding(sample.coding, jpeg);
  jpeg.restart_interval = sample.restart_interval;
  if (sample.adobe_marker == AdobeMarker::kOmit) {
    jpeg.write_Adobe_marker = FALSE;
  }
  jpeg_start_compress(&jpeg, TRUE);
  if (!sample.exif.empty()) {
    jpeg_write_marker(&jpeg, JPEG_APP0 + 1, sample.exif.data(),
                      static_cast<unsigned>(sample.exif.size()));
  }
  for (int y = 0; y < sample.height; ++y) {
    Bytes row = Row(y, sample.width * plan.channels, plan.channels);
    writer.WriteRow(row);
  }
  return writer.Finish();
}

Bytes MakeManyScanJpeg(const ManyScanSample& sample) {
  JpegWriter writer(sample.width, sample.height, {JCS_RGB, 3});
  jpeg_compress_struct& jpeg = writer.jpeg();
  const std::vector<jpeg_scan_info> scans = PlanScans(sample.scans);
  jpeg.comp_info[0].h_samp_factor = sample.sampling;
  jpeg.comp_info[0].v_samp_factor = sample.sampling;
  jpeg.scan_info = scans.data();
  jpeg.num_scans = static_cast<int>(scans.size());
  jpeg_start_compress(&jpeg, TRUE);
  for (int y = 0; y < sample.height; ++y) {
    Bytes row = Row(y, sample.width * 3, 3);
    writer.WriteRow(row);
  }
  return writer.Finish();
}

Bytes MakePng(const PngSample& sample) {
  Bytes out;
  png_structp png =
      png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  Check(png != nullptr, "png_create_write_struct");
  png_infop info = png_create_info_struct(png);
  Check(info != nullptr, "png_create_info_struct");
  png_set_write_fn(png, &out, AppendPng, nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(sample.width),
               static_cast<png_uint_32>(sample.height), sample.bit_depth,
               sample.color_type,
               sample.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  std::vector<png_color> palette(size_t{1} << std::min(sample.bit_depth, 8));
  for (size_t i = 0; i < palette.size(); ++i) {
    const auto value = static_cast<png_byte>(i * 37);
    palette[i] = {value, static_cast<png_byte>(255 - value), 90};
  }
  if (sample.color_type == PNG_COLOR_TYPE_PALETTE) {
    png_set_PLTE(png, info, palette.data(), static_cast<int>(palette.size()));
  }
  png_write_info(png, info);
  const int channels = ChannelsOf(sample.color_type);
  const int row_bytes = (sample.width * channels * sample.bit_depth + 7) / 8;
  const int passes = png_set_interlace_handling(png);
  for (int pass = 0; pass < passes; ++pass) {
    for (int y = 0; y < sample.height; ++y) {
      png_write_row(png, Row(y, row_bytes, channels).data());
    }
  }
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return out;
}

namespace {

Bytes Pixels(int width, int height, int channels) {
  Bytes pixels;
  for (int y = 0; y < height; ++y) {
    const Bytes row = Row(y, width * channels, channels);
    pixels.insert(pixels.end(), row.begin(), row.end());
  }
  return pixels;
}

Bytes TakeWebp(uint8_t* encoded, size_t size) {
  Check(size > 0, "WebPEncode");
  Bytes out(encoded, encoded + size);
  WebPFree(encoded);
  return out;
}

}  // namespace

Bytes MakeWebp(int width, int height, WebpCoding coding) {
  const Bytes pixels = Pixels(width, height, 3);
  uint8_t* encoded = nullptr;
  const size_t size =
      coding == WebpCoding::kLossy
          ? WebPEncodeRGB(pixels.data(), width, height, width * 3, 80, &encoded)
          : WebPEncodeLosslessRGB(pixels.data(), width, height, width * 3,
                                  &encoded);
  return TakeWebp(encoded, size);
}

Bytes MakeWebpWithAlpha(int width, int height) {
  const Bytes pixels = Pixels(width, height, 4);
  uint8_t* encoded = nullptr;
  const size_t size =
      WebPEncodeRGBA(pixels.data(), width, height, width * 4, 80, &encoded);
  return TakeWebp(encoded, size);
}

namespace {

// Least significant bit first.
class BitWriter {
 public:
  void Put(uint32_t value, int bits) {
    for (int i = 0; i < bits; ++i) {
      if (used_++ % 8 == 0) bytes_.push_back(0);
      bytes_.back() |=
          static_cast<uint8_t>((value >> i & 1) << ((used_ - 1) % 8));
    }
  }
  Bytes Take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
  int used_ = 0;
};

std::string LittleEndian(size_t value) {
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<char>(value >> shift));
  }
  return bytes;
}

}  // namespace

// Five codes of one symbol each take no bits for any pixel.
Bytes MakePlainWebp(int width, int height) {
  BitWriter bits;
  bits.Put(0x2F, 8);
  bits.Put(static_cast<uint32_t>(width - 1), 14);
  bits.Put(static_cast<uint32_t>(height - 1), 14);
  bits.Put(0, 1 + 3);      // No alpha, version 0.
  bits.Put(0, 1 + 1 + 1);  // No transform, colour cache or further codes.
  for (int code = 0; code < 5; ++code) {
    bits.Put(1, 1);  // A simple code
    bits.Put(0, 1);  // of one symbol
    bits.Put(1, 1);  // of eight bits:
    bits.Put(code < 4 ? 100 : 0, 8);
  }
  Bytes data = bits.Take();
  if (data.size() % 2 != 0) data.push_back(0);
  const std::string head = "RIFF" + LittleEndian(4 + 8 + data.size()) +
                           "WEBPVP8L" + LittleEndian(data.size());
  Bytes out(head.begin(), head.end());
  out.insert(out.end(), data.begin(), data.end());
  return out;
}

Bytes MakeExif(uint16_t orientation) {
  const auto high = static_cast<uint8_t>(orientation >> 8);
  const auto low = static_cast<uint8_t>(orientation & 0xFF);
  return {'E',  'x',  'i', 'f', 0, 0,        // Prefix.
          'M',  'M',  0,   42,  0, 0, 0, 8,  // TIFF header.
          0,    1,                           // One entry:
          0x01, 0x12, 0,   3,   0, 0, 0, 1,
          high, low,  0,   0,   0, 0, 0, 0};  // No further directory.
}

}  // namespace wanwu::image::testing
