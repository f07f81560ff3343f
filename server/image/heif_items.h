#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/image/iso_boxes.h"

namespace wanwu::image {

// A picture within a HEIF file, or what several of them are put together to.
struct HeifItem {
  struct Extent {
    uint64_t offset = 0;
    uint64_t length = 0;
  };

  std::string type;  // "hvc1", "av01", "grid" and so on.
  // In their order; they point into the meta box.
  std::vector<IsoBox> properties;
  // Its data: in the file or in the meta box.
  std::vector<Extent> extents;
  bool is_in_meta = false;
  // Items that it is put together of, as often as they are used.
  std::vector<uint32_t> parts;
  // Items that belong to it: alpha, depth and so on.
  std::vector<uint32_t> auxiliaries;
};

struct HeifItems {
  uint32_t primary = 0;
  std::map<uint32_t, HeifItem> items;
  std::span<const uint8_t> data_in_meta;

  const HeifItem* Find(uint32_t id) const {
    const auto found = items.find(id);
    return found == items.end() ? nullptr : &found->second;
  }
};

// From the content of a meta box, which must outlive it. Empty if that is
// broken, or has more than 4096 items or parts.
std::optional<HeifItems> ParseHeifItems(std::span<const uint8_t> meta);

// The content of the item's last property of that name; empty without one.
std::span<const uint8_t> PropertyOf(const HeifItem& item,
                                    std::string_view name);

}  // namespace wanwu::image
