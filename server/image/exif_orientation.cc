#include "server/image/exif_orientation.h"

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace wanwu::image {
namespace {

constexpr uint16_t kOrientationTag = 0x0112;
constexpr size_t kEntryBytes = 12;
constexpr size_t kInlineBytes = 4;

// Bytes per value of each TIFF field type; 0 for types that do not exist.
constexpr std::array<uint8_t, 17> kTypeBytes = {0, 1, 1, 2, 4, 8, 1, 1, 2,
                                                4, 8, 4, 8, 4, 0, 0, 8};

enum TiffType : uint16_t {
  kShort = 3,
  kLong = 4,
  kSignedByte = 6,
  kSignedShort = 8,
  kSignedLong = 9,
  kDirectoryOffset = 13,
};

class TiffReader {
 public:
  enum class ByteOrder { kLittle, kBig };

  TiffReader(std::span<const uint8_t> bytes, ByteOrder order)
      : bytes_(bytes), order_(order) {}

  bool Holds(uint64_t offset, uint64_t count) const {
    return offset <= bytes_.size() && count <= bytes_.size() - offset;
  }

  // The caller has checked that the bytes are there.
  uint32_t Number(size_t offset, size_t width) const {
    uint32_t value = 0;
    for (size_t i = 0; i < width; ++i) {
      const size_t at = order_ == ByteOrder::kBig ? i : width - 1 - i;
      value = value << 8 | bytes_[offset + at];
    }
    return value;
  }

 private:
  std::span<const uint8_t> bytes_;
  ByteOrder order_;
};

std::optional<TiffReader::ByteOrder> ByteOrderOf(
    std::span<const uint8_t> tiff) {
  if (tiff.size() < 8) return std::nullopt;
  const bool forty_two =
      (tiff[2] == 0 && tiff[3] == 42) || (tiff[2] == 42 && tiff[3] == 0);
  if (!forty_two) return std::nullopt;
  if (tiff[0] == 'I' && tiff[1] == 'I') return TiffReader::ByteOrder::kLittle;
  if (tiff[0] == 'M' && tiff[1] == 'M') return TiffReader::ByteOrder::kBig;
  return std::nullopt;
}

int Value(const TiffReader& tiff, uint16_t type, size_t offset) {
  switch (type) {
    case kShort:
      return static_cast<uint16_t>(tiff.Number(offset, 2));
    case kSignedShort:
      return static_cast<int16_t>(tiff.Number(offset, 2));
    case kLong:
    case kSignedLong:
    case kDirectoryOffset:
      return static_cast<int32_t>(tiff.Number(offset, 4));
    case kSignedByte:
      return static_cast<int8_t>(tiff.Number(offset, 1));
    default:
      return 0;
  }
}

}  // namespace

std::optional<int> ExifOrientationTag(std::span<const uint8_t> exif) {
  constexpr std::string_view kPrefix("Exif\0\0", 6);
  if (exif.size() >= kPrefix.size() &&
      std::memcmp(exif.data(), kPrefix.data(), kPrefix.size()) == 0) {
    exif = exif.subspan(kPrefix.size());
  }
  const auto order = ByteOrderOf(exif);
  if (!order.has_value()) return std::nullopt;
  const TiffReader tiff(exif, *order);
  const size_t directory = tiff.Number(4, 4);
  if (!tiff.Holds(directory, 2)) return std::nullopt;

  // As Pillow: the last sound entry counts, and an entry whose values lie
  // outside the block ends the directory.
  std::optional<int> orientation;
  const size_t entries = tiff.Number(directory, 2);
  for (size_t i = 0; i < entries; ++i) {
    const size_t entry = directory + 2 + i * kEntryBytes;
    if (!tiff.Holds(entry, kEntryBytes)) break;
    const auto type = static_cast<uint16_t>(tiff.Number(entry + 2, 2));
    if (type >= kTypeBytes.size() || kTypeBytes[type] == 0) continue;
    const uint64_t size =
        uint64_t{tiff.Number(entry + 4, 4)} * kTypeBytes[type];
    if (size == 0) continue;
    size_t values = entry + 8;
    if (size > kInlineBytes) values = tiff.Number(values, 4);
    if (!tiff.Holds(values, size)) break;
    if (tiff.Number(entry, 2) != kOrientationTag) continue;
    orientation = Value(tiff, type, values);
  }
  return orientation;
}

}  // namespace wanwu::image
