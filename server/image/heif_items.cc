#include "server/image/heif_items.h"

namespace wanwu::image {
namespace {

constexpr size_t kMostItems = 4096;
constexpr size_t kMostParts = 4096;
constexpr size_t kMostExtents = 64;

// Version, then three bytes of flags.
uint64_t TakeVersion(FieldReader& reader, uint64_t* flags = nullptr) {
  const uint64_t both = reader.Take(4);
  if (flags != nullptr) *flags = both & 0xFFFFFF;
  return both >> 24;
}

class MetaParser {
 public:
  std::optional<HeifItems> Run(std::span<const uint8_t> meta) {
    FieldReader reader(meta);
    TakeVersion(reader);
    std::span<const uint8_t> rest = reader.rest();
    bool is_sound = reader.ok();
    IsoBox box;
    while (is_sound && !rest.empty()) {
      is_sound = TakeBox(rest, box) && ParseBox(box);
    }
    if (!is_sound || !Associate()) return std::nullopt;
    return found_;
  }

 private:
  bool ParseBox(const IsoBox& box) {
    if (box.name == "pitm") return ParsePrimary(box.content);
    if (box.name == "iinf") return ParseInfos(box.content);
    if (box.name == "iloc") return ParseLocations(box.content);
    if (box.name == "iref") return ParseReferences(box.content);
    if (box.name == "iprp") return ParseProperties(box.content);
    if (box.name == "idat") found_.data_in_meta = box.content;
    return true;
  }

  // Null if there are too many.
  HeifItem* ItemOf(uint64_t id) {
    HeifItem& item = found_.items[static_cast<uint32_t>(id)];
    return found_.items.size() <= kMostItems ? &item : nullptr;
  }

  bool ParsePrimary(std::span<const uint8_t> content) {
    FieldReader reader(content);
    const size_t id_bytes = TakeVersion(reader) == 0 ? 2 : 4;
    found_.primary = static_cast<uint32_t>(reader.Take(id_bytes));
    return reader.ok();
  }

  bool ParseInfos(std::span<const uint8_t> content) {
    FieldReader reader(content);
    reader.TakeBytes(TakeVersion(reader) == 0 ? 2 : 4);
    std::span<const uint8_t> rest = reader.rest();
    IsoBox box;
    while (!rest.empty()) {
      if (!TakeBox(rest, box)) return false;
      FieldReader info(box.content);
      const uint64_t version = TakeVersion(info);
      if (box.name != "infe" || version < 2) continue;
      HeifItem* const item = ItemOf(info.Take(version == 2 ? 2 : 4));
      info.TakeBytes(2);  // Protection.
      if (item == nullptr) return false;
      item->type = info.TakeName();
      if (!info.ok()) return false;
    }
    return reader.ok();
  }

  bool ParseLocations(std::span<const uint8_t> content) {
    FieldReader reader(content);
    const uint64_t version = TakeVersion(reader);
    const uint64_t sizes = reader.Take(2);
    const size_t offset_bytes = sizes >> 12 & 15;
    const size_t length_bytes = sizes >> 8 & 15;
    const size_t base_bytes = sizes >> 4 & 15;
    const size_t index_bytes = version == 0 ? 0 : sizes & 15;
    if (offset_bytes > 8 || length_bytes > 8 || base_bytes > 8) return false;
    const size_t id_bytes = version < 2 ? 2 : 4;
    for (uint64_t left = reader.Take(id_bytes); left > 0; --left) {
      HeifItem* const item = ItemOf(reader.Take(id_bytes));
      const uint64_t method = version == 0 ? 0 : reader.Take(2) & 15;
      reader.Take(2);  // Which file; only this one is ever meant.
      const uint64_t base = reader.Take(base_bytes);
      const uint64_t extents = reader.Take(2);
      if (!reader.ok() || item == nullptr || method > 1) return false;
      if (extents > kMostExtents) return false;
      item->is_in_meta = method == 1;
      item->extents.clear();
      for (uint64_t i = 0; i < extents; ++i) {
        reader.TakeBytes(index_bytes);
        const uint64_t offset = base + reader.Take(offset_bytes);
        item->extents.push_back({offset, reader.Take(length_bytes)});
      }
    }
    return reader.ok();
  }

  bool ParseReferences(std::span<const uint8_t> content) {
    FieldReader reader(content);
    const size_t id_bytes = TakeVersion(reader) == 0 ? 2 : 4;
    std::span<const uint8_t> rest = reader.rest();
    IsoBox box;
    size_t parts = 0;
    while (!rest.empty()) {
      if (!TakeBox(rest, box)) return false;
      FieldReader of(box.content);
      const uint64_t from = of.Take(id_bytes);
      const uint64_t count = of.Take(2);
      parts += count;
      if (parts > kMostParts) return false;
      for (uint64_t i = 0; i < count; ++i) {
        if (!Refer(box.name, from, of.Take(id_bytes))) return false;
      }
      if (!of.ok()) return false;
    }
    return reader.ok();
  }

  bool Refer(std::string_view how, uint64_t from, uint64_t to) {
    const bool is_auxiliary = how == "auxl";
    if (!is_auxiliary && how != "dimg") return true;
    HeifItem* const item = ItemOf(is_auxiliary ? to : from);
    if (item == nullptr) return false;
    auto& list = is_auxiliary ? item->auxiliaries : item->parts;
    list.push_back(static_cast<uint32_t>(is_auxiliary ? from : to));
    return true;
  }

  bool ParseProperties(std::span<const uint8_t> content) {
    IsoBox box;
    while (!content.empty()) {
      if (!TakeBox(content, box)) return false;
      if (box.name == "ipma") associations_.push_back(box.content);
      if (box.name != "ipco") continue;
      IsoBox property;
      while (!box.content.empty()) {
        if (!TakeBox(box.content, property)) return false;
        properties_.push_back(property);
        if (properties_.size() > kMostItems) return false;
      }
    }
    return true;
  }

  bool Associate() {
    for (const std::span<const uint8_t> box : associations_) {
      FieldReader reader(box);
      uint64_t flags = 0;
      const size_t id_bytes = TakeVersion(reader, &flags) == 0 ? 2 : 4;
      const size_t index_bytes = (flags & 1) != 0 ? 2 : 1;
      const uint64_t most = index_bytes == 2 ? 0x7FFF : 0x7F;
      for (uint64_t left = reader.Take(4); left > 0; --left) {
        HeifItem* const item = ItemOf(reader.Take(id_bytes));
        const uint64_t count = reader.Take(1);
        if (!reader.ok() || item == nullptr) return false;
        for (uint64_t i = 0; i < count; ++i) {
          const uint64_t index = reader.Take(index_bytes) & most;
          if (index == 0 || index > properties_.size()) continue;
          item->properties.push_back(properties_[index - 1]);
        }
      }
      if (!reader.ok()) return false;
    }
    return true;
  }

  HeifItems found_;
  std::vector<IsoBox> properties_;
  std::vector<std::span<const uint8_t>> associations_;
};

}  // namespace

std::optional<HeifItems> ParseHeifItems(std::span<const uint8_t> meta) {
  return MetaParser().Run(meta);
}

std::span<const uint8_t> PropertyOf(const HeifItem& item,
                                    std::string_view name) {
  std::span<const uint8_t> content;
  for (const IsoBox& property : item.properties) {
    if (property.name == name) content = property.content;
  }
  return content;
}

}  // namespace wanwu::image
