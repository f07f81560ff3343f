#pragma once

#include <libheif/heif.h>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "server/image/byte_chain.h"
#include "server/image/picture_outline.h"
#include "server/image/picture_reader.h"

namespace wanwu::image {

// Reads a HEIC's primary item with libheif and libde265. They need the encoded
// bytes in one piece, so a chain of several pieces is copied, and give the
// decoded picture whole. Alpha is dropped. libheif only decodes: what is
// cropped and how it is turned comes from the outline, so that no turned copy
// is made.
//
// Stops before and after the decoder, not while it is at work. libde265 works
// in a thread of its own, one at a time, for which this one waits.
class HeicReader final : public PictureReader {
 public:
  // `encoded` and `limits` must outlive the reader.
  HeicReader(const ByteChain& encoded, const HeifOutline& outline,
             const ImageLimits& limits);

  absl::StatusOr<PictureHeader> ReadHeader() override;
  absl::Status ReadRows(RowSink& sink, const StopCheck& should_stop) override;

 private:
  struct FreeContext {
    void operator()(heif_context* context) const { heif_context_free(context); }
  };
  struct ReleaseHandle {
    void operator()(heif_image_handle* handle) const {
      heif_image_handle_release(handle);
    }
  };

  absl::Status Refused(const heif_error& error) const;

  HeifOutline outline_;
  const ImageLimits& limits_;
  std::vector<uint8_t> flattened_;
  std::span<const uint8_t> encoded_;
  // Declared last: they read the bytes.
  std::unique_ptr<heif_context, FreeContext> context_;
  std::unique_ptr<heif_image_handle, ReleaseHandle> handle_;
};

}  // namespace wanwu::image
