#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace wanwu::image {

// Takes big-endian numbers from the front of some bytes. Past their end all is
// 0 and ok() false.
class FieldReader {
 public:
  explicit FieldReader(std::span<const uint8_t> bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  std::span<const uint8_t> rest() const { return rest_; }

  // Of at most eight bytes; 0 for none.
  uint64_t Take(size_t bytes) {
    uint64_t value = 0;
    for (const uint8_t byte : TakeBytes(bytes)) value = value << 8 | byte;
    return value;
  }

  // Empty if they are not there.
  std::span<const uint8_t> TakeBytes(size_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  std::string_view TakeName() {
    const auto taken = TakeBytes(4);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }

 private:
  std::span<const uint8_t> rest_;
  bool ok_ = true;
};

// A box of a file as ISO/IEC 14496-12 has it.
struct IsoBox {
  std::string_view name;
  std::span<const uint8_t> content;
};

// Removes the first box of `boxes`. False at their end, and if it is not whole.
inline bool TakeBox(std::span<const uint8_t>& boxes, IsoBox& box) {
  FieldReader reader(boxes);
  uint64_t size = reader.Take(4);
  box.name = reader.TakeName();
  if (size == 1) size = reader.Take(8);
  if (size == 0) size = boxes.size();
  const size_t head = boxes.size() - reader.rest().size();
  if (!reader.ok() || size < head || size > boxes.size()) return false;
  box.content = boxes.subspan(head, size - head);
  boxes = boxes.subspan(size);
  return true;
}

}  // namespace wanwu::image
