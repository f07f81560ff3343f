#include "server/image/coded_size.h"

#include <limits>
#include <vector>

namespace wanwu::image {
namespace {

constexpr uint64_t kMostSide = std::numeric_limits<int>::max();

// Most significant bit first. Past the end all is 0 and ok() false.
class BitReader {
 public:
  explicit BitReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool ok() const { return at_ <= bytes_.size() * 8; }

  uint64_t Take(int bits) {
    uint64_t value = 0;
    for (int i = 0; i < bits; ++i) {
      const size_t byte = at_ / 8;
      const int bit =
          byte < bytes_.size() ? bytes_[byte] >> (7 - at_ % 8) & 1 : 0;
      value = value << 1 | static_cast<uint64_t>(bit);
      ++at_;
    }
    return value;
  }

  void Skip(size_t bits) { at_ += bits; }

  // As many zeros as bits follow the one that ends them.
  uint64_t TakeExpGolomb() {
    int zeros = 0;
    while (zeros < 32 && ok() && Take(1) == 0) ++zeros;
    return (uint64_t{1} << zeros) - 1 + Take(zeros);
  }

 private:
  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
};

std::optional<PictureSize> SizeFrom(uint64_t width, uint64_t height, bool ok) {
  if (!ok || width > kMostSide || height > kMostSide) return std::nullopt;
  return PictureSize{static_cast<int>(width), static_cast<int>(height)};
}

// Without the byte 3 that follows two zeros so that no start code comes about.
std::vector<uint8_t> WithoutEscapes(std::span<const uint8_t> unit) {
  std::vector<uint8_t> bytes;
  int zeros = 0;
  for (const uint8_t byte : unit) {
    if (zeros >= 2 && byte == 3) {
      zeros = 0;
      continue;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    bytes.push_back(byte);
  }
  return bytes;
}

void SkipHevcProfile(BitReader& bits, int sub_layers) {
  constexpr size_t kProfileBits = 88;
  constexpr size_t kLevelBits = 8;
  bits.Skip(kProfileBits + kLevelBits);
  size_t more = 0;
  for (int i = 0; i < sub_layers; ++i) {
    if (bits.Take(1) != 0) more += kProfileBits;
    if (bits.Take(1) != 0) more += kLevelBits;
  }
  if (sub_layers > 0) bits.Skip(2 * static_cast<size_t>(8 - sub_layers));
  bits.Skip(more);
}

// Whether operating points tell of their decoder's model, and with how many
// bits.
struct Av1DecoderModel {
  bool is_there = false;
  int delay_bits = 0;
};

Av1DecoderModel SkipAv1Timing(BitReader& bits) {
  Av1DecoderModel model;
  if (bits.Take(1) == 0) return model;
  bits.Skip(64);
  if (bits.Take(1) != 0) bits.TakeExpGolomb();
  model.is_there = bits.Take(1) != 0;
  if (!model.is_there) return model;
  model.delay_bits = static_cast<int>(bits.Take(5)) + 1;
  bits.Skip(32 + 5 + 5);
  return model;
}

void SkipAv1OperatingPoints(BitReader& bits) {
  constexpr uint64_t kLastLevelWithoutTier = 7;
  const Av1DecoderModel model = SkipAv1Timing(bits);
  const bool has_delays = bits.Take(1) != 0;
  const uint64_t last = bits.Take(5);
  for (uint64_t i = 0; i <= last; ++i) {
    bits.Skip(12);
    if (bits.Take(5) > kLastLevelWithoutTier) bits.Skip(1);
    if (model.is_there && bits.Take(1) != 0) {
      bits.Skip(2 * static_cast<size_t>(model.delay_bits) + 1);
    }
    if (has_delays && bits.Take(1) != 0) bits.Skip(4);
  }
}

}  // namespace

std::optional<PictureSize> HevcCodedSize(std::span<const uint8_t> unit) {
  constexpr uint64_t kSeparatePlanes = 3;
  const std::vector<uint8_t> bytes = WithoutEscapes(unit);
  BitReader bits(bytes);
  bits.Skip(16 + 4);
  const auto sub_layers = static_cast<int>(bits.Take(3));
  bits.Skip(1);
  SkipHevcProfile(bits, sub_layers);
  bits.TakeExpGolomb();
  if (bits.TakeExpGolomb() == kSeparatePlanes) bits.Skip(1);
  const uint64_t width = bits.TakeExpGolomb();
  const uint64_t height = bits.TakeExpGolomb();
  return SizeFrom(width, height, bits.ok());
}

std::optional<PictureSize> Av1CodedSize(std::span<const uint8_t> header) {
  BitReader bits(header);
  bits.Skip(3 + 1);
  const bool is_reduced = bits.Take(1) != 0;
  if (is_reduced) {
    bits.Skip(5);
  } else {
    SkipAv1OperatingPoints(bits);
  }
  const auto width_bits = static_cast<int>(bits.Take(4)) + 1;
  const auto height_bits = static_cast<int>(bits.Take(4)) + 1;
  const uint64_t width = bits.Take(width_bits) + 1;
  const uint64_t height = bits.Take(height_bits) + 1;
  return SizeFrom(width, height, bits.ok());
}

}  // namespace wanwu::image
