#include "server/image/coded_pictures.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/image/coded_size.h"
#include "server/image/heif_items.h"
#include "server/image/heif_outline.h"
#include "server/image/image_error.h"

namespace wanwu::image {
namespace {

using Codec = HeifOutline::Codec;

// With tiles that stand out, and alpha.
constexpr int64_t kMostTimesThePixels = 3;

class CodedCheck {
 public:
  CodedCheck(std::span<const uint8_t> encoded, const HeifItems& items,
             Codec codec, const ImageLimits& limits)
      : encoded_(encoded), items_(items), codec_(codec), limits_(limits) {}

  absl::Status Run() {
    const HeifItem* const primary = items_.Find(items_.primary);
    if (primary == nullptr) return Refuse("it holds no still picture");
    absl::Status status = CheckItem(*primary);
    for (const uint32_t id : primary->auxiliaries) {
      const HeifItem* const item = items_.Find(id);
      if (status.ok() && item != nullptr) status = CheckItem(*item);
    }
    return status;
  }

 private:
  absl::Status Refuse(std::string_view how) const {
    return DecodeFailed(
        std::string(codec_ == Codec::kAv1 ? "AVIF: " : "HEIC: ") +
        std::string(how));
  }

  // A grid of grids is none.
  absl::Status CheckItem(const HeifItem& item) {
    if (item.type != "grid") return CheckCoded(item);
    for (const uint32_t id : item.parts) {
      const HeifItem* const part = items_.Find(id);
      if (part == nullptr) return Refuse("a tile is missing");
      if (absl::Status status = CheckCoded(*part); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status CheckCoded(const HeifItem& item) {
    const bool is_av1 = codec_ == Codec::kAv1;
    if (is_av1 ? item.type != "av01"
               : item.type != "hvc1" && item.type != "hev1") {
      return Refuse("a part of it is of the coding " + item.type);
    }
    std::vector<uint8_t> gathered;
    const std::optional<std::span<const uint8_t>> data = Data(item, gathered);
    if (!data.has_value()) return Refuse("its data is not all there");
    coded_ = {};
    frames_ = 0;
    const bool is_sound = is_av1 ? ReadAv1(*data) : ReadHevc(item, *data);
    constexpr int kMostLayers = 4;
    if (!is_sound || frames_ == 0 || frames_ > (is_av1 ? kMostLayers : 1)) {
      return Refuse("its coded data is broken or not that of one picture");
    }
    pixels_ += coded_.pixels();
    const DecodeKind kind = is_av1 ? DecodeKind::kAvif : DecodeKind::kHeic;
    if (absl::Status status = CheckPictureSize(coded_, kind, limits_);
        !status.ok()) {
      return status;
    }
    const int64_t most_pixels = kMostTimesThePixels * MostPixels(kind, limits_);
    if (pixels_ <= most_pixels) return absl::OkStatus();
    return TooLarge({.subject = "the picture's parts together have",
                     .unit = "pixels",
                     .value = pixels_,
                     .limit = most_pixels});
  }

  // A copy in `gathered` if it does not stand in one piece.
  std::optional<std::span<const uint8_t>> Data(
      const HeifItem& item, std::vector<uint8_t>& gathered) const {
    const auto all = item.is_in_meta ? items_.data_in_meta : encoded_;
    uint64_t total = 0;
    for (const HeifItem::Extent& extent : item.extents) {
      if (extent.offset > all.size()) return std::nullopt;
      const uint64_t left = all.size() - extent.offset;
      const uint64_t length = extent.length == 0 ? left : extent.length;
      total += length;
      if (length > left || total > encoded_.size()) return std::nullopt;
      const auto piece = all.subspan(extent.offset, length);
      if (item.extents.size() == 1) return piece;
      gathered.insert(gathered.end(), piece.begin(), piece.end());
    }
    return gathered;
  }

  void Grow(PictureSize size) {
    if (size.pixels() > coded_.pixels()) coded_ = size;
  }

  // Parameter sets come from the item's configuration and nowhere else.
  bool ReadHevc(const HeifItem& item, std::span<const uint8_t> data) {
    constexpr uint64_t kFirstParameterSet = 32;
    constexpr uint64_t kSequenceSet = 33;
    constexpr uint64_t kLastParameterSet = 34;
    FieldReader config(PropertyOf(item, "hvcC"));
    config.TakeBytes(21);
    const size_t length_bytes = (config.Take(1) & 3) + 1;
    for (uint64_t arrays = config.Take(1); arrays > 0; --arrays) {
      const uint64_t type = config.Take(1) & 0x3F;
      for (uint64_t units = config.Take(2); units > 0; --units) {
        const auto unit = config.TakeBytes(config.Take(2));
        if (!config.ok()) return false;
        if (UnitType(unit) != type) return false;
        if (type != kSequenceSet) continue;
        const std::optional<PictureSize> size = HevcCodedSize(unit);
        if (!size.has_value()) return false;
        Grow(*size);
      }
    }
    FieldReader units(data);
    while (units.ok() && !units.rest().empty()) {
      const auto unit = units.TakeBytes(units.Take(length_bytes));
      const uint64_t type = UnitType(unit);
      if (type >= kFirstParameterSet && type <= kLastParameterSet) return false;
      const bool is_first_slice =
          type < kFirstParameterSet && unit.size() > 2 && (unit[2] & 0x80) != 0;
      if (is_first_slice) ++frames_;
    }
    return units.ok();
  }

  static uint64_t UnitType(std::span<const uint8_t> unit) {
    constexpr uint64_t kNone = 63;
    return unit.empty() ? kNone : unit[0] >> 1 & 0x3F;
  }

  bool ReadAv1(std::span<const uint8_t> data) {
    constexpr uint64_t kSequence = 1, kFrameHeader = 3, kFrame = 6;
    FieldReader units(data);
    while (units.ok() && !units.rest().empty()) {
      const uint64_t head = units.Take(1);
      const uint64_t type = head >> 3 & 15;
      if ((head & 4) != 0) units.Take(1);
      size_t size = units.rest().size();
      if ((head & 2) != 0) size = TakeLeb128(units);
      const auto unit = units.TakeBytes(size);
      if (type == kFrameHeader || type == kFrame) ++frames_;
      if (type != kSequence) continue;
      const std::optional<PictureSize> coded = Av1CodedSize(unit);
      if (!coded.has_value()) return false;
      Grow(*coded);
    }
    return units.ok();
  }

  static size_t TakeLeb128(FieldReader& reader) {
    constexpr int kMostBytes = 8;
    uint64_t value = 0;
    for (int i = 0; i < kMostBytes; ++i) {
      const uint64_t byte = reader.Take(1);
      value |= (byte & 0x7F) << (7 * i);
      if ((byte & 0x80) == 0) break;
    }
    return value;
  }

  std::span<const uint8_t> encoded_;
  const HeifItems& items_;
  Codec codec_;
  const ImageLimits& limits_;
  int64_t pixels_ = 0;  // Of all so far.
  // Of the item that is being read.
  PictureSize coded_;
  int frames_ = 0;
};

}  // namespace

absl::Status CheckCodedPictures(std::span<const uint8_t> encoded, Codec codec,
                                const ImageLimits& limits) {
  const std::vector<uint8_t> meta = ReadHeifMeta(ByteChain(encoded));
  const std::optional<HeifItems> items = ParseHeifItems(meta);
  if (!items.has_value()) return DecodeFailed("its boxes are broken");
  return CodedCheck(encoded, *items, codec, limits).Run();
}

}  // namespace wanwu::image
