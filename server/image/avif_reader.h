#pragma once

#include <avif/avif.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "server/image/byte_chain.h"
#include "server/image/picture_outline.h"
#include "server/image/picture_reader.h"

namespace wanwu::image {

// Reads an AVIF's primary item with libavif and dav1d, in this thread. They
// need the encoded bytes in one piece, so a chain of several pieces is copied,
// and decode the picture whole; its colours become RGB a stretch of rows at a
// time. Alpha is dropped, and a clean aperture ignored, as in Pillow.
//
// Stops before and after the decoder, not while it is at work.
class AvifReader final : public PictureReader {
 public:
  // `encoded` and `limits` must outlive the reader.
  AvifReader(const ByteChain& encoded, const HeifOutline& outline,
             const ImageLimits& limits);

  absl::StatusOr<PictureHeader> ReadHeader() override;
  absl::Status ReadRows(RowSink& sink, const StopCheck& should_stop) override;

 private:
  struct DestroyDecoder {
    void operator()(avifDecoder* decoder) const { avifDecoderDestroy(decoder); }
  };

  // Rows [begin, end), as RGB.
  absl::Status ToRgb(int begin, int end, uint8_t* rgb) const;
  absl::Status Refused(avifResult result) const;

  HeifOutline outline_;
  const ImageLimits& limits_;
  std::vector<uint8_t> flattened_;
  std::span<const uint8_t> encoded_;
  // Declared last: it reads the bytes.
  std::unique_ptr<avifDecoder, DestroyDecoder> decoder_;
};

}  // namespace wanwu::image
