#include "server/image/tap_tables.h"

namespace wanwu::image {
namespace {

constexpr uint8_t kNowhere = 0x80;  // It is zero.

constexpr TapTable MakePixelTable() {
  TapTable table{};
  for (size_t tap = 0; tap < table.size(); ++tap) {
    for (size_t i = 0; i < kBlockBytes; ++i) {
      const size_t channel = i / sizeof(int32_t);
      const bool holds_byte = i % sizeof(int32_t) == 0 && channel < kChannels;
      table[tap][i] = holds_byte
                          ? static_cast<uint8_t>(tap * kChannels + channel)
                          : kNowhere;
    }
  }
  return table;
}

constexpr TapTable MakeWeightTable() {
  TapTable table{};
  for (size_t tap = 0; tap < table.size(); ++tap) {
    for (size_t i = 0; i < kBlockBytes; ++i) {
      table[tap][i] =
          static_cast<uint8_t>(tap * sizeof(int32_t) + i % sizeof(int32_t));
    }
  }
  return table;
}

}  // namespace

const TapTable kPixelTable = MakePixelTable();
const TapTable kWeightTable = MakeWeightTable();

}  // namespace wanwu::image
