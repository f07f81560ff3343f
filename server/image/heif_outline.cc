#include "server/image/heif_outline.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "server/image/chain_bytes.h"
#include "server/image/heif_items.h"
#include "server/image/image_error.h"
#include "server/image/iso_boxes.h"

namespace wanwu::image {
namespace {

using Codec = HeifOutline::Codec;

constexpr int kMostBoxes = 64;  // Before the meta box.
constexpr uint64_t kMostMetaBytes = uint64_t{1} << 20;
constexpr uint64_t kMostSide = std::numeric_limits<int>::max();

std::string_view NameOf(Codec codec) {
  return codec == Codec::kAv1 ? "AVIF" : "HEIC";
}

absl::Status Broken(Codec codec, std::string_view how) {
  return DecodeFailed(std::string(NameOf(codec)) + ": " + std::string(how));
}

absl::Status UnsupportedKind(Codec codec, std::string_view what) {
  const std::string article = codec == Codec::kAv1 ? "an " : "a ";
  return Unsupported(article + std::string(NameOf(codec)) + " " +
                     std::string(what));
}

// What `before` and then `after` make of a picture.
Orientation Then(Orientation before, Orientation after) {
  const bool before_swaps = SwapsAxes(before);
  const bool swaps = before_swaps != SwapsAxes(after);
  const bool columns =
      MirrorsColumns(before) !=
      (before_swaps ? MirrorsRows(after) : MirrorsColumns(after));
  const bool rows = MirrorsRows(before) !=
                    (before_swaps ? MirrorsColumns(after) : MirrorsRows(after));
  Orientation found = Orientation::kUpright;
  for (int tag = 1; tag <= 8; ++tag) {
    const auto candidate = static_cast<Orientation>(tag);
    if (SwapsAxes(candidate) == swaps && MirrorsColumns(candidate) == columns &&
        MirrorsRows(candidate) == rows) {
      found = candidate;
    }
  }
  return found;
}

class OutlineParser {
 public:
  OutlineParser(const ByteChain& encoded, Codec codec) {
    outline_.codec = codec;
    outline_.file_bytes = encoded.size();
    outline_.flattened_bytes = FlattenedBytes(encoded);
  }

  absl::StatusOr<PictureOutline> Run(std::span<const uint8_t> meta) {
    const std::optional<HeifItems> items = ParseHeifItems(meta);
    if (!items.has_value()) return Refuse("its boxes are broken");
    const HeifItem* const primary = items->Find(items->primary);
    if (primary == nullptr) return Refuse("it holds no still picture");
    outline_.is_grid = primary->type == "grid";
    const HeifItem* coded = primary;
    if (outline_.is_grid) {
      coded = primary->parts.empty() ? nullptr
                                     : items->Find(primary->parts.front());
    }
    if (coded == nullptr) return Refuse("its grid has no tiles");
    if (!IsCoded(*coded)) {
      return UnsupportedKind(outline_.codec, "of the coding " + coded->type);
    }
    outline_.bits = BitsOf(*coded);
    outline_.has_alpha = !primary->auxiliaries.empty();
    if (absl::Status status = ReadProperties(*primary); !status.ok()) {
      return status;
    }
    return outline_;
  }

 private:
  absl::Status Refuse(std::string_view how) const {
    return Broken(outline_.codec, how);
  }

  bool IsCoded(const HeifItem& item) const {
    if (outline_.codec == Codec::kAv1) return item.type == "av01";
    return item.type == "hvc1" || item.type == "hev1";
  }

  int BitsOf(const HeifItem& item) const {
    constexpr size_t kHevcDepthAt = 17;
    constexpr size_t kAv1DepthAt = 2;
    if (outline_.codec == Codec::kHevc) {
      const auto config = PropertyOf(item, "hvcC");
      return config.size() > kHevcDepthAt ? (config[kHevcDepthAt] & 7) + 8 : 8;
    }
    const auto config = PropertyOf(item, "av1C");
    if (config.size() <= kAv1DepthAt || (config[kAv1DepthAt] & 0x40) == 0) {
      return 8;
    }
    return (config[kAv1DepthAt] & 0x20) != 0 ? 12 : 10;
  }

  absl::Status ReadProperties(const HeifItem& item) {
    FieldReader extent(PropertyOf(item, "ispe"));
    extent.Take(4);
    const uint64_t width = std::min(extent.Take(4), kMostSide);
    const uint64_t height = std::min(extent.Take(4), kMostSide);
    if (!extent.ok()) return Refuse("it does not say how large it is");
    outline_.coded = {static_cast<int>(width), static_cast<int>(height)};
    outline_.size = outline_.coded;
    for (const IsoBox& property : item.properties) {
      if (absl::Status status = Apply(property); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::Status Apply(const IsoBox& property) {
    if (property.name == "clap" && outline_.codec == Codec::kHevc) {
      return Crop(property.content);
    }
    const uint8_t first = property.content.empty() ? 0 : property.content[0];
    if (property.name == "irot") {
      constexpr Orientation kTurns[] = {
          Orientation::kUpright, Orientation::kStoredTurnedRight,
          Orientation::kRotated180, Orientation::kStoredTurnedLeft};
      outline_.orientation = Then(outline_.orientation, kTurns[first & 3]);
    }
    if (property.name == "imir") {
      outline_.orientation =
          Then(outline_.orientation, (first & 1) != 0
                                         ? Orientation::kMirroredLeftRight
                                         : Orientation::kMirroredTopBottom);
    }
    return absl::OkStatus();
  }

  // The clean aperture, around the picture's middle and an offset.
  absl::Status Crop(std::span<const uint8_t> content) {
    if (outline_.orientation != Orientation::kUpright) {
      return UnsupportedKind(outline_.codec, "that is cropped after turning");
    }
    FieldReader reader(content);
    std::array<double, 4> values{};  // Width, height, offsets.
    for (double& value : values) {
      const auto above = static_cast<int32_t>(reader.Take(4));
      const auto below = static_cast<int32_t>(reader.Take(4));
      if (!reader.ok() || below <= 0) return Refuse("its crop is broken");
      value = static_cast<double>(above) / below;
    }
    const PictureSize whole = outline_.coded;
    outline_.size = {static_cast<int>(std::lround(values[0])),
                     static_cast<int>(std::lround(values[1]))};
    const double left = values[2] + (whole.width - values[0]) / 2;
    const double top = values[3] + (whole.height - values[1]) / 2;
    const bool is_inside =
        outline_.size.width > 0 && outline_.size.height > 0 && left >= 0 &&
        top >= 0 && std::floor(left) + outline_.size.width <= whole.width &&
        std::floor(top) + outline_.size.height <= whole.height;
    if (!is_inside) return Refuse("its crop is not within the picture");
    outline_.left = static_cast<int>(left);
    outline_.top = static_cast<int>(top);
    return absl::OkStatus();
  }

  HeifOutline outline_;
};

}  // namespace

std::vector<uint8_t> ReadHeifMeta(const ByteChain& encoded) {
  constexpr size_t kHeadBytes = 16;
  uint64_t at = 0;
  for (int i = 0; i < kMostBoxes && at < encoded.size(); ++i) {
    std::array<uint8_t, kHeadBytes> head{};
    const uint64_t left = encoded.size() - at;
    const size_t known = std::min<uint64_t>(head.size(), left);
    if (!ReadAt(encoded, at, std::span(head).first(known))) return {};
    FieldReader reader(std::span<const uint8_t>(head).first(known));
    uint64_t size = reader.Take(4);
    const std::string_view name = reader.TakeName();
    if (size == 1) size = reader.Take(8);
    if (size == 0) size = left;
    const size_t head_bytes = known - reader.rest().size();
    if (!reader.ok() || size < head_bytes || size > left) return {};
    if (name == "meta") {
      if (size > kMostMetaBytes) return {};
      std::vector<uint8_t> content(size - head_bytes);
      if (!ReadAt(encoded, at + head_bytes, content)) return {};
      return content;
    }
    at += size;
  }
  return {};
}

absl::StatusOr<PictureOutline> ReadHeifOutline(const ByteChain& encoded,
                                               Codec codec) {
  const std::vector<uint8_t> meta = ReadHeifMeta(encoded);
  if (meta.empty()) {
    return Broken(codec, "it holds no still picture, or ends too early");
  }
  return OutlineParser(encoded, codec).Run(meta);
}

}  // namespace wanwu::image
