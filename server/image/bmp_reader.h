#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "server/image/byte_chain.h"
#include "server/image/picture_outline.h"
#include "server/image/picture_reader.h"

namespace wanwu::image {

// Reads a BMP: no library of Debian does. Its rows mostly stand bottom up, so a
// chain of several pieces is copied; one row is held, of a run-length-coded
// picture all of it, a byte for each pixel.
class BmpReader final : public PictureReader {
 public:
  // `encoded` must outlive the reader.
  BmpReader(const ByteChain& encoded, const BmpOutline& outline);

  absl::StatusOr<PictureHeader> ReadHeader() override;
  absl::Status ReadRows(RowSink& sink, const StopCheck& should_stop) override;

 private:
  using Color = std::array<uint8_t, 3>;

  void ReadPalette();
  absl::Status Unpack(const StopCheck& should_stop);
  // The row's bytes, bits of one pixel after another; empty if they are not in
  // the file.
  std::span<const uint8_t> StoredRow(int y) const;
  void ToRgb(std::span<const uint8_t> stored, PixelRegion needed,
             uint8_t* rgb) const;

  BmpOutline outline_;
  std::vector<uint8_t> flattened_;
  std::span<const uint8_t> encoded_;
  std::array<Color, 256> palette_{};
  // Of a run-length-coded picture: its pixels' numbers, in the file's order.
  std::vector<uint8_t> unpacked_;
};

}  // namespace wanwu::image
