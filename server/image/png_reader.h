#pragma once

#include <png.h>

#include "server/image/byte_chain.h"
#include "server/image/chain_cursor.h"
#include "server/image/error_trap.h"
#include "server/image/picture_reader.h"

namespace wanwu::image {

// Reads a PNG with libpng, straight from the pieces of the chain. Alpha is
// dropped, 16-bit samples keep their high byte, a wrong checksum in any chunk
// is an error. Text, profile and other ancillary chunks are never unpacked
// (orientation aside: see png_orientation.h). An interlaced picture is held
// whole, within max_decoder_bytes; others row by row. Of an APNG the default
// image is read.
class PngReader final : public PictureReader {
 public:
  // Both must outlive the reader.
  PngReader(const ByteChain& encoded, const ImageLimits& limits);
  ~PngReader() override;
  // The library keeps pointers into this object.
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  absl::StatusOr<PictureHeader> ReadHeader() override;
  absl::Status ReadRows(RowSink& sink) override;

 private:
  // Called by the library with the reader.
  [[noreturn]] static void OnError(png_structp png, png_const_charp message);
  static void DiscardWarning(png_structp png, png_const_charp message);
  static void ReadInput(png_structp png, png_bytep out, size_t count);

  bool Create();
  void ConfigureSafety();
  void ExtendPalette();
  void ConfigureOutput();
  // Both take a buffer with room for a row and for the picture, respectively.
  void PushRowByRow(RowSink& sink, uint8_t* row);
  void PushInterlaced(RowSink& sink, uint8_t* picture, int passes);
  absl::Status Refused() const;

  const ByteChain& encoded_;
  const ImageLimits& limits_;
  ChainCursor input_;
  ErrorTrap trap_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  PictureSize size_;
  // A plain array: it is written just before a longjmp.
  char message_[128] = {};
};

}  // namespace wanwu::image
