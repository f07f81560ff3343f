#include "server/image/picture_probe.h"

#include "server/image/image_error.h"
#include "server/image/image_format.h"
#include "server/image/jpeg_reader.h"
#include "server/image/png_reader.h"
#include "server/image/webp_reader.h"

namespace wanwu::image {

// Takes the codecs' own readers for now, and rough figures.
absl::StatusOr<PictureProbe> ProbePicture(const ByteChain& encoded,
                                          const TensorSpec&,
                                          const DecodeOptions& options) {
  const ImageLimits& limits = options.limits;
  if (absl::Status status = CheckEncodedBytes(encoded.size(), limits);
      !status.ok()) {
    return status;
  }
  const SniffedFormat sniffed = SniffFormat(encoded);
  absl::StatusOr<PictureHeader> header;
  PictureProbe probe;
  switch (sniffed.format) {
    case ImageFormat::kJpeg:
      probe.kind = DecodeKind::kJpegBaseline;
      header = JpegReader(encoded, limits).ReadHeader();
      break;
    case ImageFormat::kPng:
      probe.kind = DecodeKind::kPng;
      header = PngReader(encoded, limits).ReadHeader();
      break;
    case ImageFormat::kWebp:
      probe.kind = DecodeKind::kWebpLossy;
      header = WebpReader(encoded, limits).ReadHeader();
      break;
    case ImageFormat::kUnsupported:
      return Unsupported(sniffed.name);
  }
  if (!header.ok()) return header.status();
  if (absl::Status status = CheckPictureSize(header->size, limits);
      !status.ok()) {
    return status;
  }
  probe.size = header->size;
  probe.decoder_bytes = probe.size.pixels() * 7;
  probe.decode_time = std::chrono::nanoseconds(probe.size.pixels() * 6);
  return probe;
}

}  // namespace wanwu::image
