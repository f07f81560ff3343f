#include "server/image/tiff_outline.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/image/chain_bytes.h"
#include "server/image/image_error.h"
#include "server/image/tiff_directory.h"

namespace wanwu::image {
namespace {

using Coding = TiffOutline::Coding;
using Color = TiffOutline::Color;

enum Tag : uint16_t {
  kWidth = 256,
  kHeight = 257,
  kBits = 258,
  kCompression = 259,
  kColor = 262,
  kOrientation = 274,
  kSamples = 277,
  kRowsPerStrip = 278,
  kPlanes = 284,
  kTileWidth = 322,
  kTileHeight = 323,
  kExtraSamples = 338,
  kSampleFormat = 339,
};

constexpr size_t kMostSamples = 6;
constexpr int kMostTileSide = 65536;
constexpr uint64_t kMostSide = std::numeric_limits<int>::max();

struct KnownCompression {
  uint64_t number;
  std::string_view name;
  // None: not supported.
  std::optional<Coding> coding;
};

constexpr uint64_t kPlain = 1;

// Not supported: what tells in its data, not in its header, how much memory
// its decoder needs (LZMA, ZSTD, WebP), and old JPEG, which was never well
// defined.
constexpr KnownCompression kCompressions[] = {
    {kPlain, "none", Coding::kPlain},
    {2, "CCITT", Coding::kCcitt},
    {3, "CCITT G3", Coding::kCcitt},
    {4, "CCITT G4", Coding::kCcitt},
    {5, "LZW", Coding::kLzw},
    {6, "old JPEG", {}},
    {7, "JPEG", Coding::kJpeg},
    {8, "Deflate", Coding::kDeflate},
    {32773, "PackBits", Coding::kPackBits},
    {32946, "Deflate", Coding::kDeflate},
    {34925, "LZMA", {}},
    {50000, "ZSTD", {}},
    {50001, "WebP", {}},
};

absl::Status UnsupportedKind(absl::string_view what) {
  const std::string type = absl::StrCat("a TIFF with ", what);
  return Unsupported(type);
}

std::optional<Color> ColorOf(uint64_t number) {
  switch (number) {
    case 0:
      return Color::kWhiteIsZero;
    case 1:
      return Color::kBlackIsZero;
    case 2:
      return Color::kRgb;
    case 3:
      return Color::kPalette;
    case 5:
      return Color::kCmyk;
    case 6:
      return Color::kYcc;
    default:
      return std::nullopt;
  }
}

int ColorSamples(Color color) {
  if (color == Color::kRgb || color == Color::kYcc) return 3;
  return color == Color::kCmyk ? 4 : 1;
}

class Reading {
 public:
  Reading(const ByteChain& encoded, const TiffDirectory& directory)
      : directory_(directory) {
    outline_.file_bytes = encoded.size();
    outline_.flattened_bytes = FlattenedBytes(encoded);
    outline_.directory_bytes = static_cast<size_t>(directory.bytes());
  }

  absl::StatusOr<PictureOutline> Run() {
    outline_.size = {Side(kWidth), Side(kHeight)};
    outline_.orientation = OrientationFromTag(
        static_cast<int>(directory_.Number(kOrientation, 1)));
    if (absl::Status status = ReadCompression(); !status.ok()) return status;
    if (absl::Status status = ReadSamples(); !status.ok()) return status;
    if (absl::Status status = CheckColors(); !status.ok()) return status;
    if (absl::Status status = ReadBlocks(); !status.ok()) return status;
    return outline_;
  }

 private:
  int Side(uint16_t tag) const {
    return static_cast<int>(std::min(directory_.Number(tag, 0), kMostSide));
  }

  absl::Status ReadCompression() {
    const uint64_t number = directory_.Number(kCompression, kPlain);
    for (const KnownCompression& known : kCompressions) {
      if (known.number != number) continue;
      outline_.coding = known.coding.value_or(Coding::kPlain);
      if (known.coding.has_value()) return absl::OkStatus();
      return UnsupportedKind(
          absl::StrCat(absl::string_view(known.name.data(), known.name.size()),
                       " compression"));
    }
    return UnsupportedKind(absl::StrCat("compression ", number));
  }

  absl::Status ReadSamples() {
    const uint64_t samples = directory_.Number(kSamples, 1);
    if (samples == 0 || samples > kMostSamples) {
      return UnsupportedKind(absl::StrCat(samples, " samples per pixel"));
    }
    outline_.samples = static_cast<int>(samples);
    std::vector<uint64_t> bits = directory_.Numbers(kBits, samples);
    if (bits.empty()) bits.push_back(1);
    for (const uint64_t each : bits) {
      if (each != bits.front()) return UnsupportedKind("samples of many sizes");
    }
    outline_.bits = static_cast<int>(std::min(bits.front(), kMostSide));
    for (const uint64_t format : directory_.Numbers(kSampleFormat, samples)) {
      if (format != 1) return UnsupportedKind("signed or floating samples");
    }
    outline_.is_planar = samples > 1 && directory_.Number(kPlanes, 1) == 2;
    return absl::OkStatus();
  }

  absl::Status CheckColors() {
    const uint64_t number = directory_.Number(kColor, 0);
    const std::optional<Color> color = ColorOf(number);
    if (!color.has_value()) {
      return UnsupportedKind(absl::StrCat("colour space ", number));
    }
    outline_.color = *color;
    if (outline_.samples < ColorSamples(*color)) {
      return DecodeFailed("TIFF: a pixel has too few samples");
    }
    if (*color == Color::kYcc &&
        !(outline_.coding == Coding::kJpeg && !outline_.is_planar &&
          outline_.samples == 3)) {
      return UnsupportedKind("YCbCr without JPEG");
    }
    const std::vector<uint64_t> extra = directory_.Numbers(kExtraSamples, 1);
    outline_.is_premultiplied = *color == Color::kRgb && outline_.samples > 3 &&
                                extra.size() == 1 && extra.front() == 1;
    return CheckBits();
  }

  absl::Status CheckBits() const {
    const int bits = outline_.bits;
    const bool is_small = bits == 1 || bits == 2 || bits == 4;
    const bool is_grey = outline_.color == Color::kWhiteIsZero ||
                         outline_.color == Color::kBlackIsZero;
    const bool is_number = outline_.color == Color::kPalette;
    const bool fits =
        bits == 8 || (bits == 16 && !is_number && !outline_.is_planar) ||
        (is_small && outline_.samples == 1 && (is_grey || is_number));
    if (fits) return absl::OkStatus();
    return UnsupportedKind(absl::StrCat(
        bits, "-bit samples", outline_.is_planar ? " in planes" : ""));
  }

  absl::Status ReadBlocks() {
    outline_.has_tiles = directory_.Has(kTileWidth);
    const uint64_t height = static_cast<uint64_t>(outline_.size.height);
    uint64_t rows = directory_.Number(kRowsPerStrip, height);
    if (outline_.has_tiles) rows = directory_.Number(kTileHeight, 0);
    outline_.block = {
        outline_.has_tiles ? Side(kTileWidth) : outline_.size.width,
        static_cast<int>(std::min(rows, kMostSide))};
    if (!outline_.has_tiles) {
      outline_.block.height =
          std::min(outline_.block.height, outline_.size.height);
    }
    if (outline_.block.width <= 0 || outline_.block.height <= 0) {
      return DecodeFailed("TIFF: its strips or tiles have no pixels");
    }
    if (outline_.has_tiles &&
        std::max(outline_.block.width, outline_.block.height) > kMostTileSide) {
      return UnsupportedKind(absl::StrCat("tiles of ", outline_.block.width,
                                          "x", outline_.block.height,
                                          " pixels"));
    }
    return absl::OkStatus();
  }

  const TiffDirectory& directory_;
  TiffOutline outline_;
};

}  // namespace

absl::StatusOr<PictureOutline> ReadTiffOutline(const ByteChain& encoded) {
  const std::optional<TiffDirectory> directory = TiffDirectory::Read(encoded);
  if (!directory.has_value()) {
    return DecodeFailed("TIFF: its directory is broken or not there");
  }
  // libtiff keeps a copy of each entry's values, so what many entries share
  // would multiply.
  if (directory->bytes() > encoded.size()) {
    return DecodeFailed("TIFF: its directory says more than the file has");
  }
  return Reading(encoded, *directory).Run();
}

}  // namespace wanwu::image
