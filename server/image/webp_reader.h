#pragma once

#include <webp/demux.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "server/image/byte_chain.h"
#include "server/image/picture_reader.h"

namespace wanwu::image {

// Reads a WebP with libwebp, which needs the encoded bytes in one piece and the
// decoded picture whole: a chain of several pieces is copied, and the picture
// counts against max_decoder_bytes. Alpha is dropped. Of an animation the first
// frame is read, on a black canvas where it does not fill it.
class WebpReader final : public PictureReader {
 public:
  // Both must outlive the reader.
  WebpReader(const ByteChain& encoded, const ImageLimits& limits);

  absl::StatusOr<PictureHeader> ReadHeader() override;
  absl::Status ReadRows(RowSink& sink) override;

 private:
  Orientation FindOrientation() const;

  struct DeleteDemuxer {
    void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
  };

  const ImageLimits& limits_;
  std::vector<uint8_t> flattened_;
  std::span<const uint8_t> encoded_;
  std::unique_ptr<WebPDemuxer, DeleteDemuxer> demuxer_;
  PictureSize size_;
};

}  // namespace wanwu::image
