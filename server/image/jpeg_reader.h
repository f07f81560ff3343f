#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/image/byte_chain.h"
#include "server/image/chain_cursor.h"
#include "server/image/error_trap.h"
#include "server/image/jpeg_scale.h"
#include "server/image/libjpeg.h"
#include "server/image/picture_reader.h"

namespace wanwu::image {

// Reads a JPEG with libjpeg-turbo, by scanlines, straight from the pieces of
// the chain. What the library only warns of (corrupt, out of sync) is damage; a
// file that ends before its last pixel is an error. Files with one scan need a
// few rows of memory; multi-scan ones keep their coefficients. Of an MPO the
// first picture is read. The caller has looked at the outline: only the limits
// on scans are this reader's to check.
class JpegReader final : public PictureReader {
 public:
  // `encoded` and `limits` must outlive the reader. See EighthsToDecode() for
  // least_shorter_side.
  JpegReader(const ByteChain& encoded, const ImageLimits& limits,
             int least_shorter_side = kNeverReduce);
  ~JpegReader() override;
  // The library keeps pointers into this object.
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  absl::StatusOr<PictureHeader> ReadHeader() override;
  absl::Status ReadRows(RowSink& sink, const StopCheck& should_stop) override;

 private:
  enum class Refusal { kByLibrary, kTooManyScans, kStopped };

  // Called by the library; `common->client_data` is the reader.
  [[noreturn]] static void OnError(j_common_ptr common);
  static void OnMessage(j_common_ptr common, int level);
  static void OnProgress(j_common_ptr common);
  static void DiscardMessage(j_common_ptr common);
  static void NothingToDo(j_decompress_ptr jpeg);
  static boolean FillInput(j_decompress_ptr jpeg);
  static void SkipInput(j_decompress_ptr jpeg, long count);
  // For each APP1 marker: keeps the first that is EXIF, skips the others. (What
  // jpeg_save_markers would do takes time quadratic in the markers.)
  static boolean OnApp1(j_decompress_ptr jpeg);

  static JpegReader& Self(j_common_ptr common);
  void InstallCallbacks();
  // Read the library's input, within its callbacks only.
  uint8_t NextByte();
  void AppendToExif(size_t count);
  // Springs the trap.
  void StopIfAsked();
  int64_t ScanPixels() const;
  int OutputRow() const { return static_cast<int>(jpeg_.output_scanline); }
  // Whether blocks depend on those around them, so that a part of the picture
  // cannot be decoded by itself.
  bool SmoothsBlocks() const;
  // Scanlines begin at the column it returns, which is at most needed.left.
  int SkipColumns(const PixelRegion& needed);
  void SkipRowsBefore(int row);
  void PushScanlines(RowSink& sink, uint8_t* scanline, uint8_t* rgb);
  // After the last pixel: fails only for what is not the picture's fault.
  absl::Status ReadToTheEnd();
  absl::Status Refused() const;

  const ImageLimits& limits_;
  const int least_shorter_side_;
  // Of the caller of ReadRows; null before.
  const StopCheck* should_stop_ = nullptr;
  int most_scans_ = 0;
  ChainCursor input_;
  ErrorTrap trap_;
  // Has room for a whole marker before the library runs.
  std::vector<uint8_t> exif_;
  Refusal refusal_ = Refusal::kByLibrary;
  jpeg_decompress_struct jpeg_{};
  jpeg_error_mgr errors_{};
  jpeg_source_mgr source_{};
  jpeg_progress_mgr progress_{};
};

}  // namespace wanwu::image
