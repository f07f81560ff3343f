#pragma once

#include <tiffio.h>

#include <cstdarg>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "server/image/byte_chain.h"
#include "server/image/picture_outline.h"
#include "server/image/picture_reader.h"
#include "server/image/tiff_pixels.h"

namespace wanwu::image {

// Reads the first page of a TIFF with libtiff, which needs the encoded bytes in
// one piece: a chain of several pieces is copied. Holds a row, or one row of
// tiles; where samples stand in planes all of them.
//
// libtiff opens the file without a name, sees none but these bytes, and may
// allocate at once no more than the picture's outline says.
class TiffReader final : public PictureReader {
 public:
  // `encoded` must outlive the reader. `most_bytes` bounds each allocation.
  TiffReader(const ByteChain& encoded, const TiffOutline& outline,
             int64_t most_bytes);
  // The library keeps pointers into this object.
  TiffReader(const TiffReader&) = delete;
  TiffReader& operator=(const TiffReader&) = delete;

  absl::StatusOr<PictureHeader> ReadHeader() override;
  absl::Status ReadRows(RowSink& sink, const StopCheck& should_stop) override;

 private:
  struct CloseTiff {
    void operator()(TIFF* tiff) const { TIFFClose(tiff); }
  };

  // Called by the library with the reader.
  static int OnError(TIFF* tiff, void* reader, const char* module,
                     const char* format, va_list arguments);
  static int OnWarning(TIFF* tiff, void* reader, const char* module,
                       const char* format, va_list arguments);
  static tmsize_t ReadBytes(thandle_t reader, void* out, tmsize_t count);
  static tmsize_t WriteBytes(thandle_t reader, void* bytes, tmsize_t count);
  static toff_t Seek(thandle_t reader, toff_t offset, int whence);
  static int Close(thandle_t reader);
  static toff_t FileBytes(thandle_t reader);
  static int MapFile(thandle_t reader, void** bytes, toff_t* count);
  static void UnmapFile(thandle_t reader, void* bytes, toff_t count);

  bool Open();
  bool AgreesWithOutline() const;
  void ReadPalette();
  size_t BytesOfRow(int width) const;
  absl::Status PushLines(RowSink& sink, const StopCheck& should_stop);
  absl::Status PushTiles(RowSink& sink, const StopCheck& should_stop);
  absl::Status PushPlanes(RowSink& sink, const StopCheck& should_stop);
  absl::Status ReadPlane(uint16_t plane, uint8_t* out,
                         const StopCheck& should_stop);
  absl::Status Refused() const;

  TiffOutline outline_;
  std::vector<uint8_t> flattened_;
  std::span<const uint8_t> encoded_;
  int64_t most_bytes_;
  uint64_t position_ = 0;
  char message_[160] = {};
  TiffPixels::Palette palette_{};
  // Declared last: closed before what it reads and writes is gone.
  std::unique_ptr<TIFF, CloseTiff> tiff_;
};

}  // namespace wanwu::image
