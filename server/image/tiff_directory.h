#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "server/image/byte_chain.h"

namespace wanwu::image {

// The first directory of a TIFF or BigTIFF: tags and their numbers. Reads only
// what it is asked for.
class TiffDirectory {
 public:
  // Empty if the file has no such directory, or one of more than 4096 entries.
  static std::optional<TiffDirectory> Read(const ByteChain& encoded);

  bool Has(uint16_t tag) const { return Find(tag) != nullptr; }

  // The first numbers of the tag, `most` of them at most. Empty if the tag is
  // missing, holds no whole numbers, or they are not in the file.
  std::vector<uint64_t> Numbers(uint16_t tag, size_t most) const;

  // The first number, or `otherwise`.
  uint64_t Number(uint16_t tag, uint64_t otherwise) const;

  // How many values the tag has; 0 if it is missing.
  uint64_t Count(uint16_t tag) const;

  // Of all entries and the values that stand elsewhere. Those of two entries
  // may be the same place in the file: then it may be more than the file has.
  uint64_t bytes() const { return bytes_; }

 private:
  struct Entry {
    uint16_t tag = 0;
    uint16_t type = 0;
    uint64_t count = 0;
    uint64_t values_at = 0;
  };

  explicit TiffDirectory(const ByteChain& encoded) : encoded_(&encoded) {}

  bool ReadHead();
  bool ReadEntries(uint64_t directory_at);
  Entry ParseEntry(std::span<const uint8_t> bytes, uint64_t at) const;
  const Entry* Find(uint16_t tag) const;
  uint64_t FromBytes(std::span<const uint8_t> bytes) const;

  const ByteChain* encoded_;
  bool is_big_endian_ = false;
  bool is_big_tiff_ = false;
  std::vector<Entry> entries_;
  uint64_t bytes_ = 0;
};

}  // namespace wanwu::image
