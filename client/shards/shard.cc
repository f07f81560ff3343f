#include "client/shards/shard.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace wanwu::shards {

std::optional<Shard> ParseShard(std::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(std::string(text), '/');
  Shard shard;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &shard.index) ||
      !absl::SimpleAtoi(parts[1], &shard.count)) {
    return std::nullopt;
  }
  if (shard.count > kMostShards || shard.index >= shard.count) {
    return std::nullopt;
  }
  return shard;
}

std::string ShardText(const Shard& shard) {
  return absl::StrFormat("%d/%d", shard.index, shard.count);
}

// FNV-1a, and the last steps of MurmurHash3: without them the lowest bit would
// be no more than the parity of the name.
uint64_t NameHash(std::string_view name) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : name) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccd;
  hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53;
  return hash ^ hash >> 33;
}

uint32_t ShardOf(std::string_view name, uint32_t count) {
  return static_cast<uint32_t>(NameHash(name) % count);
}

std::string FolderOf(const Shard& shard) {
  return absl::StrFormat("shard-%05d-of-%05d", shard.index, shard.count);
}

std::optional<Shard> ShardOfFolder(std::string_view folder) {
  const std::vector<std::string> words =
      absl::StrSplit(std::string(folder), '-');
  if (words.size() != 4) return std::nullopt;
  const auto shard = ParseShard(words[1] + "/" + words[3]);
  if (!shard || FolderOf(*shard) != folder) return std::nullopt;
  return shard;
}

}  // namespace wanwu::shards
