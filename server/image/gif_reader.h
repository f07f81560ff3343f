#pragma once

#include <gif_lib.h>

#include <array>
#include <cstdint>

#include "server/image/byte_chain.h"
#include "server/image/chain_cursor.h"
#include "server/image/picture_reader.h"

namespace wanwu::image {

// Reads the first frame of a GIF with giflib, line by line, straight from the
// pieces of the chain: never with DGifSlurp(), which unpacks every frame. An
// interlaced frame is held whole, a byte for each pixel. Around a frame that
// does not fill the picture is its transparent colour, else its first, as in
// the reference.
class GifReader final : public PictureReader {
 public:
  // `encoded` must outlive the reader.
  explicit GifReader(const ByteChain& encoded) : input_(encoded) {}
  ~GifReader() override;
  // The library keeps pointers into this object.
  GifReader(const GifReader&) = delete;
  GifReader& operator=(const GifReader&) = delete;

  absl::StatusOr<PictureHeader> ReadHeader() override;
  absl::Status ReadRows(RowSink& sink, const StopCheck& should_stop) override;

 private:
  using Color = std::array<uint8_t, 3>;

  // Called by the library with the reader.
  static int ReadInput(GifFileType* gif, GifByteType* out, int count);

  absl::Status FindFrame();
  bool ReadExtension();
  void ReadPalette();
  // Lines of the frame in the order of the file.
  absl::Status PushLineByLine(RowSink& sink, const StopCheck& should_stop);
  absl::Status PushInterlaced(RowSink& sink, const StopCheck& should_stop);
  absl::Status ReadLine(uint8_t* line);
  // `line` is of the frame; null where it has none.
  void PushRow(RowSink& sink, const uint8_t* line, uint8_t* row) const;
  absl::Status Refused() const;

  ChainCursor input_;
  GifFileType* gif_ = nullptr;
  int error_ = 0;
  PictureSize size_;
  int background_ = 0;
  std::array<Color, 256> palette_{};
};

}  // namespace wanwu::image
