#include "server/image/jpeg_outline.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>

#include "absl/strings/str_cat.h"
#include "server/image/byte_order.h"
#include "server/image/chain_cursor.h"
#include "server/image/image_error.h"
#include "server/image/libjpeg.h"

namespace wanwu::image {
namespace {

// Bytes of markers, which have two each, and between segments. Cameras write
// some thirty segments, colour profiles and the like up to a few hundred.
constexpr int64_t kBoundedSteps = 2048;

constexpr size_t kMarkerBytes = 2;
constexpr size_t kLengthBytes = 2;
constexpr size_t kFrameBytes = 6;
constexpr size_t kComponentBytes = 3;
constexpr int kSupportedBits = 8;

enum Marker : uint8_t {
  kStuffing = 0x00,
  kTemporary = 0x01,
  kBaseline = 0xC0,
  kExtended = 0xC1,
  kProgressive = 0xC2,
  kHuffmanTables = 0xC4,
  kArithmetic = 0xC9,
  kArithmeticProgressive = 0xCA,
  kArithmeticTables = 0xCC,
  kLastFrame = 0xCF,
  kFirstRestart = 0xD0,
  kLastRestart = 0xD7,
  kStart = 0xD8,
  kEnd = 0xD9,
  kScan = 0xDA,
  kFill = 0xFF,
};

// Of a component, padded to whole MCUs.
int64_t BlocksAlong(int side, int sampling, int most_sampling) {
  constexpr int64_t kBlockSide = 8;
  const int64_t unit = most_sampling * kBlockSide;
  const int64_t blocks = (int64_t{side} * sampling + unit - 1) / unit;
  return (blocks + sampling - 1) / sampling * sampling;
}

bool IsFrame(uint8_t marker) {
  return marker >= kBaseline && marker <= kLastFrame &&
         marker != kHuffmanTables && marker != kArithmeticTables;
}

bool IsSupportedFrame(uint8_t marker) {
  return (marker >= kBaseline && marker <= kProgressive) ||
         marker == kArithmetic || marker == kArithmeticProgressive;
}

bool StandsAlone(uint8_t marker) {
  return marker == kTemporary ||
         (marker >= kFirstRestart && marker <= kLastRestart);
}

absl::Status Broken(std::string_view how) {
  return DecodeFailed(
      absl::StrCat("JPEG: ", absl::string_view(how.data(), how.size())));
}

absl::Status EndsEarly() { return Broken("the file ends too early"); }

class MarkerWalk {
 public:
  MarkerWalk(const ByteChain& encoded, int64_t steps)
      : input_(encoded), steps_left_(steps) {}

  absl::StatusOr<PictureOutline> Run() {
    if (!input_.Skip(kMarkerBytes)) return EndsEarly();  // The start.
    for (;;) {
      const absl::StatusOr<uint8_t> marker = NextMarker();
      if (!marker.ok()) return marker.status();
      if (*marker == kScan) return ReadScan();
      if (StandsAlone(*marker)) continue;
      if (absl::Status status = PassMarker(*marker); !status.ok()) {
        return status;
      }
    }
  }

 private:
  // As the library: skips what is no marker.
  absl::StatusOr<uint8_t> NextMarker() {
    for (uint8_t before = kStuffing;;) {
      std::array<uint8_t, 1> byte{};
      if (--steps_left_ < 0) return absl::OutOfRangeError("many segments");
      if (!input_.Read(byte)) return EndsEarly();
      const bool is_marker = before == kFill && byte[0] != kFill;
      if (is_marker && byte[0] != kStuffing) return byte[0];
      before = byte[0];
    }
  }

  absl::Status PassMarker(uint8_t marker) {
    if (marker == kStart) return Broken("its header is broken");
    if (marker == kEnd) return PassEmptyPicture();
    return IsFrame(marker) ? ReadFrame(marker) : SkipSegment();
  }

  // Tables for the picture that must follow at once.
  absl::Status PassEmptyPicture() {
    std::array<uint8_t, kMarkerBytes> next{};
    if (has_frame_) return Broken("it has no scan");
    if (!input_.Read(next)) return EndsEarly();
    return next[0] == kFill && next[1] == kStart
               ? absl::OkStatus()
               : Broken("its header is broken");
  }

  // Bytes that follow on the length; for a length that does not even count
  // itself, none, as in the library.
  absl::StatusOr<size_t> ReadLength() {
    std::array<uint8_t, kLengthBytes> bytes{};
    if (!input_.Read(bytes)) return EndsEarly();
    const size_t length = FromBigEndian(bytes);
    return length - std::min(length, kLengthBytes);
  }

  absl::Status SkipSegment() {
    const absl::StatusOr<size_t> length = ReadLength();
    if (!length.ok()) return length.status();
    return input_.Skip(*length) ? absl::OkStatus() : EndsEarly();
  }

  absl::Status ReadFrame(uint8_t marker) {
    if (!IsSupportedFrame(marker)) {
      return Unsupported("a lossless or hierarchical JPEG");
    }
    if (has_frame_) return Broken("it has two headers");
    has_frame_ = true;
    const absl::StatusOr<size_t> length = ReadLength();
    if (!length.ok()) return length.status();
    std::array<uint8_t, kFrameBytes> frame{};
    if (!input_.Read(frame)) return EndsEarly();
    const std::span<const uint8_t> bytes(frame);
    outline_.size = {static_cast<int>(FromBigEndian(bytes.subspan(3, 2))),
                     static_cast<int>(FromBigEndian(bytes.subspan(1, 2)))};
    outline_.components = bytes[5];
    outline_.is_arithmetic = marker >= kArithmetic;
    outline_.is_progressive =
        marker == kProgressive || marker == kArithmeticProgressive;
    if (absl::Status status = CheckFrame(bytes[0], *length); !status.ok()) {
      return status;
    }
    return ReadComponents();
  }

  absl::Status CheckFrame(int bits, size_t length) const {
    const int components = outline_.components;
    if (bits != kSupportedBits) {
      return Unsupported(
          absl::StrCat("a JPEG with ", bits, " bits per sample"));
    }
    if (components != 1 && components != 3 && components != 4) {
      return Unsupported(
          absl::StrCat("a JPEG with ", components, " components"));
    }
    const auto expected =
        kFrameBytes + static_cast<size_t>(components) * kComponentBytes;
    if (length != expected) return Broken("its header is broken");
    const int longer = std::max(outline_.size.width, outline_.size.height);
    if (longer <= JPEG_MAX_DIMENSION) return absl::OkStatus();
    return TooLarge({.subject = "the JPEG has",
                     .unit = "pixels on its longer side",
                     .value = longer,
                     .limit = JPEG_MAX_DIMENSION});
  }

  absl::Status ReadComponents() {
    for (int i = 0; i < outline_.components; ++i) {
      std::array<uint8_t, kComponentBytes> component{};
      if (!input_.Read(component)) return EndsEarly();
      const int horizontal = component[1] >> 4;
      const int vertical = component[1] & 0xF;
      if (horizontal < 1 || horizontal > MAX_SAMP_FACTOR || vertical < 1 ||
          vertical > MAX_SAMP_FACTOR) {
        return Broken("a sampling factor is not from 1 to 4");
      }
      outline_.sampling.at(static_cast<size_t>(i)) = {horizontal, vertical};
    }
    return absl::OkStatus();
  }

  absl::StatusOr<PictureOutline> ReadScan() {
    std::array<uint8_t, kLengthBytes + 1> head{};
    if (!has_frame_) return Broken("it has no header");
    if (!input_.Read(head)) return EndsEarly();
    outline_.is_multi_scan =
        outline_.is_progressive || head[kLengthBytes] < outline_.components;
    outline_.data_bytes = input_.remaining();
    return outline_;
  }

  ChainCursor input_;
  int64_t steps_left_;
  bool has_frame_ = false;
  JpegOutline outline_;
};

}  // namespace

JpegOutline::Sampling MostSampling(const JpegOutline& jpeg) {
  JpegOutline::Sampling most;
  for (int i = 0; i < jpeg.components; ++i) {
    const auto& of = jpeg.sampling.at(static_cast<size_t>(i));
    most.horizontal = std::max(most.horizontal, of.horizontal);
    most.vertical = std::max(most.vertical, of.vertical);
  }
  return most;
}

int64_t CountBlocks(const JpegOutline& jpeg) {
  const JpegOutline::Sampling most = MostSampling(jpeg);
  int64_t blocks = 0;
  for (int i = 0; i < jpeg.components; ++i) {
    const auto& of = jpeg.sampling.at(static_cast<size_t>(i));
    const int64_t across =
        BlocksAlong(jpeg.size.width, of.horizontal, most.horizontal);
    const int64_t down =
        BlocksAlong(jpeg.size.height, of.vertical, most.vertical);
    blocks += across * down;
  }
  return blocks;
}

absl::StatusOr<PictureOutline> ReadJpegOutline(const ByteChain& encoded,
                                               OutlineEffort effort) {
  const int64_t steps = effort == OutlineEffort::kBounded
                            ? kBoundedSteps
                            : std::numeric_limits<int64_t>::max();
  return MarkerWalk(encoded, steps).Run();
}

}  // namespace wanwu::image
