#include "server/image/webp_outline.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "server/image/byte_order.h"
#include "server/image/chain_cursor.h"
#include "server/image/image_error.h"

namespace wanwu::image {
namespace {

// A file that is no animation has five chunks at most, but for unknown ones.
constexpr int64_t kBoundedChunks = 2048;

constexpr size_t kRiffHeadBytes = 8;
constexpr size_t kWebpNameBytes = 4;
constexpr size_t kChunkHeadBytes = 8;
constexpr uint32_t kFourteenBits = 0x3FFF;

absl::Status Broken(absl::string_view how) {
  const std::string detail = absl::StrCat("WebP: ", how);
  return DecodeFailed(detail);
}

absl::Status Truncated() {
  return Broken("the file is truncated or its chunks are broken");
}

int SideFrom24Bits(std::span<const uint8_t> bytes) {
  return static_cast<int>(FromLittleEndian(bytes.first(3))) + 1;
}

class ChunkWalk {
 public:
  ChunkWalk(const ByteChain& encoded, int64_t most_chunks)
      : input_(encoded), chunks_left_(most_chunks) {
    if (encoded.pieces().size() > 1) outline_.flattened_bytes = encoded.size();
  }

  absl::StatusOr<PictureOutline> Run() {
    if (absl::Status status = ReadRiffHead(); !status.ok()) return status;
    while (BytesLeft() >= kChunkHeadBytes) {
      if (--chunks_left_ < 0) return GiveUp();
      if (absl::Status status = ReadChunk(); !status.ok()) return status;
    }
    if (!has_frame_) return Broken("it holds no complete frame");
    return outline_;
  }

 private:
  // Bytes after those of the RIFF list are no part of the picture.
  size_t BytesLeft() const { return input_.remaining() - bytes_after_; }

  absl::Status ReadRiffHead() {
    std::array<uint8_t, kRiffHeadBytes> head{};
    if (!input_.Read(head)) return Truncated();
    const size_t size = FromLittleEndian(std::span(head).subspan(4, 4));
    const bool is_riff =
        std::string_view(reinterpret_cast<const char*>(head.data()), 4) ==
        "RIFF";
    if (!is_riff || size < kWebpNameBytes || size > input_.remaining()) {
      return Truncated();
    }
    bytes_after_ = input_.remaining() - size;
    return input_.Skip(kWebpNameBytes) ? absl::OkStatus() : Truncated();
  }

  absl::StatusOr<PictureOutline> GiveUp() {
    if (!has_frame_) return absl::OutOfRangeError("many chunks");
    outline_.chunks += BytesLeft() / kChunkHeadBytes;
    return outline_;
  }

  absl::Status ReadChunk() {
    std::array<uint8_t, kChunkHeadBytes> head{};
    if (!input_.Read(head)) return Truncated();
    ++outline_.chunks;
    const std::string_view name(reinterpret_cast<const char*>(head.data()), 4);
    const size_t size = FromLittleEndian(std::span(head).subspan(4, 4));
    if (size > BytesLeft()) return Truncated();
    size_t content = size + size % 2;
    if (name == "ANMF") content = kAnimationFrameBytes;  // Chunks follow in it.
    const size_t before = input_.remaining();
    if (!has_frame_) {
      if (absl::Status status = ReadContent(name, size); !status.ok()) {
        return status;
      }
    }
    const size_t done = before - input_.remaining();
    const size_t rest = content - std::min(content, done);
    // The byte that evens out the last chunk may be missing.
    return input_.Skip(std::min(rest, BytesLeft())) ? absl::OkStatus()
                                                    : Truncated();
  }

  absl::Status ReadContent(std::string_view name, size_t size) {
    if (name == "VP8X") return ReadCanvas();
    if (name == "ANMF") return ReadAnimationFrame();
    if (name == "ALPH") outline_.alpha_bytes = size;
    if (name != "VP8 " && name != "VP8L") return absl::OkStatus();
    has_frame_ = true;
    outline_.frame_bytes = size;
    outline_.is_lossless = name == "VP8L";
    return outline_.is_lossless ? ReadLossless() : ReadLossy();
  }

  absl::Status ReadCanvas() {
    std::array<uint8_t, kCanvasBytes> canvas{};
    if (!input_.Read(canvas)) return Truncated();
    outline_.size = {SideFrom24Bits(std::span(canvas).subspan(4)),
                     SideFrom24Bits(std::span(canvas).subspan(7))};
    has_canvas_ = true;
    return absl::OkStatus();
  }

  absl::Status ReadAnimationFrame() {
    std::array<uint8_t, kAnimationFrameBytes> frame{};
    if (!input_.Read(frame)) return Truncated();
    outline_.alpha_bytes = 0;
    return absl::OkStatus();
  }

  absl::Status ReadLossy() {
    std::array<uint8_t, kLossyHeadBytes> head{};
    if (!input_.Read(head)) return Truncated();
    const std::span<const uint8_t> bytes(head);
    constexpr uint32_t kStartCode = 0x2A019D;
    if (FromLittleEndian(bytes.subspan(3, 3)) != kStartCode) {
      return Broken("the picture's data is corrupt");
    }
    SetFrame(FromLittleEndian(bytes.subspan(6, 2)) & kFourteenBits,
             FromLittleEndian(bytes.subspan(8, 2)) & kFourteenBits);
    return absl::OkStatus();
  }

  absl::Status ReadLossless() {
    std::array<uint8_t, kLosslessHeadBytes> head{};
    if (!input_.Read(head)) return Truncated();
    constexpr uint8_t kSignature = 0x2F;
    if (head[0] != kSignature) return Broken("the picture's data is corrupt");
    const uint32_t sides = FromLittleEndian(std::span(head).subspan(1, 4));
    SetFrame((sides & kFourteenBits) + 1, (sides >> 14 & kFourteenBits) + 1);
    return absl::OkStatus();
  }

  void SetFrame(uint32_t width, uint32_t height) {
    outline_.frame = {static_cast<int>(width), static_cast<int>(height)};
    if (!has_canvas_) outline_.size = outline_.frame;
  }

  static constexpr size_t kCanvasBytes = 10;
  static constexpr size_t kAnimationFrameBytes = 16;
  static constexpr size_t kLossyHeadBytes = 10;
  static constexpr size_t kLosslessHeadBytes = 5;

  ChainCursor input_;
  int64_t chunks_left_;
  size_t bytes_after_ = 0;
  bool has_canvas_ = false;
  bool has_frame_ = false;
  WebpOutline outline_;
};

}  // namespace

absl::StatusOr<PictureOutline> ReadWebpOutline(const ByteChain& encoded,
                                               OutlineEffort effort) {
  const int64_t most_chunks = effort == OutlineEffort::kBounded
                                  ? kBoundedChunks
                                  : std::numeric_limits<int64_t>::max();
  return ChunkWalk(encoded, most_chunks).Run();
}

}  // namespace wanwu::image
