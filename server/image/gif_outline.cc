#include "server/image/gif_outline.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>

#include "absl/strings/str_cat.h"
#include "server/image/byte_order.h"
#include "server/image/chain_cursor.h"
#include "server/image/image_error.h"

namespace wanwu::image {
namespace {

// A block of a comment has 255 bytes at most.
constexpr int64_t kBoundedBlocks = 2048;

constexpr uint8_t kExtension = '!';
constexpr uint8_t kFrame = ',';
constexpr uint8_t kEnd = ';';

absl::Status Broken(absl::string_view how) {
  const std::string detail = absl::StrCat("GIF: ", how);
  return DecodeFailed(detail);
}

absl::Status Truncated() { return Broken("the file ends too early"); }

int Side(std::span<const uint8_t> bytes) {
  return static_cast<int>(FromLittleEndian(bytes.first(2)));
}

class BlockWalk {
 public:
  BlockWalk(const ByteChain& encoded, int64_t most_blocks)
      : input_(encoded), blocks_left_(most_blocks) {
    outline_.file_bytes = encoded.size();
  }

  absl::StatusOr<PictureOutline> Run() {
    if (!ReadScreen()) return Truncated();
    std::array<uint8_t, 1> kind{};
    while (input_.Read(kind)) {
      if (kind[0] == kFrame) return ReadFrame();
      if (kind[0] == kEnd) return Broken("it holds no frame");
      if (kind[0] != kExtension) return Broken("its blocks are broken");
      if (absl::Status status = SkipExtension(); !status.ok()) return status;
    }
    return Truncated();
  }

 private:
  bool SkipPalette(uint8_t flags) {
    constexpr uint8_t kHasPalette = 0x80;
    if ((flags & kHasPalette) == 0) return true;
    return input_.Skip(size_t{3} << ((flags & 7) + 1));
  }

  bool ReadScreen() {
    std::array<uint8_t, 13> head{};
    if (!input_.Read(head)) return false;
    outline_.size = {Side(std::span(head).subspan(6)),
                     Side(std::span(head).subspan(8))};
    return SkipPalette(head[10]);
  }

  absl::Status SkipExtension() {
    std::array<uint8_t, 1> byte{};
    if (!input_.Skip(1)) return Truncated();
    while (input_.Read(byte)) {
      if (byte[0] == 0) return absl::OkStatus();
      if (--blocks_left_ < 0) return absl::OutOfRangeError("many blocks");
      if (!input_.Skip(byte[0])) return Truncated();
    }
    return Truncated();
  }

  // A frame beyond the screen enlarges the picture, as in the reference.
  absl::StatusOr<PictureOutline> ReadFrame() {
    constexpr uint8_t kInterlaced = 0x40;
    std::array<uint8_t, 9> head{};
    if (!input_.Read(head)) return Truncated();
    const std::span<const uint8_t> bytes(head);
    outline_.frame = {Side(bytes.subspan(4)), Side(bytes.subspan(6))};
    if (outline_.frame.pixels() == 0) return Broken("its frame has no pixels");
    const int right = Side(bytes) + outline_.frame.width;
    const int bottom = Side(bytes.subspan(2)) + outline_.frame.height;
    outline_.size = {std::max(outline_.size.width, right),
                     std::max(outline_.size.height, bottom)};
    outline_.is_interlaced = (head[8] & kInterlaced) != 0;
    return outline_;
  }

  ChainCursor input_;
  int64_t blocks_left_;
  GifOutline outline_;
};

}  // namespace

absl::StatusOr<PictureOutline> ReadGifOutline(const ByteChain& encoded,
                                              OutlineEffort effort) {
  const int64_t most_blocks = effort == OutlineEffort::kBounded
                                  ? kBoundedBlocks
                                  : std::numeric_limits<int64_t>::max();
  return BlockWalk(encoded, most_blocks).Run();
}

}  // namespace wanwu::image
