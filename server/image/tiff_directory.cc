#include "server/image/tiff_directory.h"

#include <algorithm>
#include <array>
#include <limits>

#include "server/image/chain_bytes.h"

namespace wanwu::image {
namespace {

constexpr uint64_t kMostEntries = 4096;

// Bytes per value of each field type; 0 for types that do not exist.
constexpr std::array<uint8_t, 19> kTypeBytes = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4,
                                                8, 4, 8, 4, 0, 0, 8, 8, 8};

bool IsWholeNumber(uint16_t type) {
  constexpr uint16_t kByte = 1, kShort = 3, kLong = 4, kLong8 = 16;
  return type == kByte || type == kShort || type == kLong || type == kLong8;
}

size_t TypeBytes(uint16_t type) {
  return type < kTypeBytes.size() ? kTypeBytes[type] : 0;
}

// Without overflow, as counts are whatever the file says.
uint64_t ValueBytes(uint64_t count, size_t type_bytes) {
  constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max() / 8192;
  return std::min(count, kMost / 8) * type_bytes;
}

}  // namespace

uint64_t TiffDirectory::FromBytes(std::span<const uint8_t> bytes) const {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    value = value << 8 | bytes[is_big_endian_ ? i : bytes.size() - 1 - i];
  }
  return value;
}

std::optional<TiffDirectory> TiffDirectory::Read(const ByteChain& encoded) {
  TiffDirectory directory(encoded);
  if (!directory.ReadHead()) return std::nullopt;
  return directory;
}

bool TiffDirectory::ReadHead() {
  constexpr uint64_t kBigVersion = 43;
  std::array<uint8_t, 16> head{};
  const std::span<uint8_t> bytes(head);
  if (!ReadAt(*encoded_, 0, bytes.first(8))) return false;
  is_big_endian_ = head[0] == 'M';
  is_big_tiff_ = FromBytes(bytes.subspan(2, 2)) == kBigVersion;
  if (!is_big_tiff_) return ReadEntries(FromBytes(bytes.subspan(4, 4)));
  return ReadAt(*encoded_, 0, bytes) &&
         ReadEntries(FromBytes(bytes.subspan(8, 8)));
}

bool TiffDirectory::ReadEntries(uint64_t directory_at) {
  const size_t count_bytes = is_big_tiff_ ? 8 : 2;
  const size_t entry_bytes = is_big_tiff_ ? 20 : 12;
  std::array<uint8_t, 8> count_field{};
  const auto count_span = std::span(count_field).first(count_bytes);
  if (!ReadAt(*encoded_, directory_at, count_span)) return false;
  const uint64_t count = FromBytes(count_span);
  if (count > kMostEntries) return false;
  std::vector<uint8_t> all(count * entry_bytes);
  const uint64_t at = directory_at + count_bytes;
  if (!ReadAt(*encoded_, at, all)) return false;
  bytes_ = all.size();
  for (size_t i = 0; i < count; ++i) {
    const size_t offset = i * entry_bytes;
    entries_.push_back(
        ParseEntry(std::span(all).subspan(offset, entry_bytes), at + offset));
    const Entry& entry = entries_.back();
    const uint64_t values = ValueBytes(entry.count, TypeBytes(entry.type));
    if (values > (is_big_tiff_ ? 8 : 4)) bytes_ += values;
  }
  return true;
}

TiffDirectory::Entry TiffDirectory::ParseEntry(std::span<const uint8_t> bytes,
                                               uint64_t at) const {
  const size_t word = is_big_tiff_ ? 8 : 4;
  Entry entry;
  entry.tag = static_cast<uint16_t>(FromBytes(bytes.subspan(0, 2)));
  entry.type = static_cast<uint16_t>(FromBytes(bytes.subspan(2, 2)));
  entry.count = FromBytes(bytes.subspan(4, word));
  entry.values_at = at + 4 + word;
  if (ValueBytes(entry.count, TypeBytes(entry.type)) > word) {
    entry.values_at = FromBytes(bytes.subspan(4 + word, word));
  }
  return entry;
}

const TiffDirectory::Entry* TiffDirectory::Find(uint16_t tag) const {
  for (const Entry& entry : entries_) {
    if (entry.tag == tag) return &entry;
  }
  return nullptr;
}

uint64_t TiffDirectory::Count(uint16_t tag) const {
  const Entry* const entry = Find(tag);
  return entry == nullptr ? 0 : entry->count;
}

std::vector<uint64_t> TiffDirectory::Numbers(uint16_t tag, size_t most) const {
  const Entry* const entry = Find(tag);
  if (entry == nullptr || !IsWholeNumber(entry->type)) return {};
  const size_t size = TypeBytes(entry->type);
  std::vector<uint64_t> numbers;
  for (uint64_t i = 0; i < std::min<uint64_t>(entry->count, most); ++i) {
    std::array<uint8_t, 8> field{};
    const auto value = std::span(field).first(size);
    if (!ReadAt(*encoded_, entry->values_at + i * size, value)) return {};
    numbers.push_back(FromBytes(value));
  }
  return numbers;
}

uint64_t TiffDirectory::Number(uint16_t tag, uint64_t otherwise) const {
  const std::vector<uint64_t> numbers = Numbers(tag, 1);
  return numbers.empty() ? otherwise : numbers.front();
}

}  // namespace wanwu::image
