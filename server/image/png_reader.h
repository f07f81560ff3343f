#pragma once

#include <png.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "server/image/byte_chain.h"
#include "server/image/chain_cursor.h"
#include "server/image/error_trap.h"
#include "server/image/picture_reader.h"

namespace wanwu::image {

// Reads a PNG with libpng, straight from the pieces of the chain. Alpha is
// dropped, 16-bit samples keep their high byte. A wrong checksum is an error
// before the picture's data, and damage from there on, as is whatever comes
// after the last pixel. Text, profile and other chunks are never unpacked
// (orientation aside: see png_orientation.h). An interlaced picture is held
// whole, others row by row. Of an APNG the default image is read.
class PngReader final : public PictureReader {
 public:
  // `encoded` must outlive the reader.
  explicit PngReader(const ByteChain& encoded);
  ~PngReader() override;
  // The library keeps pointers into this object.
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  absl::StatusOr<PictureHeader> ReadHeader() override;
  absl::Status ReadRows(RowSink& sink, const StopCheck& should_stop) override;

 private:
  // A length and a type.
  static constexpr size_t kChunkHeadBytes = 8;

  // Called by the library with the reader.
  [[noreturn]] static void OnError(png_structp png, png_const_charp message);
  static void OnWarning(png_structp png, png_const_charp message);
  static void ReadInput(png_structp png, png_bytep out, size_t count);
  static png_voidp Allocate(png_structp png, png_alloc_size_t bytes);
  static void Release(png_structp png, png_voidp memory);

  void FitDataToFile(std::span<uint8_t, kChunkHeadBytes> head) const;
  bool Create();
  void ConfigureSafety();
  void ExtendPalette();
  void ConfigureOutput();
  // Both take a buffer with room for a row and for the picture, respectively,
  // and return false if they were stopped.
  bool PushRowByRow(RowSink& sink, const StopCheck& should_stop, uint8_t* row);
  bool ReadInterlaced(const StopCheck& should_stop, uint8_t* picture,
                      int passes);
  void PushPicture(RowSink& sink, const uint8_t* picture) const;
  bool AllRowsRead() const;
  // After the last pixel: fails only for what is not the picture's fault.
  absl::Status ReadToTheEnd();
  absl::Status EndBroken();
  absl::Status Refused() const;

  const ByteChain& encoded_;
  ChainCursor input_;
  ErrorTrap trap_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  PictureSize size_;
  bool out_of_memory_ = false;
  bool ends_early_ = false;
  // A plain array: it is written just before a longjmp.
  char message_[128] = {};
};

}  // namespace wanwu::image
