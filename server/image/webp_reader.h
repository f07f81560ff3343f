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
// decoded picture whole: a chain of several pieces is copied. Alpha is dropped.
// Of an animation the first frame is read, on a black canvas where it does not
// fill it.
//
// Stops between stretches of encoded bytes. A lossless picture may unfold from
// a few bytes, which is one stretch.
class WebpReader final : public PictureReader {
 public:
  // `encoded` must outlive the reader.
  explicit WebpReader(const ByteChain& encoded);

  absl::StatusOr<PictureHeader> ReadHeader() override;
  absl::Status ReadRows(RowSink& sink, const StopCheck& should_stop) override;

 private:
  Orientation FindOrientation() const;

  struct DeleteDemuxer {
    void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
  };

  std::vector<uint8_t> flattened_;
  std::span<const uint8_t> encoded_;
  std::unique_ptr<WebPDemuxer, DeleteDemuxer> demuxer_;
  PictureSize size_;
};

}  // namespace wanwu::image
