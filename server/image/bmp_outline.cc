#include "server/image/bmp_outline.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/image/byte_order.h"
#include "server/image/chain_bytes.h"
#include "server/image/image_error.h"

namespace wanwu::image {
namespace {

using Layout = BmpOutline::Layout;

constexpr size_t kFileHeadBytes = 14;
constexpr uint32_t kOldestHead = 12;  // OS/2's, with sides of 16 bits.
constexpr uint32_t kWindowsHead = 40;
constexpr uint32_t kHeadWithMasks = 52;
// Their sizes tell the kinds of header apart.
constexpr std::array<uint32_t, 7> kHeads = {
    kOldestHead, kWindowsHead, kHeadWithMasks, 56, 64, 108, 124};
constexpr uint32_t kMostColors = 65536;

enum Compression : uint32_t { kPlain = 0, kRle8 = 1, kRle4 = 2, kMasks = 3 };

using Masks = std::array<uint32_t, 4>;  // Red, green, blue, alpha.

struct MaskedLayout {
  int bits;
  Masks masks;
  Layout layout;
};

// Those that the reference knows. Alpha is dropped.
constexpr MaskedLayout kMaskedLayouts[] = {
    {32, {0xFF0000, 0xFF00, 0xFF, 0}, Layout::kBgrx},
    {32, {0xFF0000, 0xFF00, 0xFF, 0xFF000000}, Layout::kBgrx},
    {32, {0, 0, 0, 0}, Layout::kBgrx},
    {32, {0xFF000000, 0xFF0000, 0xFF00, 0}, Layout::kXbgr},
    {32, {0xFF000000, 0xFF0000, 0xFF00, 0xFF}, Layout::kXbgr},
    {32, {0xFF, 0xFF00, 0xFF0000, 0xFF000000}, Layout::kRgbx},
    {24, {0xFF0000, 0xFF00, 0xFF, 0}, Layout::kBgr},
    {16, {0xF800, 0x7E0, 0x1F, 0}, Layout::kBgr565},
    {16, {0x7C00, 0x3E0, 0x1F, 0}, Layout::kBgr555},
};

absl::Status Truncated() {
  return DecodeFailed("BMP: the file ends too early");
}

absl::Status UnsupportedKind(absl::string_view what) {
  const std::string type = absl::StrCat("a BMP with ", what);
  return Unsupported(type);
}

class HeaderParser {
 public:
  explicit HeaderParser(const ByteChain& encoded) : encoded_(encoded) {
    outline_.file_bytes = encoded.size();
    outline_.flattened_bytes = FlattenedBytes(encoded);
  }

  absl::StatusOr<PictureOutline> Run() {
    if (absl::Status status = ReadHeader(); !status.ok()) return status;
    if (absl::Status status = ChooseLayout(); !status.ok()) return status;
    if (absl::Status status = ChooseCoding(); !status.ok()) return status;
    PlacePixels();
    return outline_;
  }

 private:
  uint32_t Long(size_t at) const {
    return FromLittleEndian(std::span(head_).subspan(at, 4));
  }
  uint32_t Short(size_t at) const {
    return FromLittleEndian(std::span(head_).subspan(at, 2));
  }

  absl::Status ReadHeader() {
    if (!ReadAt(encoded_, 0, std::span(head_).first(kFileHeadBytes))) {
      return Truncated();
    }
    pixels_at_ = Long(10);
    const std::span<uint8_t> head(head_);
    if (!ReadAt(encoded_, kFileHeadBytes, head.first(4))) return Truncated();
    head_bytes_ = Long(0);
    if (std::find(kHeads.begin(), kHeads.end(), head_bytes_) == kHeads.end()) {
      return UnsupportedKind(
          absl::StrCat("a header of ", head_bytes_, " bytes"));
    }
    if (!ReadAt(encoded_, kFileHeadBytes, head.first(head_bytes_))) {
      return Truncated();
    }
    return head_bytes_ == kOldestHead ? TakeOldest() : TakeWindows();
  }

  absl::Status TakeOldest() {
    outline_.size = {static_cast<int>(Short(4)), static_cast<int>(Short(6))};
    outline_.bits = static_cast<int>(Short(10));
    outline_.color_bytes = 3;
    return absl::OkStatus();
  }

  absl::Status TakeWindows() {
    const uint32_t height = Long(8);
    outline_.is_top_down = height >> 24 == 0xFF;
    const uint32_t rows = outline_.is_top_down ? 0 - height : height;
    constexpr uint32_t kMost = std::numeric_limits<int>::max();
    outline_.size = {static_cast<int>(std::min(Long(4), kMost)),
                     static_cast<int>(std::min(rows, kMost))};
    outline_.bits = static_cast<int>(Short(14));
    compression_ = Long(16);
    colors_ = Long(32);
    if (compression_ != kMasks) return absl::OkStatus();
    return ReadMasks();
  }

  absl::Status ReadMasks() {
    constexpr size_t kMasksAt = 40;
    if (head_bytes_ <= kWindowsHead) {  // They follow it, without alpha's.
      masks_bytes_ = 12;
      const auto after = std::span(head_).subspan(kMasksAt, masks_bytes_);
      if (!ReadAt(encoded_, kFileHeadBytes + head_bytes_, after)) {
        return Truncated();
      }
    }
    const size_t known = head_bytes_ > kHeadWithMasks ? 4 : 3;
    for (size_t i = 0; i < known; ++i) masks_[i] = Long(kMasksAt + 4 * i);
    return absl::OkStatus();
  }

  absl::Status ChooseLayout() {
    const int bits = outline_.bits;
    if (compression_ == kMasks) {
      if (bits < 32) masks_[3] = 0;
      for (const MaskedLayout& known : kMaskedLayouts) {
        if (known.bits != bits || known.masks != masks_) continue;
        outline_.layout = known.layout;
        return absl::OkStatus();
      }
      return UnsupportedKind(absl::StrCat("masks for ", bits, "-bit pixels"));
    }
    if (bits == 16) outline_.layout = Layout::kBgr555;
    if (bits == 32) outline_.layout = Layout::kBgrx;
    if (bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 ||
        bits == 32) {
      return absl::OkStatus();
    }
    return UnsupportedKind(absl::StrCat(bits, " bits per pixel"));
  }

  absl::Status ChooseCoding() {
    using Coding = BmpOutline::Coding;
    if (compression_ == kPlain || compression_ == kMasks) {
      return absl::OkStatus();
    }
    if (compression_ == kRle8 && outline_.bits == 8) {
      outline_.coding = Coding::kRle8;
      return absl::OkStatus();
    }
    if (compression_ == kRle4 && outline_.bits == 4) {
      outline_.coding = Coding::kRle4;
      return absl::OkStatus();
    }
    return UnsupportedKind(absl::StrCat("compression ", compression_, " of ",
                                        outline_.bits, "-bit pixels"));
  }

  void PlacePixels() {
    constexpr int kMostBitsOfNumbers = 8;
    const size_t after = kFileHeadBytes + head_bytes_ + masks_bytes_;
    outline_.palette_at = after;
    outline_.pixels_at = pixels_at_ == 0 ? after : pixels_at_;
    if (outline_.bits > kMostBitsOfNumbers) return;
    if (colors_ == 0) colors_ = 1u << outline_.bits;
    const uint32_t colors = std::min(colors_, kMostColors);
    outline_.colors = static_cast<int>(colors);
    // Some writers forget the palette here.
    if (pixels_at_ == kFileHeadBytes + head_bytes_ || pixels_at_ == 0) {
      outline_.pixels_at =
          after + colors * static_cast<size_t>(outline_.color_bytes);
    }
  }

  const ByteChain& encoded_;
  std::array<uint8_t, 124> head_{};
  uint32_t head_bytes_ = 0;
  uint32_t pixels_at_ = 0;
  uint32_t compression_ = kPlain;
  uint32_t colors_ = 0;
  size_t masks_bytes_ = 0;
  Masks masks_{};
  BmpOutline outline_;
};

}  // namespace

absl::StatusOr<PictureOutline> ReadBmpOutline(const ByteChain& encoded) {
  return HeaderParser(encoded).Run();
}

}  // namespace wanwu::image
