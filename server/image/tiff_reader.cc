#include "server/image/tiff_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/errors/service_error.h"
#include "server/image/chain_cursor.h"
#include "server/image/image_error.h"

namespace wanwu::image {
namespace {

constexpr size_t kRgbBytes = 3;

size_t Size(int value) { return static_cast<size_t>(value); }

const TiffReader* Self(thandle_t reader) {
  return static_cast<const TiffReader*>(reader);
}

}  // namespace

TiffReader::TiffReader(const ByteChain& encoded, const TiffOutline& outline,
                       int64_t most_bytes)
    : outline_(outline),
      encoded_(Flatten(encoded, flattened_)),
      most_bytes_(most_bytes) {}

// The first message says why; what follows is what came of it.
int TiffReader::OnError(TIFF*, void* reader, const char*, const char* format,
                        va_list arguments) {
  auto& message = static_cast<TiffReader*>(reader)->message_;
  if (message[0] == '\0') {
    std::vsnprintf(message, sizeof(message), format, arguments);
  }
  return 1;
}

int TiffReader::OnWarning(TIFF*, void*, const char*, const char*, va_list) {
  return 1;
}

tmsize_t TiffReader::ReadBytes(thandle_t reader, void* out, tmsize_t count) {
  auto& self = *static_cast<TiffReader*>(reader);
  const uint64_t size = self.encoded_.size();
  const uint64_t left = size - std::min(self.position_, size);
  const uint64_t taken = std::min(left, static_cast<uint64_t>(count));
  if (taken > 0) {
    std::memcpy(out, self.encoded_.data() + self.position_, taken);
  }
  self.position_ += taken;
  return static_cast<tmsize_t>(taken);
}

tmsize_t TiffReader::WriteBytes(thandle_t, void*, tmsize_t) { return 0; }

toff_t TiffReader::Seek(thandle_t reader, toff_t offset, int whence) {
  auto& self = *static_cast<TiffReader*>(reader);
  if (whence == SEEK_CUR) offset += self.position_;
  if (whence == SEEK_END) offset += self.encoded_.size();
  self.position_ = offset;
  return offset;
}

int TiffReader::Close(thandle_t) { return 0; }

toff_t TiffReader::FileBytes(thandle_t reader) {
  return Self(reader)->encoded_.size();
}

// The library does not write to what it opened for reading.
int TiffReader::MapFile(thandle_t reader, void** bytes, toff_t* count) {
  const std::span<const uint8_t> encoded = Self(reader)->encoded_;
  *bytes = const_cast<uint8_t*>(encoded.data());
  *count = encoded.size();
  return 1;
}

void TiffReader::UnmapFile(thandle_t, void*, toff_t) {}

bool TiffReader::Open() {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)>
      options(TIFFOpenOptionsAlloc(), TIFFOpenOptionsFree);
  if (options == nullptr) return false;
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), OnError, this);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), OnWarning, this);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), most_bytes_);
  // c: a strip stays as it is.
  tiff_.reset(TIFFClientOpenExt("picture", "rc", this, ReadBytes, WriteBytes,
                                Seek, Close, FileBytes, MapFile, UnmapFile,
                                options.get()));
  return tiff_ != nullptr;
}

absl::StatusOr<PictureHeader> TiffReader::ReadHeader() {
  errno = 0;
  if (!Open()) return Refused();
  if (!AgreesWithOutline()) {
    return DecodeFailed("TIFF: its directory is ambiguous");
  }
  if (outline_.color == TiffOutline::Color::kYcc) {
    TIFFSetField(tiff_.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  }
  if (outline_.color == TiffOutline::Color::kPalette) ReadPalette();
  return PictureHeader{outline_.size, outline_.size, outline_.orientation};
}

// What was checked is what is decoded: the library mends directories.
bool TiffReader::AgreesWithOutline() const {
  uint32_t width = 0, height = 0;
  uint16_t samples = 0, bits = 0, planes = 0;
  TIFF* const tiff = tiff_.get();
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planes);
  uint32_t tile_width = 0, tile_height = 0;
  if (TIFFIsTiled(tiff)) {
    TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &tile_width);
    TIFFGetField(tiff, TIFFTAG_TILELENGTH, &tile_height);
  }
  const bool same_tiles =
      outline_.has_tiles
          ? tile_width == static_cast<uint32_t>(outline_.block.width) &&
                tile_height == static_cast<uint32_t>(outline_.block.height)
          : tile_width == 0;
  const bool is_planar = samples > 1 && planes == PLANARCONFIG_SEPARATE;
  return width == static_cast<uint32_t>(outline_.size.width) &&
         height == static_cast<uint32_t>(outline_.size.height) &&
         samples == outline_.samples && bits == outline_.bits &&
         is_planar == outline_.is_planar && same_tiles;
}

void TiffReader::ReadPalette() {
  constexpr int kHighByte = 8;
  uint16_t* colors[kRgbBytes] = {};
  if (TIFFGetField(tiff_.get(), TIFFTAG_COLORMAP, &colors[0], &colors[1],
                   &colors[2]) != 1) {
    return;
  }
  const size_t known = size_t{1} << std::min(outline_.bits, 8);
  for (size_t i = 0; i < known; ++i) {
    for (size_t c = 0; c < kRgbBytes; ++c) {
      palette_[i][c] = static_cast<uint8_t>(colors[c][i] >> kHighByte);
    }
  }
}

// As libtiff gives it, where it agrees with the outline.
size_t TiffReader::BytesOfRow(int width) const {
  const int samples = outline_.is_planar ? 1 : outline_.samples;
  return (Size(width) * Size(samples) * Size(outline_.bits) + 7) / 8;
}

absl::Status TiffReader::ReadRows(RowSink& sink, const StopCheck& should_stop) {
  errno = 0;
  if (outline_.is_planar) return PushPlanes(sink, should_stop);
  return outline_.has_tiles ? PushTiles(sink, should_stop)
                            : PushLines(sink, should_stop);
}

absl::Status TiffReader::PushLines(RowSink& sink,
                                   const StopCheck& should_stop) {
  const PixelRegion needed = sink.needed();
  const TiffPixels pixels(outline_, palette_);
  std::vector<uint8_t> line(static_cast<size_t>(TIFFScanlineSize(tiff_.get())));
  if (line.size() < BytesOfRow(outline_.size.width)) return Refused();
  std::vector<uint8_t> rgb(Size(needed.width()) * kRgbBytes);
  for (int y = 0; y < outline_.size.height; ++y) {
    if (should_stop && should_stop()) return absl::CancelledError();
    if (TIFFReadScanline(tiff_.get(), line.data(), static_cast<uint32_t>(y)) !=
        1) {
      return Refused();
    }
    if (y < needed.top || y >= needed.bottom) continue;
    pixels.ToRgb(line.data(), needed.left, needed.right, rgb.data());
    sink.PushRow(rgb.data());
  }
  return absl::OkStatus();
}

absl::Status TiffReader::PushTiles(RowSink& sink,
                                   const StopCheck& should_stop) {
  const PixelRegion needed = sink.needed();
  const TiffPixels pixels(outline_, palette_);
  const PictureSize tile = outline_.block;
  const auto tile_bytes = static_cast<size_t>(TIFFTileSize(tiff_.get()));
  const auto row_bytes = static_cast<size_t>(TIFFTileRowSize(tiff_.get()));
  if (tile_bytes / Size(tile.height) < row_bytes ||
      row_bytes < BytesOfRow(tile.width)) {
    return Refused();
  }
  const int across = (outline_.size.width + tile.width - 1) / tile.width;
  std::vector<uint8_t> tiles(tile_bytes * Size(across));
  std::vector<uint8_t> rgb(Size(outline_.size.width) * kRgbBytes);
  for (int top = 0; top < outline_.size.height; top += tile.height) {
    for (int i = 0; i < across; ++i) {
      if (should_stop && should_stop()) return absl::CancelledError();
      const uint32_t index =
          TIFFComputeTile(tiff_.get(), static_cast<uint32_t>(i * tile.width),
                          static_cast<uint32_t>(top), 0, 0);
      if (TIFFReadEncodedTile(tiff_.get(), index,
                              tiles.data() + Size(i) * tile_bytes,
                              static_cast<tmsize_t>(tile_bytes)) < 0) {
        return Refused();
      }
    }
    const int bottom = std::min(needed.bottom, top + tile.height);
    for (int y = std::max(top, needed.top); y < bottom; ++y) {
      for (int i = 0; i < across; ++i) {
        const int left = i * tile.width;
        pixels.ToRgb(
            tiles.data() + Size(i) * tile_bytes + Size(y - top) * row_bytes, 0,
            std::min(tile.width, outline_.size.width - left),
            rgb.data() + Size(left) * kRgbBytes);
      }
      sink.PushRow(rgb.data() + Size(needed.left) * kRgbBytes);
    }
  }
  return absl::OkStatus();
}

absl::Status TiffReader::ReadPlane(uint16_t plane, uint8_t* out,
                                   const StopCheck& should_stop) {
  const size_t width = Size(outline_.size.width);
  const int height = outline_.size.height;
  const PictureSize block = outline_.block;
  if (static_cast<size_t>(TIFFScanlineSize(tiff_.get())) > width) {
    return Refused();
  }
  std::vector<uint8_t> tile;
  if (outline_.has_tiles) {
    tile.resize(static_cast<size_t>(TIFFTileSize(tiff_.get())));
    if (tile.size() < static_cast<size_t>(block.pixels())) return Refused();
  }
  for (int y = 0; y < height; y += outline_.has_tiles ? block.height : 1) {
    if (should_stop && should_stop()) return absl::CancelledError();
    if (!outline_.has_tiles) {
      if (TIFFReadScanline(tiff_.get(), out + Size(y) * width,
                           static_cast<uint32_t>(y), plane) != 1) {
        return Refused();
      }
      continue;
    }
    for (int x = 0; x < outline_.size.width; x += block.width) {
      const uint32_t index =
          TIFFComputeTile(tiff_.get(), static_cast<uint32_t>(x),
                          static_cast<uint32_t>(y), 0, plane);
      if (TIFFReadEncodedTile(tiff_.get(), index, tile.data(),
                              static_cast<tmsize_t>(tile.size())) < 0) {
        return Refused();
      }
      const size_t count = Size(std::min(block.width, outline_.size.width - x));
      for (int row = 0; row < std::min(block.height, height - y); ++row) {
        std::memcpy(out + Size(y + row) * width + Size(x),
                    tile.data() + Size(row) * Size(block.width), count);
      }
    }
  }
  return absl::OkStatus();
}

absl::Status TiffReader::PushPlanes(RowSink& sink,
                                    const StopCheck& should_stop) {
  const size_t width = Size(outline_.size.width);
  const size_t plane_bytes = width * Size(outline_.size.height);
  const size_t samples = Size(outline_.samples);
  std::vector<uint8_t> planes(plane_bytes * samples);
  for (size_t plane = 0; plane < samples; ++plane) {
    absl::Status status =
        ReadPlane(static_cast<uint16_t>(plane),
                  planes.data() + plane * plane_bytes, should_stop);
    if (!status.ok()) return status;
  }
  const PixelRegion needed = sink.needed();
  const TiffPixels pixels(outline_, palette_);
  std::vector<uint8_t> row(width * samples);
  std::vector<uint8_t> rgb(Size(needed.width()) * kRgbBytes);
  for (int y = needed.top; y < needed.bottom; ++y) {
    for (size_t x = 0; x < width; ++x) {
      for (size_t plane = 0; plane < samples; ++plane) {
        row[x * samples + plane] =
            planes[plane * plane_bytes + Size(y) * width + x];
      }
    }
    pixels.ToRgb(row.data(), needed.left, needed.right, rgb.data());
    sink.PushRow(rgb.data());
  }
  return absl::OkStatus();
}

absl::Status TiffReader::Refused() const {
  if (errno == ENOMEM) return errors::OutOfMemory();
  const std::string detail = absl::StrCat(
      "TIFF: ", message_[0] == '\0' ? "the file is broken" : message_);
  return DecodeFailed(detail);
}

}  // namespace wanwu::image
